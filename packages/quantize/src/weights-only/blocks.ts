// A matrix in 4 or 2 bits with a scale for each block of `blockSize` along K. Codes, scales and zero points come out of one pass when the file is saved; only dims are known before.
import { chooseQParams, isModelDietError, pack, perBlock, quantizeLinear, uint2, uint4 } from '@modeldiet/numfmt';
import { type DType, type LongWork, mapWeight, type Tensor, tensor, toFloat32, type Weight } from '@modeldiet/tensor';
import { type ConstantSource, seenDims } from '../constant';
import { fail } from '../errors';
import { permute } from '../permute';

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

/** The rows [N, K], each padded with zeros to `padded`. */
function rowsOf(held: Tensor, { perm }: ConstantSource, { transposed }: BlockSpec, K: number, N: number, padded: number): Float32Array {
  const numbers = toFloat32(held);
  const seen = perm ?? [0, 1];
  const order = transposed ? seen : [seen[1]!, seen[0]!];
  const rows = order[0] === 0 ? numbers : permute(numbers, held.dims, order);
  if (padded === K) return rows;
  const out = new Float32Array(N * padded);
  for (let n = 0; n < N; n++) out.set(rows.subarray(n * K, (n + 1) * K), n * padded);
  return out;
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
  const [rows, columns] = seenDims(source) as [number, number];
  const [K, N] = transposed ? [columns, rows] : [rows, columns];
  const blocks = Math.ceil(K / blockSize);
  const padded = blocks * blockSize;
  const dims = { codes: [N, blocks, (blockSize * bits) / 8], scales: [N, blocks], zeroPoints: [N, Math.ceil((blocks * bits) / 8)] };
  const out: Record<'codes' | 'scales' | 'zeroPoints', { type: DType; dims: readonly number[] }> = {
    codes: { type: 'uint8', dims: dims.codes },
    scales: { type: 'float32', dims: dims.scales },
    zeroPoints: { type: 'uint8', dims: dims.zeroPoints },
  };
  const convert = (held: Tensor): Record<'codes' | 'scales' | 'zeroPoints', Tensor> => {
    const values = rowsOf(held, source, spec, K, N, padded);
    try {
      const qparams = chooseQParams(values, { format: formats[bits], scheme, granularity: perBlock(blockSize, 1), dims: [N, padded] });
      const scales = spec.scaleBy === 1 ? qparams.scale : qparams.scale.map((scale) => scale * spec.scaleBy);
      return {
        codes: tensor('uint8', quantizeLinear(values, qparams) as Uint8Array, dims.codes),
        scales: tensor('float32', scales, dims.scales),
        zeroPoints: tensor('uint8', packRows(qparams.zeroPoint, N, bits), dims.zeroPoints),
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
