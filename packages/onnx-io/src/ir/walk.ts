// Walks over everything a model holds: subgraphs, functions and training graphs included.
import type { Attribute, Graph, Model, Node, Value } from './model';
import { outerOf, pendingGraphs } from './pending';

/** The graphs an attribute holds. */
export const graphsOf = (attribute: Attribute): readonly Graph[] =>
  attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : [];

const noGraphs: readonly Graph[] = [];

/** The subgraphs a node owns, in attribute order. */
export function subgraphs(node: Node): readonly Graph[] {
  if (!node.attributes.size) return noGraphs;
  let found: Graph[] | undefined;
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'graph') (found ??= []).push(attribute.value);
    else if (attribute.kind === 'graphs') (found ??= []).push(...attribute.value);
  }
  return found ?? noGraphs;
}

/** `graph` and every subgraph below it, outer first. Safe while the graph is edited. */
export function* nestedGraphs(graph: Graph): Generator<Graph> {
  const stack: Graph[] = [graph];
  while (stack.length) {
    const next = stack.pop()!;
    yield next;
    const from = stack.length;
    for (const node of next.nodes) for (const inner of subgraphs(node)) stack.push(inner);
    if (stack.length > from + 1) stack.push(...stack.splice(from).reverse());
  }
}

/** The graphs that are no one's subgraph: the main graph, the functions, the training graphs. */
export function* rootGraphs(model: Model): Generator<Graph> {
  yield model.graph;
  yield* model.functions.values();
  for (const { initialization, algorithm } of model.training) {
    if (initialization) yield initialization;
    if (algorithm) yield algorithm;
  }
}

/** Every graph of the model: main, functions, training, and all subgraphs. */
export function* allGraphs(model: Model): Generator<Graph> {
  for (const root of rootGraphs(model)) yield* nestedGraphs(root);
}

/** {@link allGraphs}, and the subgraphs that no node owns yet. */
export function* liveGraphs(model: Model): Generator<Graph> {
  yield* allGraphs(model);
  for (const graph of pendingGraphs(model)) yield* nestedGraphs(graph);
}

/** Every node of the model, in each graph's own order. A snapshot of each graph: nodes may be added and removed meanwhile. */
export function* allNodes(model: Model): Generator<Node> {
  for (const graph of allGraphs(model)) yield* [...graph.nodes];
}

/** Every value that `graph` itself defines: inputs, initializers, node outputs; each once. */
export function* definedValues(graph: Graph): Generator<Value> {
  yield* graph.inputs;
  const inputs = new Set(graph.inputs);
  for (const value of graph.initializers) if (!inputs.has(value)) yield value;
  for (const node of graph.nodes) for (const value of node.outputs) if (value) yield value;
}

/** The graph, then each graph around it. */
export function* scopes(graph: Graph): Generator<Graph> {
  for (let g: Graph | undefined = graph; g; g = outerOf(g)) yield g;
}

/** The values visible in `graph` by name, its own before outer ones. */
export function visibleValues(graph: Graph): Map<string, Value> {
  const byName = new Map<string, Value>();
  for (const scope of scopes(graph)) for (const value of definedValues(scope)) if (!byName.has(value.name)) byName.set(value.name, value);
  return byName;
}

/** The value of that name in `graph` or around it; linear in the graph: for many look-ups take {@link visibleValues}. */
export function findValue(graph: Graph, name: string): Value | undefined {
  for (const scope of scopes(graph)) for (const value of definedValues(scope)) if (value.name === name) return value;
  return undefined;
}
