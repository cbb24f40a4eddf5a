// Nodes: added, removed, rewired, given attributes.
import { fail } from '../../errors';
import { link, linked, linkOutputs, makeNode, makeValue, noAttributes, writable } from '../make';
import type { Attribute, Graph, Node, Value, ValueType } from '../model';
import { countName, countValue, freshName, freshNodeName, giveName, keyOf } from '../names';
import { clearPending, isPending, outerOf, setPending } from '../pending';
import { graphsOf, subgraphs } from '../walk';
import { checkVisible, claim, forgetGraph, outputCount, touch } from './scope';

/** A new output: a name, a name with its type, nothing for an omitted optional output; '' asks for a fresh name. */
export type NewOutput = string | { readonly name?: string; readonly type?: ValueType } | undefined;

export interface NewNode {
  readonly opType: string;
  readonly domain?: string;
  readonly overload?: string;
  /** Made fresh when another node has it; '' stays ''. Default: a fresh name from the first output or the op. */
  readonly name?: string;
  readonly inputs: readonly (Value | undefined)[];
  /** Default: one output with a fresh name. */
  readonly outputs?: readonly NewOutput[];
  /** A graph among them is one of `addSubgraph(graph)`; the node owns it from now on. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly doc?: string;
}

const at = (node: Node): { node: string; opType: string } => ({ node: keyOf(node), opType: node.opType });

/** Throws `wrong-graph` unless each graph of the attribute is a pending subgraph of `graph`, given once. */
function checkOwnable(graph: Graph, attributes: Iterable<Attribute>): void {
  const seen = new Set<Graph>();
  for (const attribute of attributes)
    for (const sub of graphsOf(attribute)) {
      if (sub.parent || !isPending(sub) || outerOf(sub) !== graph || seen.has(sub))
        throw fail('wrong-graph', { where: { graph: sub.name } }, 'a subgraph is made by addSubgraph of the graph it is used in, and has one owner');
      seen.add(sub);
    }
}

function own(node: Node, attribute: Attribute): void {
  for (const sub of graphsOf(attribute)) {
    clearPending(sub);
    writable(sub).parent = node;
  }
}

const specOf = (output: NewOutput): { readonly name?: string; readonly type?: ValueType } | undefined =>
  typeof output === 'string' ? { name: output } : output;

function newOutput(graph: Graph, output: NewOutput, base: string): Value | undefined {
  const wanted = specOf(output);
  if (!wanted) return undefined;
  const name = wanted.name || freshName(graph.model, base);
  if (!wanted.name) countValue(graph.model, name, 1);
  return makeValue(graph, name, wanted.type && { type: wanted.type });
}

function checkOutputs(graph: Graph, outputs: readonly NewOutput[]): void {
  const names = new Set<string>();
  for (const output of outputs) {
    const name = specOf(output)?.name;
    if (!name) continue;
    if (names.has(name)) throw fail('duplicate-name', { where: { graph: graph.name, value: name } });
    names.add(name);
  }
  for (const name of names) claim(graph, name);
}

/** Adds a node and its outputs. Order is derived (producers first), so the place does not matter. Throws `duplicate-name`, `wrong-graph`. */
export function addNode(graph: Graph, spec: NewNode): Node {
  const { model } = graph;
  const outputs = spec.outputs ?? [''];
  const attributes = spec.attributes ? new Map(Object.entries(spec.attributes)) : noAttributes;
  for (const value of spec.inputs) checkVisible(graph, value);
  checkOwnable(graph, attributes.values());
  checkOutputs(graph, outputs);
  touch(model);
  const values = outputs.map((output) => newOutput(graph, output, `${spec.name || spec.opType}_output`));
  const name = spec.name === '' ? '' : freshNodeName(model, spec.name ?? `${spec.opType}_${values.find(Boolean)?.name ?? ''}`);
  const node = makeNode(graph, { ...spec, name, attributes });
  for (const attribute of attributes.values()) own(node, attribute);
  linkOutputs(node, values);
  countName(graph, name, 1);
  return node;
}

const dropInputs = (graph: Graph): void => {
  for (const node of graph.nodes) unlinkInputs(node);
};
const unlinkInputs = (node: Node): void => {
  node.inputs.forEach((_, index) => {
    link(linked(node), index, undefined);
  });
};

/** Removes a node with its subgraphs. Throws `still-used` while an output of it is read or is an output of a graph. */
export function removeNode(node: Node): void {
  const { graph } = node;
  if (!graph.nodes.has(node)) return;
  for (const value of node.outputs)
    if (value && (value.uses.size > 0 || outputCount(value) > 0)) throw fail('still-used', { where: { ...at(node), value: value.name } });
  touch(graph.model);
  for (const sub of subgraphs(node)) forgetGraph(sub, dropInputs);
  unlinkInputs(node);
  for (const value of node.outputs) if (value) countValue(graph.model, value.name, -1);
  countName(graph, node.name, -1);
  writable(graph).nodes.delete(node);
}

/** Names need not be unique; an address falls back to the first output where they are not. */
export function renameNode(node: Node, name: string): void {
  touch(node.graph.model);
  countName(node.graph, node.name, -1);
  linked(node).name = name;
  countName(node.graph, name, 1);
  giveName(node.graph.model, name);
}

/** Points input `index` at `value`; `index` may be one past the last, to add an input. Throws `edit-range`, `wrong-graph`. */
export function setInput(node: Node, index: number, value: Value | undefined): void {
  if (!Number.isInteger(index) || index < 0 || index > node.inputs.length)
    throw fail('edit-range', { where: at(node), expected: `0..${node.inputs.length}`, actual: index });
  checkVisible(node.graph, value);
  touch(node.graph.model);
  link(linked(node), index, value);
}

/** Replaces all inputs. Throws `wrong-graph`. */
export function setInputs(node: Node, values: readonly (Value | undefined)[]): void {
  for (const value of values) checkVisible(node.graph, value);
  touch(node.graph.model);
  const n = linked(node);
  for (let index = 0; index < Math.max(n.inputs.length, values.length); index++) link(n, index, values[index]);
  n.inputs.length = n.slots.length = values.length;
}

/** Adds an output to a node, after the ones it has. Throws `duplicate-name`. */
export function addNodeOutput(node: Node, output: NewOutput): Value | undefined {
  checkOutputs(node.graph, [output]);
  touch(node.graph.model);
  const value = newOutput(node.graph, output, `${node.name || node.opType}_output`);
  linked(node).outputs.push(value);
  if (value) writable(value).producer = node;
  return value;
}

/** Takes an optional output away (its place stays, empty; empty places at the end go). Throws `still-used`, `edit-range`. */
export function removeNodeOutput(node: Node, index: number): void {
  const value = node.outputs[index];
  if (!value) throw fail('edit-range', { where: at(node), actual: index }, 'there is no such output');
  if (value.uses.size > 0 || outputCount(value) > 0) throw fail('still-used', { where: { ...at(node), value: value.name } });
  touch(node.graph.model);
  countValue(node.graph.model, value.name, -1);
  const { outputs } = linked(node);
  outputs[index] = undefined;
  while (outputs.length > 0 && !outputs.at(-1)) outputs.pop();
}

/** Sets an attribute, or removes it with `undefined`. A graph that goes is forgotten with all it reads; one that comes is of {@link addSubgraph}. Throws `wrong-graph`. */
export function setAttribute(node: Node, name: string, attribute: Attribute | undefined): void {
  const n = linked(node);
  if (attribute) checkOwnable(node.graph, [attribute]);
  touch(node.graph.model);
  const before = n.attributes.get(name);
  if (before) for (const sub of graphsOf(before)) forgetGraph(sub, dropInputs);
  if (attribute) {
    if (n.attributes === noAttributes) n.attributes = new Map();
    n.attributes.set(name, attribute);
    own(node, attribute);
  } else if (before) n.attributes.delete(name);
}

/** Takes the subgraphs of an attribute away from their node, as they are: pending again, for another node of the same graph to own. */
export function takeSubgraphs(node: Node, name: string): readonly Graph[] {
  const attribute = node.attributes.get(name);
  const graphs = attribute ? graphsOf(attribute) : [];
  if (graphs.length === 0) throw fail('edit-range', { where: at(node), actual: name }, 'the node has no subgraph of that name');
  touch(node.graph.model);
  linked(node).attributes.delete(name);
  for (const graph of graphs) {
    writable(graph).parent = undefined;
    setPending(graph, node.graph);
  }
  return graphs;
}

/** Turns a node into one of another operator; its inputs, outputs and attributes stay. */
export function setOpType(node: Node, opType: string, domain = ''): void {
  touch(node.graph.model);
  Object.assign(linked(node), { opType, domain });
}
