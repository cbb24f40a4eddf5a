// Nodes come after those they read: no cycle, and in the file producers first.
import { isModelDietError } from '@modeldiet/numfmt';
import type { Graph, Node } from '../ir/model';
import { orderedNodes } from '../ir/order';
import { allGraphs, nestedGraphs, subgraphs } from '../ir/walk';
import { atGraph, atNode, type Check, error, type Problem, warning } from './problem';

function* checkGraph(graph: Graph): Generator<Problem> {
  try {
    orderedNodes(graph);
  } catch (e) {
    if (!isModelDietError(e)) throw e;
    yield error('cycle', { ...atGraph(graph), ...(e.where.node !== undefined && { node: e.where.node }) }, 'nodes read each other in a circle');
    return;
  }
  const done = new Set<Node>();
  const late = (node: Node): boolean => {
    for (const value of node.inputs) if (value?.producer && value.graph === graph && !done.has(value.producer)) return true;
    for (const sub of subgraphs(node))
      for (const inner of nestedGraphs(sub))
        for (const deep of inner.nodes) for (const value of deep.inputs) if (value?.producer && value.graph === graph && !done.has(value.producer)) return true;
    return false;
  };
  for (const node of graph.nodes) {
    if (late(node))
      yield warning('unsorted', atNode(node), 'the node stands before one that it reads: the file breaks the specification; saving the model puts it right');
    done.add(node);
  }
}

export const order: Check = {
  name: 'order',
  *run(model) {
    for (const graph of allGraphs(model)) yield* checkGraph(graph);
  },
};
