// Cuts a graph down to what its outputs need.
import { edit, type Graph, orderedNodes, type Value } from '@modeldiet/onnx-io';

/** Makes `outputs` the graph's outputs and removes every node, initializer and input that none of them needs; `keep` stays even so. */
export function cutTo(graph: Graph, outputs: readonly Value[], keep: ReadonlySet<Value> = new Set()): void {
  edit.setOutputs(graph, outputs);
  const needed = new Set(outputs);
  for (const node of orderedNodes(graph).reverse())
    if (node.outputs.every((value) => !value || (value.uses.size === 0 && !needed.has(value)))) edit.removeNode(node);
  for (const value of new Set([...graph.initializers, ...graph.inputs]))
    if (value.uses.size === 0 && !needed.has(value) && !keep.has(value)) edit.removeValue(value);
}
