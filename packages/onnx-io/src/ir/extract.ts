// A part of a model as a model of its own, cut at values.

import { fail } from '../errors';
import { cloneModel } from './clone';
import { addInput, freshName, orderInputs, removeNode, removeValue, renameValue, replaceUses, setOutputs } from './edit';
import type { Graph, Model, Value } from './model';
import { orderedNodes } from './order';
import { requireModel } from './require-model';
import { visibleValues } from './walk';

export interface Boundary {
  /** Names of values of the main graph that become inputs, in this order. Default: the graph inputs that are needed. */
  readonly inputs?: readonly string[];
  /** Names of values of the main graph that become outputs, in this order. */
  readonly outputs: readonly string[];
}

const find = (byName: ReadonlyMap<string, Value>, name: string): Value => {
  const value = byName.get(name);
  if (!value) throw fail('no-value', { where: { value: name } });
  return value;
};

/** Removes what nothing reads any more: nodes, last first, then initializers and the inputs that are not asked for. */
function sweep(graph: Graph, inputs: ReadonlySet<Value>): void {
  const outputs = new Set(graph.outputs);
  const unread = (value: Value | undefined): boolean => !value || (value.uses.size === 0 && !outputs.has(value));
  for (const node of orderedNodes(graph).reverse()) if (node.outputs.every(unread)) removeNode(node);
  for (const value of [...graph.initializers]) if (unread(value)) removeValue(value);
  for (const value of [...graph.inputs]) if (unread(value) && !inputs.has(value)) removeValue(value);
}

/**
 * The part of the main graph between `inputs` and `outputs` as a model: its nodes, subgraphs, weights (shared) and functions. The types of the new inputs are those the file has for the values; annotate the model
 * first (`annotate` of `@modeldiet/ops`) where it has none. Throws `no-value`; `not-cut` where an output also depends on a graph input that is not among `inputs`.
 *
 * `extract(model, { outputs: ['encoder/out'] })` is everything up to a value; `{ inputs: ['encoder/out'], outputs: ['logits'] }` the head.
 */
export function extract(model: Model, { inputs, outputs }: Boundary): Model {
  requireModel(model);
  const copy = cloneModel(model);
  const { graph } = copy;
  const byName = visibleValues(graph);
  const wanted = outputs.map((name) => find(byName, name));
  const given = new Set<Value>();
  const results = new Map<Value, Value>();
  for (const name of inputs ?? []) {
    const value = find(byName, name);
    if (graph.inputs.includes(value)) {
      given.add(value);
      continue;
    }
    const type = value.type;
    renameValue(value, freshName(copy, `${name}_cut`));
    const input = addInput(graph, name, type);
    replaceUses(value, input);
    results.set(value, input);
    given.add(input);
  }
  setOutputs(
    graph,
    wanted.map((value) => results.get(value) ?? value),
  );
  sweep(graph, given);
  const missing = inputs && graph.inputs.find((value) => !given.has(value) && !value.initializer);
  // In the order asked for; initializers that are inputs too come last.
  if (inputs && !missing) orderInputs(graph, [...given, ...graph.inputs.filter((value) => !given.has(value))]);
  if (missing) throw fail('not-cut', { where: { value: missing.name }, expected: [...inputs] });
  return copy;
}

/** The model up to `values` and the model from there on: the outputs of the first are the inputs of the second. */
export const splitModel = (model: Model, values: readonly string[]): readonly [Model, Model] => [
  extract(model, { outputs: values }),
  extract(model, { inputs: values, outputs: model.graph.outputs.map(({ name }) => name) }),
];
