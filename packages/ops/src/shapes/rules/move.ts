// Ops that move elements about: reshape, transpose, concat, slice, pad, gather and their kin.
import type { Dim } from '@modeldiet/onnx-io';
import { intOf, intsOf, opsetOf, tensorOf } from '../../attributes';
import { addDims, ceilDivDims, equalDims, exactDivDims, floorDivDims, maxDims, mulDims, sizeOf, subDims, unknown } from '../../dims';
import type { ShapeRule } from '../../facts';
import { axesIn, axisIn, dtypeAt, elementsAt, lengthAt, listOf, numbersOf, replaceAt, type Shape, shapeAt, tensor, unknowns } from '../rule';

/** Fills in 0 (copy the input's extent) and -1 (what is left over). */
export function reshaped(from: Shape | undefined, target: readonly Dim[], allowZero: boolean): Shape {
  const copied = target.map((dim, i) => (dim === 0 && !allowZero ? (from?.[i] ?? unknown) : dim));
  const rest = copied.indexOf(-1);
  if (rest < 0) {
    const open = copied.filter((dim) => dim === unknown).length;
    if (open !== 1 || !from) return copied;
    const at = copied.indexOf(unknown);
    return replaceAt(copied, at, leftOver(from, copied, at));
  }
  return replaceAt(copied, rest, from ? leftOver(from, copied, rest) : unknown);
}

/** The extent at `at` that makes the sizes equal. Equal extents on both sides are taken out first, so that unknown ones do no harm. */
function leftOver(from: Shape, to: Shape, at: number): Dim {
  const others = to.filter((_, i) => i !== at);
  const left = [...from];
  const open: Dim[] = [];
  for (const dim of others) {
    const match = left.findIndex((each) => equalDims(each, dim));
    if (match >= 0 && dim !== 0) left.splice(match, 1);
    else open.push(dim);
  }
  const by = sizeOf(open);
  const total = sizeOf(left);
  if (by === 0) return unknown;
  return open.length === 0 ? total : floorDivDims(total, by);
}

export const reshape: ShapeRule = (node, shapes) => {
  const dtype = dtypeAt(node, shapes, 0);
  const from = shapeAt(node, shapes, 0);
  const target = listOf(node, shapes, 'shape', 1);
  if (target.values) return [tensor(dtype, reshaped(from, target.values, intOf(node, 'allowzero', 0) === 1))];
  const rank = lengthAt(node, shapes, 1);
  return [tensor(dtype, rank === undefined ? undefined : unknowns(rank))];
};

export const flatten: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const axis = intOf(node, 'axis', 1);
  if (!shape) return [tensor(dtypeAt(node, shapes, 0), unknowns(2))];
  const at = axis < 0 ? axis + shape.length : axis;
  return [tensor(dtypeAt(node, shapes, 0), [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at))])];
};

export const transpose: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const perm = intsOf(node, 'perm');
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(dtype, perm && unknowns(perm.length))];
  return [tensor(dtype, perm ? perm.map((axis) => shape[axis] ?? unknown) : [...shape].reverse())];
};

export const squeeze: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const axes = listOf(node, shapes, 'axes', 1);
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(dtype, undefined)];
  if (!axes.given) return [tensor(dtype, shape.every((dim) => typeof dim === 'number') ? shape.filter((dim) => dim !== 1) : undefined)];
  const known = numbersOf(axes.values);
  const gone = known && axesIn(known, shape.length);
  if (gone)
    return [
      tensor(
        dtype,
        shape.filter((_, i) => !gone.includes(i)),
      ),
    ];
  const count = lengthAt(node, shapes, 1);
  return [tensor(dtype, count === undefined ? undefined : unknowns(shape.length - count))];
};

export const unsqueeze: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const axes = listOf(node, shapes, 'axes', 1);
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(dtype, undefined)];
  const known = numbersOf(axes.values);
  const count = known?.length ?? lengthAt(node, shapes, 1);
  if (count === undefined) return [tensor(dtype, undefined)];
  const rank = shape.length + count;
  const ones = known && axesIn(known, rank);
  if (!ones) return [tensor(dtype, unknowns(rank))];
  let next = 0;
  return [
    tensor(
      dtype,
      Array.from({ length: rank }, (_, i) => (ones.includes(i) ? 1 : shape[next++]!)),
    ),
  ];
};

export const concat: ShapeRule = (node, shapes) => {
  const dtype = node.inputs.map((_, i) => dtypeAt(node, shapes, i)).find(Boolean);
  const all = node.inputs.map((_, i) => shapeAt(node, shapes, i));
  const known = all.find(Boolean);
  const axis = known && axisIn(intOf(node, 'axis', 1), known.length);
  if (!known || axis === undefined) return [tensor(dtype, undefined)];
  const shape = known.map((_, at) => {
    if (at === axis) return all.reduce<Dim>((sum, each) => addDims(sum, each?.[at] ?? unknown), 0);
    const dims = all.flatMap((each) => (each?.[at] === undefined ? [] : [each[at]]));
    return dims.find((dim) => typeof dim === 'number') ?? dims[0]!;
  });
  return [tensor(dtype, shape)];
};

export const split: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const dtype = dtypeAt(node, shapes, 0);
  const axis = shape && axisIn(intOf(node, 'axis', 0), shape.length);
  if (!shape || axis === undefined) return node.outputs.map(() => tensor(dtype, undefined));
  const given = listOf(node, shapes, 'split', 1);
  const count = intOf(node, 'num_outputs') ?? node.outputs.length;
  const total = shape[axis]!;
  // Opset 18: chunks of ceil(total / count), the last one smaller; before it the parts are equal.
  const chunk = ceilDivDims(total, count);
  return node.outputs.map((_, i) => {
    const last = i === count - 1;
    const equal = exactDivDims(total, count);
    const part =
      equal !== unknown || !last
        ? equal !== unknown
          ? equal
          : opsetOf(node) < 18
            ? floorDivDims(total, count)
            : chunk
        : subDims(total, mulDims(chunk, count - 1));
    // More parts than entries: such a node (in a branch that is never taken) has no result.
    const extent = given.given ? (given.values?.[i] ?? unknown) : part;
    return tensor(dtype, replaceAt(shape, axis, typeof extent === 'number' && extent < 0 ? unknown : extent));
  });
};

export const pad: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(dtype, undefined)];
  const old = intsOf(node, 'paddings');
  const pads = old ? { given: true, values: old } : listOf(node, shapes, 'pads', 1);
  const listed = listOf(node, shapes, 'axes', 3);
  const axes = listed.given
    ? listed.values && numbersOf(listed.values)
      ? axesIn(numbersOf(listed.values)!, shape.length)
      : undefined
    : shape.map((_, i) => i);
  if (!axes || !pads.values) return [tensor(dtype, unknowns(shape.length))];
  const out = [...shape];
  axes.forEach((axis, i) => {
    out[axis] = addDims(addDims(shape[axis]!, pads.values![i] ?? unknown), pads.values![i + axes.length] ?? unknown);
  });
  return [tensor(dtype, out)];
};

export const tile: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const repeats = elementsAt(node, shapes, 1);
  const rank = shape?.length ?? lengthAt(node, shapes, 1);
  if (rank === undefined) return [tensor(dtypeAt(node, shapes, 0), undefined)];
  return [
    tensor(
      dtypeAt(node, shapes, 0),
      Array.from({ length: rank }, (_, i) => mulDims(shape?.[i] ?? unknown, repeats?.[i] ?? unknown)),
    ),
  ];
};

export const gather: ShapeRule = (node, shapes) => {
  const [data, indices] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const dtype = dtypeAt(node, shapes, 0);
  const axis = data && axisIn(intOf(node, 'axis', 0), data.length);
  if (!data || !indices || axis === undefined) return [tensor(dtype, undefined)];
  return [tensor(dtype, [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)])];
};

/** GatherElements: the shape of the indices. */
export const gatherElements: ShapeRule = (node, shapes) => [
  tensor(dtypeAt(node, shapes, 0), shapeAt(node, shapes, 1) ?? (shapeAt(node, shapes, 0) && unknowns(shapeAt(node, shapes, 0)!.length))),
];

export const gatherND: ShapeRule = (node, shapes) => {
  const [data, indices] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const dtype = dtypeAt(node, shapes, 0);
  const last = indices?.[indices.length - 1];
  if (!data || !indices || typeof last !== 'number') return [tensor(dtype, undefined)];
  return [tensor(dtype, [...indices.slice(0, -1), ...data.slice(intOf(node, 'batch_dims', 0) + last)])];
};

export const compress: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const dtype = dtypeAt(node, shapes, 0);
  const axis = intOf(node, 'axis');
  if (axis === undefined) return [tensor(dtype, [unknown])];
  const at = shape && axisIn(axis, shape.length);
  return [tensor(dtype, shape && at !== undefined ? replaceAt(shape, at, unknown) : undefined)];
};

const blockOf = (shape: Shape, n: number, spread: boolean): Shape => {
  const [batch, channels, height, width] = shape as [Dim, Dim, Dim, Dim];
  return spread
    ? [batch, floorDivDims(channels, n * n), mulDims(height, n), mulDims(width, n)]
    : [batch, mulDims(channels, n * n), floorDivDims(height, n), floorDivDims(width, n)];
};
const blocks =
  (spread: boolean): ShapeRule =>
  (node, shapes) => {
    const shape = shapeAt(node, shapes, 0);
    const n = intOf(node, 'blocksize');
    return [tensor(dtypeAt(node, shapes, 0), shape?.length === 4 && n ? blockOf(shape, n, spread) : unknowns(4))];
  };
export const depthToSpace = blocks(true);
export const spaceToDepth = blocks(false);

export const constantOfShape: ShapeRule = (node, shapes) => {
  const value = tensorOf(node, 'value');
  const dtype = value && value.type !== 'sparse' && value.type !== 'opaque' ? value.type : 'float32';
  const dims = elementsAt(node, shapes, 0);
  const rank = lengthAt(node, shapes, 0);
  return [tensor(dtype, dims ?? (rank === undefined ? undefined : unknowns(rank)))];
};

/** Range: max(ceil((limit - start) / delta), 0). */
export const range: ShapeRule = (node, shapes) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => elementsAt(node, shapes, i)?.[0] ?? unknown) as [Dim, Dim, Dim];
  const span = subDims(limit, start);
  const count = typeof delta === 'number' && delta < 0 ? ceilDivDims(subDims(start, limit), -delta) : ceilDivDims(span, delta);
  return [tensor(dtypeAt(node, shapes, 0), [start === 0 && typeof delta === 'number' && delta > 0 ? count : maxDims(count, 0)])];
};

export const oneHot: ShapeRule = (node, shapes) => {
  const indices = shapeAt(node, shapes, 0);
  const depth = elementsAt(node, shapes, 1)?.[0] ?? unknown;
  const axis = indices && axisIn(intOf(node, 'axis', -1), indices.length + 1);
  const shape = indices && axis !== undefined ? [...indices.slice(0, axis), depth, ...indices.slice(axis)] : undefined;
  return [tensor(dtypeAt(node, shapes, 2), shape)];
};

/** CenterCropPad: the listed axes take the asked extents. */
export const centerCropPad: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const wanted = elementsAt(node, shapes, 1);
  const axes = shape && (intsOf(node, 'axes') ? axesIn(intsOf(node, 'axes')!, shape.length) : shape.map((_, i) => i));
  const out = shape && [...shape];
  if (out) for (const [i, axis] of (axes ?? []).entries()) out[axis] = wanted?.[i] ?? unknown;
  return [tensor(dtypeAt(node, shapes, 0), out)];
};
