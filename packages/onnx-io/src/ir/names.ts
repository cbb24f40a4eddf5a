// Addresses: how reports, plans and options name a node. Link by object, address by name.
import type { Graph, Model, ModelFunction, Node, OpKey } from './model';
import { definedValues, liveGraphs } from './walk';

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

/** The names of a model: how many values of that name live (siblings may repeat one), and every name ever given away, node names included. */
interface Names {
  readonly values: Map<string, number>;
  readonly given: Set<string>;
  /** Those of nodes: a node may be called like a value. */
  readonly nodes: Set<string>;
  readonly next: Map<string, number>;
}
const names = new WeakMap<Model, Names>();

function namesOf(model: Model): Names {
  let known = names.get(model);
  if (!known) {
    known = { values: new Map(), given: new Set(), nodes: new Set(), next: new Map() };
    names.set(model, known);
    for (const graph of liveGraphs(model)) {
      for (const value of definedValues(graph)) countValue(model, value.name, 1);
      for (const { name } of graph.nodes) giveName(model, name);
    }
  }
  return known;
}

/** edit.ts tells of every value that comes and goes. */
export function countValue(model: Model, name: string, by: 1 | -1): void {
  const { values, given } = namesOf(model);
  values.set(name, (values.get(name) ?? 0) + by);
  given.add(name);
}

/** edit.ts tells of every node name. */
export const giveName = (model: Model, name: string): void => {
  const { given, nodes } = namesOf(model);
  given.add(name);
  nodes.add(name);
};

/** True when some value of the model has this name, in whatever scope. */
export const isLiveName = (model: Model, name: string): boolean => (namesOf(model).values.get(name) ?? 0) > 0;

/** A name that no value and no node of the model has or had: `base`, else `base_1`, `base_2`, ...; deterministic, and taken from now on. */
export function freshName(model: Model, base: string): string {
  const { given, next } = namesOf(model);
  const name = unused(base, given, next);
  given.add(name);
  return name;
}

/** A name that no node of the model has or had. */
export function freshNodeName(model: Model, base: string): string {
  const { nodes, next } = namesOf(model);
  const name = unused(base, nodes, next);
  giveName(model, name);
  return name;
}

function unused(base: string, taken: ReadonlySet<string>, next: Map<string, number>): string {
  if (!taken.has(base)) return base;
  let i = next.get(base) ?? 1;
  while (taken.has(`${base}_${i}`)) i++;
  next.set(base, i + 1);
  return `${base}_${i}`;
}
