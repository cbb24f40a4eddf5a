// Positions in row-major arrays: strides, broadcasting, walks over an index.
import { broadcastDims, broadcastStrides, elementCount, stridesOf } from '@modeldiet/tensor';

export { broadcastDims, elementCount, stridesOf };

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
export const replaceAt = <T>(values: readonly T[], at: number, value: T): T[] => values.map((each, i) => (i === at ? value : each));

/** Calls `visit` for every index of `dims` in row-major order. The index is one array, written anew each time. */
export function eachIndex(dims: readonly number[], visit: (index: readonly number[], position: number) => void): void {
  const size = elementCount(dims);
  const index = dims.map(() => 0);
  for (let position = 0; position < size; position++) {
    visit(index, position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** For every position of `dims`, the offset that `strides` give its index, plus `start`. */
export function offsetsOf(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const offsets = new Int32Array(elementCount(dims));
  const index = dims.map(() => 0);
  let offset = start;
  for (let position = 0; position < offsets.length; position++) {
    offsets[position] = offset;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      offset -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return offsets;
}

/** For every position of `target`, the position in a tensor of `dims` that broadcasts to it. */
export const broadcastOffsets = (dims: readonly number[], target: readonly number[]): Int32Array => offsetsOf(target, broadcastStrides(dims, target));

/** The extents before, at and after an axis: [outer, extent, inner]. */
export const aroundAxis = (dims: readonly number[], axis: number): readonly [number, number, number] => [
  product(dims.slice(0, axis)),
  dims[axis] ?? 1,
  product(dims.slice(axis + 1)),
];
