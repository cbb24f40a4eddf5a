// Peak memory of activations: which values are alive while each node runs.
import { constantOf, type Dim, type Graph, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import { addDims, atLeast, maxDims, unknown } from './dims';
import { executionOrder, valuesRead } from './order';

/** Ops whose output is the input's buffer under another shape. */
const aliases: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);

/** The larger of two, kept short where one is larger whatever the symbols are. */
export const larger = (a: Dim, b: Dim): Dim => {
  if (a === unknown || b === unknown) return unknown;
  if (atLeast(a, b)) return a;
  return atLeast(b, a) ? b : maxDims(a, b);
};

/** The value whose buffer `value` uses. */
function ownerOf(value: Value): Value {
  let v = value;
  while (v.producer && v.graph === value.graph && aliases.has(opKey(v.producer)) && v === v.producer.outputs[0] && v.producer.inputs[0]?.graph === value.graph)
    v = v.producer.inputs[0];
  return v;
}

/**
 * The most bytes alive at once: graph inputs and made values, each from when it is made until its last reader is done; graph outputs stay. Constants are not counted.
 * `inside` gives what a node needs besides, while it runs (its subgraphs).
 */
export function peakBytes(graph: Graph, bytesOf: (value: Value) => Dim, inside: (node: Node) => Dim): Dim {
  const order = executionOrder(graph);
  const lastRead = new Map<Value, number>();
  order.forEach((node, at) => {
    for (const value of valuesRead(node, graph)) lastRead.set(ownerOf(value), at);
  });
  for (const value of graph.outputs) lastRead.set(ownerOf(value), order.length);
  const counts = (value: Value): boolean => !value.initializer && !constantOf(value);
  const live = new Map<Value, Dim>();
  for (const value of graph.inputs) if (counts(value) && lastRead.has(value)) live.set(value, bytesOf(value));
  const sum = (): Dim => [...live.values()].reduce<Dim>(addDims, 0);
  let now = sum();
  const candidates: Dim[] = [now];
  order.forEach((node, at) => {
    for (const value of node.outputs)
      if (value && counts(value) && ownerOf(value) === value) {
        live.set(value, bytesOf(value));
        now = addDims(now, live.get(value)!);
      }
    keep(candidates, addDims(now, inside(node)));
    let freed = false;
    for (const value of live.keys())
      if ((lastRead.get(value) ?? -1) <= at) {
        live.delete(value);
        freed = true;
      }
    if (freed) now = sum();
  });
  return candidates.reduce(larger);
}

/** Keeps only what nothing else is larger than. */
function keep(candidates: Dim[], dim: Dim): void {
  if (candidates.some((each) => atLeast(each, dim))) return;
  for (let i = candidates.length - 1; i >= 0; i--) if (atLeast(dim, candidates[i]!)) candidates.splice(i, 1);
  candidates.push(dim);
}
