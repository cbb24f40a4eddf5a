// One value in the place of another; nodes put behind a value or in front of an input. Names of graph inputs and outputs stay.
import { fail } from '../../errors';
import { link, linked } from '../make';
import type { Graph, Node, Use, Value } from '../model';
import { freshName, keyOf } from '../names';
import { addNode, type NewNode, setInput } from './node';
import { checkVisible, graphsBelow, outputCount, touch, writeOutputs } from './scope';
import { renameValue, setType } from './value';

const swapOutput = (graph: Graph, from: Value, to: Value): void => {
  writeOutputs(
    graph,
    graph.outputs.map((output) => (output === from ? to : output)),
  );
};

/** The graphs that put `value` out: its own, or one below. */
const readersOf = (value: Value): Graph[] => (outputCount(value) === 0 ? [] : [...graphsBelow(value.graph)].filter((graph) => graph.outputs.includes(value)));

/** Every node that reads `value` reads `by` instead; `only` picks some of the uses. Graph outputs stay. Returns how many uses moved. Throws `wrong-graph` before it moves any. */
export function replaceUses(value: Value, by: Value, only: (use: Use) => boolean = () => true): number {
  const moving = [...value.uses].filter(only);
  for (const use of moving) checkVisible(use.node.graph, by);
  if (moving.length > 0) touch(value.graph.model);
  for (const use of moving) link(linked(use.node), use.index, by);
  return moving.length;
}

/** Throws `output-is-input` for a graph input that is an output of the same graph: a value has one name, so nothing else can carry it. */
function checkOutputMoves(value: Value, readers: readonly Graph[]): void {
  if (readers.includes(value.graph) && value.graph.inputs.includes(value))
    throw fail('output-is-input', { where: { graph: value.graph.name, value: value.name } });
}

/**
 * `by` takes the place of `value` everywhere: its uses (but not those of `by`'s own producer), and where it is a graph output, the output too, whose name stays.
 * The output's name moves to `by` when `by` is a plain node output of that graph; otherwise an Identity carries it. `value` is then unused.
 */
export function replaceValue(value: Value, by: Value): void {
  if (value === by) return;
  checkVisible(value.graph, by);
  const readers = readersOf(value);
  checkOutputMoves(value, readers);
  replaceUses(value, by, (use) => use.node !== by.producer);
  if (readers.length === 0) return;
  const movable = by.producer && by.graph === value.graph && outputCount(by) === 0 && readers.every((graph) => graph === value.graph);
  const { name } = value;
  if (movable) {
    renameValue(value, freshName(value.graph.model, `${name}_before`));
    renameValue(by, name);
    if (!by.type && value.type) setType(by, value.type);
    swapOutput(value.graph, value, by);
    return;
  }
  for (const graph of readers) {
    if (graph === value.graph) renameValue(value, freshName(graph.model, `${name}_before`));
    const identity = addNode(graph, { opType: 'Identity', inputs: [by], outputs: [{ name: graph === value.graph ? name : '', type: value.type }] });
    swapOutput(graph, value, identity.outputs[0]!);
  }
}

/** A node to insert: `inputs` says where the value goes among its inputs (default: the only one). */
export type InsertedNode = Omit<NewNode, 'inputs'> & { readonly inputs?: (value: Value) => readonly (Value | undefined)[] };

/**
 * Puts a node behind `value`: it reads `value`, and everything that read `value` reads its first output. A graph output keeps its name.
 * `only` picks the uses that move (graph outputs then stay). Throws `output-is-input` for a graph input that is a graph output, unless `only` is given.
 */
export function insertAfter(value: Value, spec: InsertedNode, only?: (use: Use) => boolean): Node {
  const readers = only ? [] : readersOf(value);
  checkOutputMoves(value, readers);
  const { inputs = (v: Value) => [v], ...rest } = spec;
  const before = new Set(value.uses);
  const node = addNode(value.graph, { outputs: [{ type: value.type }], ...rest, inputs: inputs(value) });
  const out = node.outputs[0]!;
  replaceUses(value, out, (use) => before.has(use) && (!only || only(use)));
  const { name } = value;
  for (const graph of readers) {
    if (graph === value.graph) {
      renameValue(value, freshName(graph.model, `${name}_before`));
      renameValue(out, name);
    }
    swapOutput(graph, value, out);
  }
  return node;
}

/** Puts a node in front of one input of a node: it reads what that input read. Throws `edit-range` for an input that is not there. */
export function insertBefore(node: Node, index: number, spec: InsertedNode): Node {
  const value = node.inputs[index];
  if (!value) throw fail('edit-range', { where: { node: keyOf(node), opType: node.opType }, actual: index }, 'there is no such input');
  const { inputs = (v: Value) => [v], ...rest } = spec;
  const made = addNode(node.graph, { ...rest, inputs: inputs(value) });
  setInput(node, index, made.outputs[0]);
  return made;
}
