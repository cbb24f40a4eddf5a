// Everything that is read is defined: by an input, an initializer or a node, in the graph or around it.
import type { Graph, Value } from '../ir/model';
import { allGraphs, scopes } from '../ir/walk';
import { atGraph, atNode, type Check, error } from './problem';

const isDefined = (value: Value, inputs: ReadonlySet<Value>): boolean => value.producer !== undefined || value.initializer !== undefined || inputs.has(value);

export const values: Check = {
  name: 'values',
  *run(model) {
    const inputs = new Set<Value>();
    for (const graph of allGraphs(model)) for (const value of graph.inputs) inputs.add(value);
    const visible = (graph: Graph, value: Value): boolean => {
      for (const scope of scopes(graph)) if (scope === value.graph) return true;
      return graph.model.training.some(({ algorithm, initialization }) => graph === algorithm || graph === initialization) && value.graph === model.graph;
    };
    for (const graph of allGraphs(model)) {
      for (const node of graph.nodes)
        for (const value of node.inputs) {
          if (!value) continue;
          if (!isDefined(value, inputs)) yield error('missing-value', atNode(node, value.name), 'the node reads a value that nothing defines');
          else if (!visible(graph, value)) yield error('missing-value', atNode(node, value.name), 'the node reads a value of a graph that is not around it');
        }
      for (const value of graph.outputs)
        if (!isDefined(value, inputs)) yield error('missing-value', atGraph(graph, value.name), 'the graph puts out a value that nothing defines');
    }
  },
};
