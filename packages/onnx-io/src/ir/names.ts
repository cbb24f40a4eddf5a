// Addresses: how reports, plans and options name a node. Link by object, address by name.
import type { Graph, Model, ModelFunction, Node, OpKey } from './model';
import { allGraphs, definedValues } from './walk';

/** 'Conv', 'com.microsoft:MatMulNBits'; the domain 'ai.onnx' is ''. */
export const opKey = (node: { readonly domain: string; readonly opType: string }): OpKey =>
  node.domain === '' || node.domain === 'ai.onnx' ? node.opType : `${node.domain}:${node.opType}`;

/** The key of `Model.functions`: 'domain:name', with ':overload' when there is one. */
export const functionKey = (domain: string, name: string, overload = ''): string => `${domain}:${name}${overload && `:${overload}`}`;

const counts = new WeakMap<Graph, Map<string, number>>();

function nameCounts(graph: Graph): Map<string, number> {
  let names = counts.get(graph);
  if (!names) {
    names = new Map();
    for (const { name } of graph.nodes) names.set(name, (names.get(name) ?? 0) + 1);
    counts.set(graph, names);
  }
  return names;
}

/** edit.ts tells of every node that comes and goes, so that {@link keyOf} stays cheap while a graph is edited. */
export function countName(graph: Graph, name: string, by: 1 | -1): void {
  const names = counts.get(graph);
  if (names) names.set(name, (names.get(name) ?? 0) + by);
}

const isFunction = (graph: Graph): graph is ModelFunction => 'overload' in graph;

/** Where a graph sits: '' for the main graph, 'If->y/then_branch/' for a subgraph, 'fn:domain:name/' for a function. */
export function graphAddress(graph: Graph): string {
  if (graph.parent) {
    const parent = graph.parent;
    for (const [name, attribute] of parent.attributes) {
      if (attribute.kind === 'graph' && attribute.value === graph) return `${keyOf(parent)}/${name}/`;
      if (attribute.kind === 'graphs' && attribute.value.includes(graph)) return `${keyOf(parent)}/${name}.${attribute.value.indexOf(graph)}/`;
    }
    return `${keyOf(parent)}/`;
  }
  return isFunction(graph) ? `fn:${functionKey(graph.domain, graph.name, graph.overload)}/` : '';
}

/** The node's address: its name when that is non-empty and unique in its graph, else `OpType->firstOutput`; inside subgraphs and functions the owner's address comes first. */
export function keyOf(node: Node): string {
  const own = node.name !== '' && nameCounts(node.graph).get(node.name) === 1;
  const key = own ? node.name : `${node.opType}->${node.outputs.find(Boolean)?.name ?? ''}`;
  return `${graphAddress(node.graph)}${key}`;
}

const taken = new WeakMap<Model, Set<string>>();

/** Every value and node name of the model; names once given away stay taken. */
export function takenNames(model: Model): Set<string> {
  let names = taken.get(model);
  if (!names) {
    names = new Set();
    for (const graph of allGraphs(model)) {
      for (const { name } of definedValues(graph)) names.add(name);
      for (const { name } of graph.nodes) names.add(name);
    }
    taken.set(model, names);
  }
  return names;
}

const reserved = new WeakMap<Model, Set<string>>();

/** True once for a name that {@link freshName} gave away: it needs no search for a clash. */
export const claimReserved = (model: Model, name: string): boolean => reserved.get(model)?.delete(name) ?? false;

/** A name that no value and no node of the model has: `base`, else `base_1`, `base_2`, ...; deterministic, and taken from now on. */
export function freshName(model: Model, base: string): string {
  const names = takenNames(model);
  let name = base;
  for (let i = 1; names.has(name); i++) name = `${base}_${i}`;
  names.add(name);
  const given = reserved.get(model) ?? new Set();
  reserved.set(model, given.add(name));
  return name;
}
