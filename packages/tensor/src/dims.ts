// Arithmetic on dims that cannot overflow unseen.
import { fail } from './errors';

/** The number of elements. Error: `tensor/dims` for what is no dim, or a product that is no safe integer. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const d of dims) {
    if (!Number.isSafeInteger(d) || d < 0) throw fail('dims', { actual: dims });
    // A zero anywhere makes the count zero, whatever the others are: checked without it, so that order does not matter.
    count *= d === 0 ? 1 : d;
    if (!Number.isSafeInteger(count)) throw fail('dims', { actual: dims });
  }
  return dims.includes(0) ? 0 : count;
}

/** Elements between neighbours along each axis, row-major. */
export function stridesOf(dims: readonly number[]): readonly number[] {
  const strides = new Array<number>(dims.length);
  for (let i = dims.length - 1, step = 1; i >= 0; i--) {
    strides[i] = step;
    step *= dims[i]!;
  }
  return strides;
}

/** The axis counted from the front. Error: `tensor/argument`. */
export function normalizeAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw fail('argument', { where: { option: 'axis' }, expected: `-${rank} to ${rank - 1}`, actual: axis });
  return axis < 0 ? axis + rank : axis;
}

/** The common dims of ONNX (numpy) broadcasting. Error: `tensor/broadcast`. */
export function broadcastDims(...all: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...all.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, i) => {
    const extents = all.map((dims) => dims[dims.length - rank + i] ?? 1);
    const extent = extents.find((d) => d !== 1) ?? 1;
    if (extents.some((d) => d !== 1 && d !== extent)) throw fail('broadcast', { actual: all.map((dims) => `[${dims}]`).join(' and ') });
    return extent;
  });
}

/** Strides that read a tensor of `dims` as if it had `target` dims: 0 along broadcast axes. */
export function broadcastStrides(dims: readonly number[], target: readonly number[]): readonly number[] {
  const strides = stridesOf(dims);
  const lead = target.length - dims.length;
  return target.map((d, i) => (i < lead || (dims[i - lead] === 1 && d !== 1) ? 0 : strides[i - lead]!));
}

export const sameDims = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);
