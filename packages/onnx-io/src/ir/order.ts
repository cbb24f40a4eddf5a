// Node order is derived: producers first, and otherwise the order of the file, so an untouched graph keeps its own.
import { fail } from '../errors';
import type { Graph, Node } from './model';
import { keyOf } from './names';
import { nestedGraphs, subgraphs } from './walk';

/** The nodes of `graph` whose outputs `node` reads, directly or from inside its subgraphs. */
function* dependencies(node: Node, graph: Graph): Generator<Node> {
  for (const value of node.inputs) if (value?.producer && value.graph === graph) yield value.producer;
  if (!node.attributes.size) return;
  for (const sub of subgraphs(node))
    for (const inner of nestedGraphs(sub)) {
      for (const deep of inner.nodes) for (const value of deep.inputs) if (value?.producer && value.graph === graph) yield value.producer;
      for (const value of inner.outputs) if (value.producer && value.graph === graph) yield value.producer;
    }
}

/** The nodes as they come, when that is an order: what a file should be, and most edits keep. */
function inOrder(graph: Graph): Node[] | undefined {
  const nodes = [...graph.nodes];
  const done = new Set<Node>();
  for (const node of nodes) {
    for (const value of node.inputs) if (value?.producer && value.graph === graph && !done.has(value.producer)) return undefined;
    if (subgraphs(node).length) for (const producer of dependencies(node, graph)) if (!done.has(producer)) return undefined;
    done.add(node);
  }
  return nodes;
}

/** The nodes, producers first; a stable depth-first walk without recursion, linear in the graph. Throws `onnx-io/cycle`. */
export const orderedNodes = (graph: Graph): Node[] => inOrder(graph) ?? sorted(graph);

function sorted(graph: Graph): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  for (const root of graph.nodes) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const stack = [{ node: root, rest: dependencies(root, graph) }];
    while (stack.length) {
      const top = stack[stack.length - 1]!;
      const next = top.rest.next();
      if (next.done) {
        state.set(top.node, 'done');
        order.push(top.node);
        stack.pop();
      } else if (!state.has(next.value)) {
        state.set(next.value, 'open');
        stack.push({ node: next.value, rest: dependencies(next.value, graph) });
      } else if (state.get(next.value) === 'open') throw fail('cycle', { where: { graph: graph.name, node: keyOf(next.value), opType: next.value.opType } });
    }
  }
  return order;
}
