// What many rules do: take a node out of the way, ask who reads a value.
import { edit, type Node, type Value } from '@modeldiet/onnx-io';
import { did, type Outcome, skip } from './rule';

/** The one node that reads `value`, when nothing else does and no graph puts it out. */
export function onlyReader(value: Value): Node | undefined {
  if (value.uses.size !== 1 || edit.outputCount(value) > 0) return undefined;
  const [use] = value.uses;
  return use!.node;
}

/** True when `by` can stand for `value` without an Identity in between: a graph output's name must be able to move. */
export const canReplace = (value: Value, by: Value): boolean =>
  edit.outputCount(value) === 0 ||
  (value.graph.outputs.includes(value) && by.producer !== undefined && by.graph === value.graph && edit.outputCount(by) === 0 && outputsHere(value));

const outputsHere = (value: Value): boolean => value.graph.outputs.filter((output) => output === value).length === edit.outputCount(value);

/** Removes a node whose first output is `input` itself. */
export function bypass(node: Node, input: Value, why: string): Outcome {
  const [output, ...others] = node.outputs;
  if (!output) return undefined;
  if (others.some((value) => value && (value.uses.size > 0 || edit.outputCount(value) > 0))) return skip('mask-used', 'another output of the node is read');
  if (!canReplace(output, input)) return skip('carries-output', 'the node gives a graph output its name');
  edit.replaceValue(output, input);
  edit.removeNode(node);
  return did(why);
}

/** `made` gives what `value` gave; the nodes that nothing reads any more go. */
export function replaceResult(value: Value, made: Node): void {
  const { producer } = value;
  edit.replaceValue(value, made.outputs[0]!);
  if (producer) removeUnread(producer);
}
function removeUnread(node: Node): void {
  if (!node.graph.nodes.has(node) || node.outputs.some((value) => value && (value.uses.size > 0 || edit.outputCount(value) > 0))) return;
  const before = node.inputs.flatMap((value) => (value?.producer && value.graph === node.graph ? [value.producer] : []));
  edit.removeNode(node);
  for (const each of before) removeUnread(each);
}
