// Subgraphs that are built before the node that will own them: they see the graph around them, and no attribute holds them yet.
import type { Graph, Model } from './model';

const outer = new WeakMap<Graph, Graph>();
const pending = new WeakMap<Model, Set<Graph>>();

/** The graph around a subgraph, owned or still pending; undefined for a root. */
export const outerOf = (graph: Graph): Graph | undefined => graph.parent?.graph ?? outer.get(graph);

export const isPending = (graph: Graph): boolean => outer.has(graph);

/** The subgraphs of a model that no node owns yet; each may have owned ones below it. */
export const pendingGraphs = (model: Model): ReadonlySet<Graph> => pending.get(model) ?? new Set();

export function setPending(graph: Graph, around: Graph): void {
  outer.set(graph, around);
  const graphs = pending.get(graph.model) ?? new Set();
  pending.set(graph.model, graphs.add(graph));
}

export function clearPending(graph: Graph): void {
  outer.delete(graph);
  pending.get(graph.model)?.delete(graph);
}
