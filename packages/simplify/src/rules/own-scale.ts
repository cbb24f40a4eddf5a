// Fake quantization of a weight whose scale is computed from the weight itself, as quantization-aware training has it (weight -> Abs -> ReduceMax -> ... -> scale of QuantizeLinear(weight)).
// All of it is constant, and folding it would take the float weight away that training changes.
import { allNodes, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import type { Context } from '../rule';

/** A scale is a few nodes away from its weight; a hostile file may have any number. */
const farthest = 32;

/** The nodes between `value` and the scale that follows from it; undefined for one that does not. */
function pathTo(scale: Value, value: Value): Set<Node> | undefined {
  const path = new Set<Node>();
  const seen = new Map<Value, boolean>();
  const follows = (each: Value | undefined, depth: number): boolean => {
    if (!each || depth > farthest) return false;
    if (each === value) return true;
    const known = seen.get(each);
    if (known !== undefined) return known;
    seen.set(each, false);
    const { producer } = each;
    // Every input is looked at: all nodes on the way have to stay.
    const does = producer ? producer.inputs.map((input) => follows(input, depth + 1)).includes(true) : false;
    if (does) path.add(producer!);
    seen.set(each, does);
    return does;
  };
  return follows(scale, 0) ? path : undefined;
}

const found = new WeakMap<Context, ReadonlySet<Node>>();

/** The nodes of the model that quantize a weight by a scale of its own, and those that compute the scale. Looked for once a context. */
export function ownScales(context: Context): ReadonlySet<Node> {
  const known = found.get(context);
  if (known) return known;
  const all = new Set<Node>();
  for (const node of allNodes(context.model)) {
    const [value, scale] = node.inputs;
    if (opKey(node) !== 'QuantizeLinear' || !value?.initializer || !scale?.producer) continue;
    for (const each of pathTo(scale, value)?.add(node) ?? []) all.add(each);
  }
  found.set(context, all);
  return all;
}
