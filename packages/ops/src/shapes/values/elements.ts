// Small tensors whose elements may be symbolic: what shape arithmetic in a graph works on.
import type { Dim, Node } from '@modeldiet/onnx-io';
import type { DType, Tensor } from '@modeldiet/tensor';
import { unknown } from '../../dims';
import type { Elements, Shapes } from '../../facts';
import { isStaticShape, shapeAt } from '../rule';

/** Tensors above this many elements are not followed. */
export const mostElements = 4096;

const readable: ReadonlySet<DType> = new Set<DType>(['float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'bool']);

/** The elements of a tensor in memory; undefined for large ones and for types that are no plain numbers. */
export function elementsOf(tensor: Tensor): Elements | undefined {
  if (!readable.has(tensor.type) || tensor.data.length > mostElements) return undefined;
  return { dims: tensor.dims, data: Array.from<number | bigint | string, number>(tensor.data, Number) };
}

const makers: Partial<Record<DType, (data: readonly number[], dims: readonly number[]) => Tensor>> = {
  float32: (data, dims) => ({ type: 'float32', dims, data: Float32Array.from(data) }),
  float64: (data, dims) => ({ type: 'float64', dims, data: Float64Array.from(data) }),
  int32: (data, dims) => ({ type: 'int32', dims, data: Int32Array.from(data) }),
  int64: (data, dims) => ({ type: 'int64', dims, data: BigInt64Array.from(data, BigInt) }),
  uint8: (data, dims) => ({ type: 'uint8', dims, data: Uint8Array.from(data) }),
  bool: (data, dims) => ({ type: 'bool', dims, data: Uint8Array.from(data) }),
};

/** The elements as a tensor, when all are numbers that the type holds exactly. */
export function tensorFrom(dtype: DType | undefined, { dims, data }: Elements): Tensor | undefined {
  const make = dtype && makers[dtype];
  if (!make || !data.every((each) => typeof each === 'number')) return undefined;
  const numbers = data as readonly number[];
  if (dtype === 'float32' && numbers.some((x) => Math.fround(x) !== x)) return undefined;
  if (!dtype.startsWith('float') && !numbers.every(Number.isSafeInteger)) return undefined;
  return make(numbers, dims);
}

export const sizeOfDims = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
export const scalar = (dim: Dim): Elements => ({ dims: [], data: [dim] });
export const vector = (data: readonly Dim[]): Elements => ({ dims: [data.length], data });

export const elementsIn = (node: Node, shapes: Shapes, index: number): Elements | undefined => {
  const value = node.inputs[index];
  return value && shapes.elements(value);
};

/** Beside known elements, a tensor of unknown ones is followed up to this size: the vectors that shapes are made of. */
const mostUnknown = 64;

/** Elements of input `index`; all unknown when only its (static, small) shape is known. */
export function elementsOrUnknown(node: Node, shapes: Shapes, index: number): Elements | undefined {
  const known = elementsIn(node, shapes, index);
  if (known) return known;
  const shape = shapeAt(node, shapes, index);
  if (!isStaticShape(shape) || sizeOfDims(shape) > mostUnknown) return undefined;
  return { dims: shape, data: Array.from({ length: sizeOfDims(shape) }, () => unknown) };
}

export const stridesOf = (dims: readonly number[]): number[] => {
  const strides = dims.map(() => 1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
};

/** A tensor of `dims` whose element at each index (row-major) is `at(index)`; undefined when too large. */
export function build(dims: readonly number[], at: (index: readonly number[]) => Dim): Elements | undefined {
  const size = sizeOfDims(dims);
  if (size > mostElements) return undefined;
  const index = dims.map(() => 0);
  const data: Dim[] = [];
  for (let n = 0; n < size; n++) {
    data.push(at(index));
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
  return { dims, data };
}

/** The element of `x` that broadcasting puts at `index`. */
export function broadcastAt(x: Elements, index: readonly number[]): Dim {
  const offset = index.length - x.dims.length;
  const strides = stridesOf(x.dims);
  let at = 0;
  for (let i = 0; i < x.dims.length; i++) if (x.dims[i] !== 1) at += index[offset + i]! * strides[i]!;
  return x.data[at] ?? unknown;
}
