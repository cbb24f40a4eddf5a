// A matrix in 4 or 2 bits with a scale for each block of `blockSize` along K. Codes, scales and zero points come out of one pass when the file is saved; only dims are known before.
import { chooseQParams, isModelDietError, pack, perBlock, quantizeLinear, uint2, uint4 } from '@modeldiet/numfmt';
import { byteLengthOf, type DType, type LongWork, mapWeight, type Tensor, tensor, toFloat32, type Weight } from '@modeldiet/tensor';
import { type ConstantSource, seenDims } from '../constant';
import { fail } from '../errors';

export interface BlockSpec {
  readonly bits: 4 | 2;
  readonly blockSize: number;
  readonly scheme: 'symmetric' | 'asymmetric';
  /** The weight is [N, K] as its node sees it; else [K, N]. */
  readonly transposed: boolean;
  /** Multiplies the scales. */
  readonly scaleBy: number;
}

export interface Blocks {
  readonly K: number;
  readonly N: number;
  /** uint8 [N, blocks, blockSize * bits / 8], the first number in the low bits; K is padded with zeros to whole blocks. */
  readonly codes: Weight;
  /** float32 [N, blocks]. */
  readonly scales: Weight;
  /** uint8 [N, ceil(blocks * bits / 8)]; undefined when symmetric: then each is 2^(bits - 1). */
  readonly zeroPoints?: Weight;
}

const formats = { 4: uint4, 2: uint2 } as const;

/** Bytes of rows quantized at once: what is transposed stays in the cache. */
const stripBytes = 1 << 20;

/** Gives rows [from, to) of the matrix [N, K], each padded with zeros to `padded`: a view where the weight is laid out so, else the same buffer at each call. */
function stripsOf(
  held: Tensor,
  { perm }: ConstantSource,
  { transposed }: BlockSpec,
  K: number,
  N: number,
  padded: number,
  rows: number,
): (from: number, to: number) => Float32Array {
  const numbers = toFloat32(held);
  const asStored = (perm?.[0] === 1) !== transposed;
  if (asStored && padded === K) return (from, to) => numbers.subarray(from * K, to * K);
  const strip = new Float32Array(Math.min(rows, N) * padded);
  return (from, to) => {
    if (asStored) for (let n = from; n < to; n++) strip.set(numbers.subarray(n * K, (n + 1) * K), (n - from) * padded);
    else transposeColumns(numbers, N, K, from, to, strip, padded);
    return strip.subarray(0, (to - from) * padded);
  };
}

/** Columns [from, to) of the matrix [K, N] as rows of `out`, `stride` apart; four by four, so that each cache line is read once. */
function transposeColumns(values: Float32Array, N: number, K: number, from: number, to: number, out: Float32Array, stride: number): void {
  const evenK = K & ~3;
  for (let k = 0; k < evenK; k += 4)
    for (let n = from; n < to; n++) {
      const i = k * N + n;
      const o = (n - from) * stride + k;
      out[o] = values[i]!;
      out[o + 1] = values[i + N]!;
      out[o + 2] = values[i + 2 * N]!;
      out[o + 3] = values[i + 3 * N]!;
    }
  for (let k = evenK; k < K; k++) for (let n = from; n < to; n++) out[(n - from) * stride + k] = values[k * N + n]!;
}

/** Each row of zero points in whole bytes. */
function packRows(zeroPoints: Int32Array, rows: number, bits: 4 | 2): Uint8Array {
  const blocks = zeroPoints.length / rows;
  const width = Math.ceil((blocks * bits) / 8);
  const out = new Uint8Array(rows * width);
  for (let n = 0; n < rows; n++) out.set(pack(zeroPoints.subarray(n * blocks, (n + 1) * blocks), bits), n * width);
  return out;
}

/** Throws `quantize/not-finite` when the weight is read and holds NaN or infinity. */
export function blocksOf(source: ConstantSource, spec: BlockSpec, work: LongWork): Blocks {
  const { bits, blockSize, scheme, transposed } = spec;
  const [height, width] = seenDims(source) as [number, number];
  const [K, N] = transposed ? [width, height] : [height, width];
  const blocks = Math.ceil(K / blockSize);
  const padded = blocks * blockSize;
  const dims = { codes: [N, blocks, (blockSize * bits) / 8], scales: [N, blocks], zeroPoints: [N, Math.ceil((blocks * bits) / 8)] };
  const out: Record<'codes' | 'scales' | 'zeroPoints', { type: DType; dims: readonly number[] }> = {
    codes: { type: 'uint8', dims: dims.codes },
    scales: { type: 'float32', dims: dims.scales },
    zeroPoints: { type: 'uint8', dims: dims.zeroPoints },
  };
  const convert = (held: Tensor): Record<'codes' | 'scales' | 'zeroPoints', Tensor> => {
    const rows = Math.max(16, Math.floor(stripBytes / (4 * padded)));
    const strip = stripsOf(held, source, spec, K, N, padded, rows);
    const codes = new Uint8Array(byteLengthOf('uint8', dims.codes));
    const scales = new Float32Array(N * blocks);
    const zeroPoints = new Uint8Array(byteLengthOf('uint8', dims.zeroPoints));
    try {
      for (let from = 0; from < N; from += rows) {
        const to = Math.min(from + rows, N);
        const values = strip(from, to);
        const qparams = chooseQParams(values, { format: formats[bits], scheme, granularity: perBlock(blockSize, 1), dims: [to - from, padded] });
        codes.set(quantizeLinear(values, qparams) as Uint8Array, (from * padded * bits) / 8);
        scales.set(spec.scaleBy === 1 ? qparams.scale : qparams.scale.map((scale) => scale * spec.scaleBy), from * blocks);
        if (scheme === 'asymmetric') zeroPoints.set(packRows(qparams.zeroPoint, to - from, bits), from * dims.zeroPoints[1]!);
      }
      return {
        codes: tensor('uint8', codes, dims.codes),
        scales: tensor('float32', scales, dims.scales),
        zeroPoints: tensor('uint8', zeroPoints, dims.zeroPoints),
      };
    } catch (e) {
      if (isModelDietError(e) && e.code === 'numfmt/not-finite') throw fail('not-finite', { where: { value: source.holder.name }, actual: e.actual, cause: e });
      throw e;
    }
  };
  if (scheme === 'asymmetric') return { K, N, ...mapWeight(source.weight, out, convert, work) };
  // Symmetric zero points are the default of MatMulNBits.
  const { codes, scales } = mapWeight<'codes' | 'scales'>(source.weight, { codes: out.codes, scales: out.scales }, convert, work);
  return { K, N, codes, scales };
}

/** Bytes of the three together. */
export const blockBytes = (K: number, N: number, { bits, blockSize, scheme }: BlockSpec): number => {
  const blocks = Math.ceil(K / blockSize);
  return N * blocks * ((blockSize * bits) / 8 + 4 + (scheme === 'asymmetric' ? bits / 8 : 0));
};
