// Ops that read or write at positions given by another tensor.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { intOf, stringOf } from '../../attributes';
import { entriesOf, fromEntries, fromNumbers, fromWide, integersOf, isWide, numbersOf, pick } from '../array';
import { axisOf, badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, eachIndex, elementCount, product, replaceAt, stridesOf } from '../layout';

/** An index counted from the front; throws when it is outside the extent. */
function within(node: Node, at: number, extent: number): number {
  const from = at < 0 ? at + extent : at;
  if (from < 0 || from >= extent) badInput(node, 1, 'an index is out of range', { expected: `-${extent} to ${extent - 1}`, actual: at });
  return from;
}

const gather: Kernel = (node, inputs) => {
  const [data, indices] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const axis = axisOf(node, intOf(node, 'axis', 0), data.dims.length);
  const [, extent, inner] = aroundAxis(data.dims, axis);
  const at = integersOf(indices).map((each) => within(node, each, extent));
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  return [
    pick(data, dims, (i) => {
      const outer = Math.floor(i / (at.length * inner));
      return (outer * extent + at[Math.floor(i / inner) % at.length]!) * inner + (i % inner);
    }),
  ];
};

/** The positions in `data` that GatherElements and ScatterElements speak of. */
function elementPositions(node: Node, data: Tensor, indices: Tensor): Int32Array {
  const axis = axisOf(node, intOf(node, 'axis', 0), data.dims.length);
  const strides = stridesOf(data.dims);
  const at = integersOf(indices);
  const positions = new Int32Array(at.length);
  eachIndex(indices.dims, (index, position) => {
    let offset = 0;
    for (let k = 0; k < index.length; k++) offset += (k === axis ? within(node, at[position]!, data.dims[axis]!) : index[k]!) * strides[k]!;
    positions[position] = offset;
  });
  return positions;
}

const gatherElements: Kernel = (node, inputs) => {
  const [data, indices] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const positions = elementPositions(node, data, indices);
  return [pick(data, indices.dims, (i) => positions[i]!)];
};

/** The start of the slice of `data` that each tuple of `indices` names. */
function tuplePositions(node: Node, data: Tensor, indices: Tensor, batchDims: number): { readonly starts: number[]; readonly length: number } {
  const width = indices.dims[indices.dims.length - 1]!;
  const at = integersOf(indices);
  const strides = stridesOf(data.dims);
  const count = product(indices.dims.slice(0, -1));
  const perBatch = product(indices.dims.slice(batchDims, -1));
  const batchSize = product(data.dims.slice(batchDims));
  const starts = Array.from({ length: count }, (_, n) => {
    let start = Math.floor(n / perBatch) * batchSize;
    for (let k = 0; k < width; k++) start += within(node, at[n * width + k]!, data.dims[batchDims + k]!) * strides[batchDims + k]!;
    return start;
  });
  return { starts, length: product(data.dims.slice(batchDims + width)) };
}

const gatherND: Kernel = (node, inputs) => {
  const [data, indices] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const batchDims = intOf(node, 'batch_dims', 0);
  const { starts, length } = tuplePositions(node, data, indices, batchDims);
  const dims = [...indices.dims.slice(0, -1), ...data.dims.slice(batchDims + indices.dims[indices.dims.length - 1]!)];
  return [pick(data, dims, (i) => starts[Math.floor(i / length)]! + (i % length))];
};

const reductions: Readonly<Record<string, { readonly real: (a: number, b: number) => number; readonly wide: (a: bigint, b: bigint) => bigint }>> = {
  add: { real: (a, b) => a + b, wide: (a, b) => a + b },
  mul: { real: (a, b) => a * b, wide: (a, b) => a * b },
  max: { real: Math.max, wide: (a, b) => (a > b ? a : b) },
  min: { real: Math.min, wide: (a, b) => (a < b ? a : b) },
};

/** `data` with `updates` written at `positions`, combined with what is there where `reduction` says so. */
function written(node: Node, data: Tensor, positions: ArrayLike<number>, updates: Tensor): Tensor {
  const reduction = reductions[stringOf(node, 'reduction', 'none')];
  if (!reduction) {
    const from = entriesOf(updates);
    const out = entriesOf(data).slice() as Record<number, unknown>;
    for (let i = 0; i < positions.length; i++) out[positions[i]!] = from[i];
    return fromEntries(data.type, data.dims, out as unknown as ReturnType<typeof entriesOf>);
  }
  if (isWide(data.type)) {
    const out = Array.from(data.data as BigInt64Array);
    for (let i = 0; i < positions.length; i++) out[positions[i]!] = reduction.wide(out[positions[i]!]!, (updates.data as BigInt64Array)[i]!);
    return fromWide(data.type, data.dims, out);
  }
  const [out, by] = [Float64Array.from(numbersOf(data)), numbersOf(updates)];
  for (let i = 0; i < positions.length; i++) out[positions[i]!] = reduction.real(out[positions[i]!]!, by[i]!);
  return fromNumbers(data.type, data.dims, out);
}

const scatterElements: Kernel = (node, inputs) => {
  const [data, indices, updates] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  return [written(node, data, elementPositions(node, data, indices), updates)];
};

const scatterND: Kernel = (node, inputs) => {
  const [data, indices, updates] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const { starts, length } = tuplePositions(node, data, indices, 0);
  const positions = Int32Array.from({ length: elementCount(updates.dims) }, (_, i) => starts[Math.floor(i / length)]! + (i % length));
  return [written(node, data, positions, updates)];
};

/** The cache with the update written from each sample's index on, around the end where the mode is circular. */
const tensorScatter: Kernel = (node, inputs) => {
  const [past, update] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const given = optionalAt(node, inputs, 2);
  const axis = axisOf(node, intOf(node, 'axis', -2), past.dims.length);
  const starts = given ? integersOf(given) : Array.from({ length: past.dims[0]! }, () => 0);
  const circular = stringOf(node, 'mode', 'linear') === 'circular';
  const strides = stridesOf(past.dims);
  const positions = new Int32Array(elementCount(update.dims));
  eachIndex(update.dims, (index, position) => {
    let offset = 0;
    for (let k = 0; k < index.length; k++) {
      const at = k === axis ? starts[index[0]!]! + index[k]! : index[k]!;
      offset += (k === axis ? (circular ? at % past.dims[axis]! : within(node, at, past.dims[axis]!)) : at) * strides[k]!;
    }
    positions[position] = offset;
  });
  return [written(node, past, positions, update)];
};

const compress: Kernel = (node, inputs) => {
  const [x, condition] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const hits = Array.from(numbersOf(condition)).flatMap((each, i) => (each ? [i] : []));
  const given = intOf(node, 'axis');
  if (given === undefined) return [pick(x, [hits.length], (i) => hits[i]!)];
  const axis = axisOf(node, given, x.dims.length);
  const [, extent, inner] = aroundAxis(x.dims, axis);
  return [
    pick(
      x,
      replaceAt(x.dims, axis, hits.length),
      (i) => (Math.floor(i / (hits.length * inner)) * extent + hits[Math.floor(i / inner) % hits.length]!) * inner + (i % inner),
    ),
  ];
};

/** off and on values; an index outside the depth leaves the row off. */
const oneHot: Kernel = (node, inputs) => {
  const [indices, depthInput, values] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const depth = integersOf(depthInput)[0]!;
  const axis = axisOf(node, intOf(node, 'axis', -1), indices.dims.length + 1);
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  const at = Array.from(numbersOf(indices), Math.trunc);
  const inner = product(indices.dims.slice(axis));
  return [
    pick(values, dims, (i) => {
      const index = at[Math.floor(i / (depth * inner)) * inner + (i % inner)]!;
      const here = Math.floor(i / inner) % depth;
      return (index < 0 ? index + depth : index) === here ? 1 : 0;
    }),
  ];
};

export const kernels = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  'com.microsoft:GatherND': gatherND,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  ScatterND: scatterND,
  TensorScatter: tensorScatter,
  Compress: compress,
  OneHot: oneHot,
} satisfies Record<string, Kernel>;
