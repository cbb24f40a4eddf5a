// Which numbers of a tensor share a scale (ONNX QuantizeLinear: per tensor, per axis, blocked), as layouts that the kernels take.
import { fail } from '../errors';
import type { Layout } from '../kernels';

/** One scale for the tensor, one for each index of `axis`, or one for each run of `blockSize` along `axis` (the last run may be shorter). */
export type Granularity =
  | { readonly kind: 'perTensor' }
  | { readonly kind: 'perAxis'; readonly axis: number }
  | { readonly kind: 'perBlock'; readonly axis: number; readonly blockSize: number };

export const perTensor = (): Granularity => ({ kind: 'perTensor' });
export const perAxis = (axis: number): Granularity => ({ kind: 'perAxis', axis });
export const perBlock = (blockSize: number, axis: number): Granularity => ({ kind: 'perBlock', axis, blockSize });

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** The axis counted from the front. Error: `numfmt/granularity` when the dims have no such axis, or the block size is no positive integer. */
export function axisOf(granularity: Exclude<Granularity, { kind: 'perTensor' }>, dims: readonly number[]): number {
  const { axis } = granularity;
  const front = axis < 0 ? axis + dims.length : axis;
  if (!Number.isInteger(axis) || front < 0 || front >= dims.length) throw fail('granularity', { expected: `an axis of rank ${dims.length}`, actual: axis });
  if (granularity.kind === 'perBlock' && !(Number.isInteger(granularity.blockSize) && granularity.blockSize > 0))
    throw fail('granularity', { expected: 'a positive block size', actual: granularity.blockSize });
  return front;
}

/** The dims of scale and zero point: [], [C], or those of the tensor with the axis divided. */
export function scaleDims(granularity: Granularity, dims: readonly number[]): readonly number[] {
  if (granularity.kind === 'perTensor') return [];
  const axis = axisOf(granularity, dims);
  return granularity.kind === 'perAxis' ? [dims[axis]!] : dims.map((d, i) => (i === axis ? Math.ceil(d / granularity.blockSize) : d));
}

/** A part of the tensor whose scales are `count` entries from `scale` on: numbers from `at` on, laid out as `layout`. */
export interface Part {
  readonly at: number;
  readonly scale: number;
  readonly layout: Layout;
}

/** The tensor as parts, in order; together they cover all `length` numbers. */
export function partsOf(granularity: Granularity, dims: readonly number[], length: number): readonly Part[] {
  if (granularity.kind === 'perTensor') return [{ at: 0, scale: 0, layout: { outer: 1, channels: 1, inner: length } }];
  if (product(dims) !== length) throw fail('length', { expected: product(dims), actual: length }, `elements of dims [${dims}]`);
  const axis = axisOf(granularity, dims);
  const outer = product(dims.slice(0, axis));
  const extent = dims[axis]!;
  const inner = product(dims.slice(axis + 1));
  if (granularity.kind === 'perAxis') return [{ at: 0, scale: 0, layout: { outer, channels: extent, inner } }];
  const { blockSize } = granularity;
  const blocks = Math.ceil(extent / blockSize);
  // Contiguous whole blocks are the channels of one layout; else each block of each outer index is one, whose channels are the inner indices.
  if (inner === 1 && extent % blockSize === 0) return [{ at: 0, scale: 0, layout: { outer: 1, channels: outer * blocks, inner: blockSize } }];
  if (inner === 1) return shortBlocks(outer, extent, blockSize, blocks);
  return Array.from({ length: outer * blocks }, (_, k) => {
    const block = k % blocks;
    const first = Math.floor(k / blocks) * extent + block * blockSize;
    return { at: first * inner, scale: k * inner, layout: { outer: Math.min(blockSize, extent - block * blockSize), channels: inner, inner: 1 } };
  });
}

/** Contiguous runs whose last block is shorter: the whole ones together, then the short one. */
function shortBlocks(outer: number, extent: number, blockSize: number, blocks: number): readonly Part[] {
  return Array.from({ length: outer }, (_, o): Part[] => {
    const whole = blocks - 1;
    const [at, scale] = [o * extent, o * blocks];
    return [
      ...(whole > 0 ? [{ at, scale, layout: { outer: 1, channels: whole, inner: blockSize } }] : []),
      { at: at + whole * blockSize, scale: scale + whole, layout: { outer: 1, channels: 1, inner: extent - whole * blockSize } },
    ];
  }).flat();
}
