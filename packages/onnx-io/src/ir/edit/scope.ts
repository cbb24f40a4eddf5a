// What every edit keeps: names unique where they are visible, values used only where they are seen, which values are graph outputs, and `origin` gone.
import { fail } from '../../errors';
import { writable } from '../make';
import type { Graph, Model, Value } from '../model';
import { countValue, isLiveName } from '../names';
import { outerOf, pendingGraphs } from '../pending';
import { definedValues, liveGraphs, nestedGraphs, scopes } from '../walk';

export const touch = (model: Model): void => {
  if (model.origin) delete (writable(model) as { origin?: unknown }).origin;
};

/** True when `value` is defined in `graph` or around it. */
export const sees = (graph: Graph, value: Value): boolean => {
  for (const scope of scopes(graph)) if (scope === value.graph) return true;
  return false;
};

/** Throws `wrong-graph` for a value that `graph` does not see. */
export const checkVisible = (graph: Graph, value: Value | undefined): void => {
  if (value && !sees(graph, value)) throw fail('wrong-graph', { where: { graph: graph.name, value: value.name } });
};

/** The graphs in which a name of `graph` is visible: itself and everything below, pending subgraphs included. */
export function* graphsBelow(graph: Graph): Generator<Graph> {
  yield* nestedGraphs(graph);
  for (const pending of pendingGraphs(graph.model)) {
    for (let g: Graph | undefined = outerOf(pending); g; g = outerOf(g))
      if (g === graph) {
        yield* nestedGraphs(pending);
        break;
      }
  }
}

/** Takes `name` for a new value of `graph`: throws `duplicate-name` where it is already visible from or below it. */
export function claim(graph: Graph, name: string): void {
  if (isLiveName(graph.model, name)) {
    const clash = (scope: Graph): void => {
      for (const value of definedValues(scope)) if (value.name === name) throw fail('duplicate-name', { where: { graph: scope.name, value: name } });
    };
    for (const scope of scopes(graph)) clash(scope);
    for (const scope of graphsBelow(graph)) clash(scope);
  }
  countValue(graph.model, name, 1);
}

const outputs = new WeakMap<Model, Map<Value, number>>();

function outputCounts(model: Model): Map<Value, number> {
  let counts = outputs.get(model);
  if (!counts) {
    counts = new Map();
    outputs.set(model, counts);
    for (const graph of liveGraphs(model)) countOutputs(graph.outputs, 1, counts);
  }
  return counts;
}

function countOutputs(values: readonly Value[], by: 1 | -1, counts: Map<Value, number>): void {
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + by;
    if (count === 0) counts.delete(value);
    else counts.set(value, count);
  }
}

/** How often `value` is an output of a graph, its own or one below it. Constant time. */
export const outputCount = (value: Value): number => outputCounts(value.graph.model).get(value) ?? 0;

/** Replaces the outputs of a graph. */
export function writeOutputs(graph: Graph, values: readonly Value[]): void {
  const counts = outputCounts(graph.model);
  countOutputs(graph.outputs, -1, counts);
  writable(graph).outputs = [...values];
  countOutputs(values, 1, counts);
}

/** Forgets everything that `graph` (a subgraph or a function that goes away) and the graphs below it define, read and put out. */
export function forgetGraph(graph: Graph, dropInputs: (graph: Graph) => void): void {
  const all = [...nestedGraphs(graph)];
  for (const inner of all) {
    countOutputs(inner.outputs, -1, outputCounts(graph.model));
    for (const value of definedValues(inner)) countValue(graph.model, value.name, -1);
    dropInputs(inner);
  }
}
