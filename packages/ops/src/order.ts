// The order in which ONNX Runtime runs a graph by default: depth first from the last leaf back, later inputs first (Graph::ReverseDFSFrom in core/graph/graph.cc).
import { type Graph, type Node, nestedGraphs, orderedNodes, subgraphs, type Value } from '@modeldiet/onnx-io';

/** The values of `graph` that `node` reads, from inside its subgraphs too. */
export function* valuesRead(node: Node, graph: Graph): Generator<Value> {
  for (const value of node.inputs) if (value?.graph === graph) yield value;
  for (const sub of subgraphs(node))
    for (const inner of nestedGraphs(sub)) {
      for (const deep of inner.nodes) for (const value of deep.inputs) if (value?.graph === graph) yield value;
      for (const value of inner.outputs) if (value.graph === graph) yield value;
    }
}

/** Every node after its producers, in ONNX Runtime's default order for a graph that it leaves as it is. */
export function executionOrder(graph: Graph): Node[] {
  const index = new Map(orderedNodes(graph).map((node, i) => [node, i]));
  const read = new Set<Node>();
  for (const node of index.keys()) for (const value of valuesRead(node, graph)) if (value.producer) read.add(value.producer);
  const stack = [...index.keys()].filter((node) => !read.has(node)).map((node) => ({ node, leave: false }));
  const seen = new Set<Node>();
  const order: Node[] = [];
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.leave) {
      order.push(top.node);
      continue;
    }
    if (seen.has(top.node)) continue;
    seen.add(top.node);
    stack.push({ node: top.node, leave: true });
    const before = new Set<Node>();
    for (const value of valuesRead(top.node, graph)) if (value.producer) before.add(value.producer);
    for (const node of [...before].sort((a, b) => index.get(a)! - index.get(b)!)) if (!seen.has(node)) stack.push({ node, leave: false });
  }
  return order;
}
