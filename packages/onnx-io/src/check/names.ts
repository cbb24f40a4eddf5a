// Single assignment: within its scope a name is defined once; values have names.
import type { Graph, Value } from '../ir/model';
import { definedValues, rootGraphs, subgraphs } from '../ir/walk';
import { atGraph, type Check, error, type Problem } from './problem';

// Depth is the nesting of subgraphs, which the loader limits.
function* checkGraph(graph: Graph, outer: ReadonlyMap<string, Value>): Generator<Problem> {
  const names = new Map(outer);
  for (const value of definedValues(graph)) {
    const { name } = value;
    if (name === '') yield error('no-name', atGraph(graph), value.initializer ? 'an initializer has no name' : 'a graph input has no name');
    else if (names.has(name))
      yield error(
        'duplicate-name',
        atGraph(graph, name),
        outer.has(name) ? 'the name is defined again inside the graph that defines it' : 'the name is defined more than once',
      );
    names.set(name, value);
  }
  for (const node of graph.nodes) for (const sub of subgraphs(node)) yield* checkGraph(sub, names);
}

export const names: Check = {
  name: 'names',
  *run(model) {
    // A training step sees the model's graph and may define its names again.
    for (const root of rootGraphs(model)) yield* checkGraph(root, new Map());
    if (model.graph.name === '') yield error('no-name', {}, 'the graph has no name');
  },
};
