// The largest index an integer input may hold: the smallest axis it is used to look up, followed through ops that only move or join entries.
import { type Dim, functionKey, type Graph, graphsOf, type Model, type Node, numberParam, opKey, type Value } from '@modeldiet/onnx-io';
import type { Shapes } from '@modeldiet/ops';

/** Inputs of an op that hold indices, and the extent they index. */
type Lookup = (node: Node, shapes: Shapes) => Readonly<Record<number, Dim | undefined>>;

const extent = (shapes: Shapes, value: Value | undefined, axis: number): Dim | undefined => {
  const type = value && shapes.of(value);
  return type?.kind === 'tensor' ? type.shape?.at(axis) : undefined;
};
const along =
  (attribute: string, data = 0, indices = 1): Lookup =>
  (node, shapes) => {
    const axis = numberParam(node, attribute) ?? 0;
    return { [indices]: typeof axis === 'number' ? extent(shapes, node.inputs[data], axis) : undefined };
  };

/** GatherND and ScatterND index several axes at once: the smallest is safe for all. */
const acrossAll: Lookup = (node, shapes) => {
  const type = node.inputs[0] && shapes.of(node.inputs[0]);
  const known = type?.kind === 'tensor' ? (type.shape ?? []).filter((dim) => typeof dim === 'number') : [];
  return { 1: known.length ? Math.min(...known) : undefined };
};

const lookups: Readonly<Record<string, Lookup>> = {
  Gather: along('axis'),
  GatherElements: along('axis'),
  ScatterElements: along('axis'),
  GatherND: acrossAll,
  ScatterND: acrossAll,
  OneHot: (node, shapes) => ({ 0: node.inputs[1] && shapes.elements(node.inputs[1])?.data[0] }),
  'com.microsoft:GatherBlockQuantized': along('gather_axis'),
  'com.microsoft:EmbedLayerNormalization': (node, shapes) => ({
    0: extent(shapes, node.inputs[2], 0),
    1: extent(shapes, node.inputs[4], 0),
    8: extent(shapes, node.inputs[3], 0),
  }),
};

/** Ops whose output holds entries of these inputs, unchanged or cast; undefined: of every input. */
const movers: Readonly<Record<string, readonly number[] | undefined>> = {
  Identity: [0],
  Cast: [0],
  Reshape: [0],
  Flatten: [0],
  Squeeze: [0],
  Unsqueeze: [0],
  Transpose: [0],
  Slice: [0],
  Split: [0],
  Expand: [0],
  Tile: [0],
  Pad: [0],
  Gather: [0],
  GatherElements: [0],
  GatherND: [0],
  Clip: [0],
  Concat: undefined,
  Where: [1, 2],
  Min: undefined,
  Max: undefined,
};

/** Where a value goes on: outputs of movers, bodies of functions, and the bodies of Loop and Scan by place. */
function* onward(node: Node, index: number, model: Model): Generator<Value> {
  const op = opKey(node);
  if (Object.hasOwn(movers, op) && (movers[op]?.includes(index) ?? true)) for (const output of node.outputs) if (output) yield output;
  const body = model.functions.get(functionKey(node.domain, node.opType, node.overload))?.inputs[index];
  if (body) yield body;
  if (op === 'Loop' || op === 'Scan')
    for (const attribute of node.attributes.values())
      for (const graph of graphsOf(attribute) as readonly Graph[]) {
        const inside = graph.inputs[index];
        if (inside) yield inside;
      }
}

/** The extent that indices from this input must stay below; undefined when it looks nothing up. */
export function indexBound(input: Value, model: Model, shapes: Shapes): number | undefined {
  let least: number | undefined;
  const seen = new Set<Value>([input]);
  const queue = [input];
  for (let value = queue.pop(); value; value = queue.pop())
    for (const { node, index } of value.uses) {
      const op = opKey(node);
      const bound = Object.hasOwn(lookups, op) ? lookups[op]!(node, shapes)[index] : undefined;
      if (typeof bound === 'number' && (least === undefined || bound < least)) least = bound;
      for (const next of onward(node, index, model))
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
    }
  return least;
}
