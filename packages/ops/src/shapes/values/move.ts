// Small tensors moved about: Shape, Gather, Slice, Concat, Squeeze and their kin.
import type { Dim, Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, opsetOf, tensorOf } from '../../attributes';
import { addDims, maxDims, minDims, mulDims, sizeOf, subDims, unknown } from '../../dims';
import type { Elements, Shapes, ValueRule } from '../../facts';
import { axisIn, elementsAt, isStaticShape, listOf, numbersOf, type Shape, shapeAt } from '../rule';
import { reshaped } from '../rules/move';
import { countSliced } from '../rules/slice';
import { floatProduct, isFloat } from './arithmetic';
import { broadcastAt, build, elementsIn, elementsOf, elementsOrUnknown, mostElements, scalar, sizeOfDims, stridesOf, vector } from './elements';

/** The elements of input 0 under the shape that the shape rule gave the output. */
const relabeled: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  const out = node.outputs[0] && shapes.of(node.outputs[0]);
  const shape = out?.kind === 'tensor' ? out.shape : undefined;
  return [x && isStaticShape(shape) && sizeOfDims(shape) === x.data.length ? { dims: shape, data: x.data } : undefined];
};

const outputShape = (node: Node, shapes: Shapes): Shape | undefined => {
  const type = node.outputs[0] && shapes.of(node.outputs[0]);
  return type?.kind === 'tensor' ? type.shape : undefined;
};

const shape: ValueRule = (node, shapes) => {
  const dims = shapeAt(node, shapes, 0);
  if (!dims) return [];
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dims.length : at, 0), dims.length);
  return [vector(dims.slice(clamp(intOf(node, 'start', 0)), clamp(intOf(node, 'end', dims.length))))];
};

const gather: ValueRule = (node, shapes) => {
  const [data, indices] = [elementsIn(node, shapes, 0), elementsIn(node, shapes, 1)];
  const axis = data && axisIn(intOf(node, 'axis', 0), data.dims.length);
  if (!data || !indices || axis === undefined) return [];
  const strides = stridesOf(data.dims);
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  const inner = stridesOf(indices.dims);
  return [
    build(dims, (index) => {
      const at = indices.data[inner.reduce((sum, stride, i) => sum + stride * index[axis + i]!, 0)];
      if (typeof at !== 'number') return unknown;
      const picked = at < 0 ? at + data.dims[axis]! : at;
      const source = [...index.slice(0, axis), picked, ...index.slice(axis + indices.dims.length)];
      return data.data[source.reduce((sum, i, k) => sum + i * strides[k]!, 0)] ?? unknown;
    }),
  ];
};

const concat: ValueRule = (node, shapes) => {
  const all = node.inputs.map((_, i) => elementsOrUnknown(node, shapes, i));
  if (all.some((each) => !each)) return [];
  const parts = all as Elements[];
  const rank = parts[0]?.dims.length ?? 0;
  const axis = axisIn(intOf(node, 'axis', 1), rank);
  if (axis === undefined || parts.some((each) => each.dims.length !== rank)) return [];
  const total = parts.reduce((sum, each) => sum + each.dims[axis]!, 0);
  const dims = parts[0]!.dims.map((dim, i) => (i === axis ? total : dim));
  return [
    build(dims, (index) => {
      let at = index[axis]!;
      for (const part of parts) {
        if (at < part.dims[axis]!)
          return broadcastlessAt(
            part,
            index.map((each, i) => (i === axis ? at : each)),
          );
        at -= part.dims[axis]!;
      }
      return unknown;
    }),
  ];
};
const broadcastlessAt = (x: Elements, index: readonly number[]): Dim =>
  x.data[stridesOf(x.dims).reduce((sum, stride, i) => sum + stride * index[i]!, 0)] ?? unknown;

const slice: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  if (!x) return [];
  const [starts, ends] = [numbersOf(listOf(node, shapes, 'starts', 1).values), numbersOf(listOf(node, shapes, 'ends', 2).values)];
  const axesGiven = listOf(node, shapes, 'axes', 3);
  const stepsGiven = listOf(node, shapes, 'steps', 4);
  const axes = axesGiven.given ? numbersOf(axesGiven.values) : starts?.map((_, i) => i);
  const steps = stepsGiven.given ? numbersOf(stepsGiven.values) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) return [];
  const rank = x.dims.length;
  const from = x.dims.map(() => 0);
  const by = x.dims.map(() => 1);
  const dims = [...x.dims];
  for (const [i, given] of axes.entries()) {
    const axis = axisIn(given, rank);
    if (axis === undefined || !steps[i]) return [];
    const extent = x.dims[axis]!;
    const begin = starts[i]! < 0 ? starts[i]! + extent : starts[i]!;
    from[axis] = steps[i]! > 0 ? Math.min(Math.max(begin, 0), extent) : Math.min(Math.max(begin, 0), extent - 1);
    by[axis] = steps[i]!;
    dims[axis] = countSliced(extent, starts[i]!, ends[i]!, steps[i]!);
  }
  return [
    build(dims, (index) =>
      broadcastlessAt(
        x,
        index.map((each, i) => from[i]! + each * by[i]!),
      ),
    ),
  ];
};

const transpose: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  if (!x) return [];
  const perm = intsOf(node, 'perm') ?? x.dims.map((_, i) => x.dims.length - 1 - i);
  const dims = perm.map((axis) => x.dims[axis]!);
  return [
    build(dims, (index) =>
      broadcastlessAt(
        x,
        x.dims.map((_, axis) => index[perm.indexOf(axis)]!),
      ),
    ),
  ];
};

const expand: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  const to = outputShape(node, shapes);
  return [x && isStaticShape(to) ? build(to, (index) => broadcastAt(x, index)) : undefined];
};

const tile: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  const to = outputShape(node, shapes);
  return [
    x && isStaticShape(to)
      ? build(to, (index) =>
          broadcastlessAt(
            x,
            index.map((each, i) => each % x.dims[i]!),
          ),
        )
      : undefined,
  ];
};

const constantOfShape: ValueRule = (node, shapes) => {
  const dims = numbersOf(elementsAt(node, shapes, 0));
  const constant = tensorOf(node, 'value');
  const known = constant === undefined ? scalar(0) : 'data' in constant ? elementsOf(constant) : undefined;
  const fill = known?.data[0];
  if (!dims || fill === undefined || sizeOfDims(dims) > mostElements) return [];
  return [{ dims, data: Array.from({ length: sizeOfDims(dims) }, () => fill) }];
};

const range: ValueRule = (node, shapes) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => elementsAt(node, shapes, i)?.[0]);
  if (start === undefined || typeof delta !== 'number' || delta === 0) return [];
  const span = limit === undefined ? unknown : subDims(limit, start);
  const count = typeof span === 'number' ? Math.max(0, Math.ceil(span / delta)) : undefined;
  if (count === undefined || count > mostElements) return [];
  return [vector(Array.from({ length: count }, (_, i) => addDims(start, i * delta)))];
};

const split: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  const axis = x && axisIn(intOf(node, 'axis', 0), x.dims.length);
  if (!x || axis === undefined) return [];
  let from = 0;
  return node.outputs.map((output) => {
    const type = output && shapes.of(output);
    const dims = type?.kind === 'tensor' ? type.shape : undefined;
    if (!isStaticShape(dims)) return undefined;
    const begin = from;
    from += dims[axis]!;
    return build(dims, (index) =>
      broadcastlessAt(
        x,
        index.map((each, i) => (i === axis ? each + begin : each)),
      ),
    );
  });
};

/** Reduce* over known axes. */
const reducing =
  (fold: (a: Dim, b: Dim) => Dim, start: Dim | undefined): ValueRule =>
  (node, shapes) => {
    const x = elementsIn(node, shapes, 0);
    if (!x) return [];
    const given = listOf(node, shapes, 'axes', 1);
    const listed =
      given.given && given.values?.length !== 0 ? numbersOf(given.values) : intOf(node, 'noop_with_empty_axes', 0) === 1 ? [] : x.dims.map((_, i) => i);
    const axes = listed?.map((axis) => axisIn(axis, x.dims.length));
    if (!axes || axes.some((axis) => axis === undefined)) return [];
    const keep = intOf(node, 'keepdims', 1) === 1;
    const kept = x.dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const strides = stridesOf(kept);
    const sums: (Dim | undefined)[] = Array.from({ length: sizeOfDims(kept) }, () => start);
    const own = stridesOf(x.dims);
    x.data.forEach((dim, n) => {
      const at = x.dims.reduce((sum, extent, i) => sum + (axes.includes(i) ? 0 : (Math.floor(n / own[i]!) % extent) * strides[i]!), 0);
      sums[at] = sums[at] === undefined ? dim : fold(sums[at], dim);
    });
    return [{ dims: keep ? kept : kept.filter((_, i) => !axes.includes(i)), data: sums.map((dim) => dim ?? unknown) }];
  };

/** Size: the product of the extents. */
const size: ValueRule = (node, shapes) => {
  const dims = shapeAt(node, shapes, 0);
  return [dims && scalar(sizeOf(dims))];
};

const reshape: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  const target = listOf(node, shapes, 'shape', 1).values;
  if (!x || !target) return [];
  const dims = numbersOf(reshaped(x.dims, target, intOf(node, 'allowzero', 0) === 1));
  return [dims && sizeOfDims(dims) === x.data.length ? { dims, data: x.data } : undefined];
};

const nonZero: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  const numbers = x && numbersOf(x.data);
  if (!x || !numbers) return [];
  const hits = numbers.flatMap((value, at) => (value === 0 ? [] : [at]));
  const strides = stridesOf(x.dims);
  return [{ dims: [x.dims.length, hits.length], data: x.dims.flatMap((extent, i) => hits.map((at) => Math.floor(at / strides[i]!) % extent)) }];
};

const gatherElements: ValueRule = (node, shapes) => {
  const [data, indices] = [elementsIn(node, shapes, 0), elementsIn(node, shapes, 1)];
  const axis = data && axisIn(intOf(node, 'axis', 0), data.dims.length);
  if (!data || !indices || axis === undefined) return [];
  return [
    build(indices.dims, (index) => {
      const at = broadcastlessAt(indices, index);
      if (typeof at !== 'number') return unknown;
      return broadcastlessAt(
        data,
        index.map((each, i) => (i === axis ? (at < 0 ? at + data.dims[axis]! : at) : each)),
      );
    }),
  ];
};

/** ScatterElements and ScatterND on vectors, as exporters write into shapes. */
const scatter: ValueRule = (node, shapes) => {
  const [data, indices, updates] = [0, 1, 2].map((i) => elementsIn(node, shapes, i));
  if (!data || !indices || !updates || data.dims.length !== 1 || node.attributes.has('reduction')) return [];
  const at = numbersOf(indices.data);
  if (!at || at.length !== updates.data.length) return [];
  const out = [...data.data];
  if (at.some((position) => position < -out.length || position >= out.length)) return [];
  for (const [i, position] of at.entries()) out[position < 0 ? position + out.length : position] = updates.data[i]!;
  return [{ dims: data.dims, data: out }];
};

const identity: ValueRule = (node, shapes) => [elementsIn(node, shapes, 0)];
const cumSum: ValueRule = (node, shapes) => {
  const x = elementsIn(node, shapes, 0);
  if (x?.dims.length !== 1 || intOf(node, 'exclusive', 0) || intOf(node, 'reverse', 0)) return [];
  let sum: Dim = 0;
  return [vector(x.data.map((dim) => (sum = addDims(sum, dim))))];
};

export const values = {
  Identity: identity,
  Dropout: (node, shapes) => (opsetOf(node) < 12 || !node.inputs[2] ? identity(node, shapes) : []),
  Shape: shape,
  Size: size,
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatter,
  ScatterND: scatter,
  Concat: concat,
  Slice: slice,
  Split: split,
  Squeeze: relabeled,
  Unsqueeze: relabeled,
  Flatten: relabeled,
  Reshape: reshape,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  ConstantOfShape: constantOfShape,
  Range: range,
  NonZero: nonZero,
  CumSum: cumSum,
  ReduceProd: (node, shapes) => reducing(isFloat(node, shapes) ? floatProduct : mulDims, 1)(node, shapes),
  ReduceSum: reducing(addDims, 0),
  ReduceMax: reducing(maxDims, undefined),
  ReduceMin: reducing(minDims, undefined),
} satisfies Record<string, ValueRule>;
