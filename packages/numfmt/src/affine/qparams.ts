// Scale and zero point from a range or from values. q = clamp(round(x / scale) + zeroPoint), x' = (q - zeroPoint) * scale; zero is always exact.
import { fail } from '../errors';
import { decodeFloat, largestCode } from '../float';
import type { FloatFormat, IntFormat } from '../format';
import { kernels, type Ranges } from '../kernels';
import { type Granularity, partsOf, perTensor, scaleDims } from './granularity';

/** What QuantizeLinear can write: integers up to 16 bits, float8 and float4; int32 for biases. */
export type QuantizedFormat =
  | IntFormat<'int2' | 'uint2' | 'int4' | 'uint4' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32'>
  | FloatFormat<'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float4e2m1'>;

/** `symmetric`: the zero point stands in the middle (0 for signed formats); `asymmetric`: min and max meet the ends of the code range. */
export type Scheme = 'symmetric' | 'asymmetric';

export interface QParams {
  readonly format: QuantizedFormat;
  /** At most the format's: codes stay in the range of an integer of so many bits (int8 with 7 bits: -64..63). */
  readonly bits: number;
  /** One entry for the tensor, a channel or a block, row-major in {@link scaleDims}. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly granularity: Granularity;
  /** Dims of the tensor that is quantized; any number of elements goes with perTensor. */
  readonly dims: readonly number[];
}

export interface QParamsOptions {
  readonly format: QuantizedFormat;
  readonly bits?: number;
  /** Default symmetric. Float formats are always symmetric. */
  readonly scheme?: Scheme;
  /** Default perTensor. */
  readonly granularity?: Granularity;
  /** Dims of the values; needed unless perTensor. */
  readonly dims?: readonly number[];
  /** One bit less than `bits`, for kernels that add pairs of products in 16 bits. Default false. */
  readonly reduceRange?: boolean;
}

/** Ends of the numbers to be represented: one each, or one a channel or block. */
export interface ValueRange {
  readonly min: number | ArrayLike<number>;
  readonly max: number | ArrayLike<number>;
}

/** The smallest and the largest code of an integer format cut to `bits`. */
export function codeRange({ format, bits }: { readonly format: QuantizedFormat; readonly bits: number }): { readonly lo: number; readonly hi: number } {
  const signed = format.kind === 'float' || format.signed;
  return signed ? { lo: -(2 ** (bits - 1)), hi: 2 ** (bits - 1) - 1 } : { lo: 0, hi: 2 ** bits - 1 };
}

/** The code of zero when the scheme is symmetric: 0, or the middle of the unsigned range. */
export const middleCode = (format: QuantizedFormat, bits: number): number => (format.kind === 'float' || format.signed ? 0 : 2 ** (bits - 1));

/** Half to even. */
export const roundHalfEven = (x: number): number => {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

/** A scale never falls below the smallest normal float32: where subnormals are flushed it would be zero. */
const smallestScale = 2 ** -126;

/** The scale of a span of `x` over `codes` steps; 1 when there is nothing to represent, so that the codes are all zero points. */
const scaleOf = (x: number, codes: number): number => (x === 0 ? 1 : Math.max(Math.fround(x / codes), smallestScale));

/** Scale and zero point of one range. min and max are finite, min <= max; zero is made part of the range. */
export function scaleOfRange(
  min: number,
  max: number,
  format: QuantizedFormat,
  bits: number,
  scheme: Scheme,
): { readonly scale: number; readonly zeroPoint: number } {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  if (format.kind === 'float') return { scale: scaleOf(Math.max(-low, high), decodeFloat(largestCode(format), format)), zeroPoint: 0 };
  const { lo, hi } = codeRange({ format, bits });
  const middle = middleCode(format, bits);
  if (scheme === 'symmetric') return { scale: scaleOf(Math.max(-low, high), hi - middle), zeroPoint: middle };
  const scale = scaleOf(high - low, hi - lo);
  return { scale, zeroPoint: low === high ? middle : Math.min(Math.max(roundHalfEven(lo - Math.fround(low / scale)), lo), hi) };
}

const isRange = (x: ValueRange | ArrayLike<number>): x is ValueRange => 'min' in x;

/** Checks the options and gives the number of bits that codes may use. */
function bitsOf({ format, bits = format.bits, reduceRange = false }: QParamsOptions): number {
  const used = reduceRange ? bits - 1 : bits;
  const fixed = format.kind === 'float';
  if (!Number.isInteger(bits) || bits > format.bits || used < 2 || (fixed && used !== format.bits))
    throw fail('qparams', { where: { option: 'bits' }, expected: fixed ? format.bits : `2 to ${format.bits}`, actual: used });
  return used;
}

/** min and max of each channel or block. Errors: as {@link chooseQParams}. */
export function rangesOf(values: ArrayLike<number>, granularity: Granularity, dims: readonly number[]): Ranges {
  const x = values instanceof Float32Array ? values : Float32Array.from(values);
  const parts = partsOf(granularity, dims, x.length);
  if (parts.length === 1) return kernels().ranges(x, parts[0]!.layout);
  const count = scaleDims(granularity, dims).reduce((a, b) => a * b, 1);
  const all = { min: new Float32Array(count), max: new Float32Array(count), absMax: new Float32Array(count) };
  for (const { at, scale, layout } of parts) {
    const some = kernels().ranges(x.subarray(at, at + layout.outer * layout.channels * layout.inner), layout);
    all.min.set(some.min, scale);
    all.max.set(some.max, scale);
    all.absMax.set(some.absMax, scale);
  }
  return all;
}

/**
 * Scale and zero point of a range, or of values (their minimum and maximum, seen in one pass). Zero is always representable. Defined for what has no range: empty, all-zero: scale 1;
 * a scale below 2^-126 is raised to it. Errors: `numfmt/not-finite` for NaN and infinity, `numfmt/range` for min > max, `numfmt/qparams`, `numfmt/granularity`, `numfmt/length`.
 *
 * @example chooseQParams([-0.81, 0.79], { format: int8 }).scale // Float32Array [0.81 / 127]
 */
export function chooseQParams(values: ValueRange | ArrayLike<number>, options: QParamsOptions): QParams {
  const { format, scheme = 'symmetric', granularity = perTensor(), dims = [] } = options;
  const bits = bitsOf(options);
  const shape = scaleDims(granularity, dims);
  const count = shape.reduce((a, b) => a * b, 1);
  const range = isRange(values) ? values : rangesOf(values, granularity, dims);
  const scale = new Float32Array(count);
  const zeroPoint = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const min = typeof range.min === 'number' ? range.min : range.min[i];
    const max = typeof range.max === 'number' ? range.max : range.max[i];
    if (min === undefined || max === undefined) throw fail('length', { expected: count, actual: i }, 'entries of the range');
    // What an empty channel gives: nothing to represent.
    const empty = min === Number.POSITIVE_INFINITY && max === Number.NEGATIVE_INFINITY;
    if (!empty && !(Number.isFinite(min) && Number.isFinite(max)))
      throw fail('not-finite', { actual: `${min} to ${max}` }, `range of ${shape.length ? `scale ${i}` : 'the values'}`);
    if (!empty && min > max) throw fail('range', { expected: 'min <= max', actual: `${min} > ${max}` });
    const chosen = scaleOfRange(empty ? 0 : min, empty ? 0 : max, format, bits, scheme);
    scale[i] = chosen.scale;
    zeroPoint[i] = chosen.zeroPoint;
  }
  return { format, bits, scale, zeroPoint, granularity, dims };
}

/** Throws `numfmt/qparams` or `numfmt/length` when the entries do not fit the granularity. */
export function checkQParams({ format, bits, scale, zeroPoint, granularity, dims }: QParams): void {
  const count = scaleDims(granularity, dims).reduce((a, b) => a * b, 1);
  if (scale.length !== count) throw fail('qparams', { where: { option: 'scale' }, expected: `${count} entries`, actual: scale.length });
  if (zeroPoint.length !== count) throw fail('qparams', { where: { option: 'zeroPoint' }, expected: `${count} entries`, actual: zeroPoint.length });
  if (format.kind === 'float') {
    if (zeroPoint.some((z) => z !== 0)) throw fail('qparams', { where: { option: 'zeroPoint' }, expected: 0 }, `zero point of ${format.name}`);
    return;
  }
  const { lo, hi } = codeRange({ format, bits });
  const wrong = zeroPoint.find((z) => z < lo || z > hi);
  if (wrong !== undefined) throw fail('qparams', { where: { option: 'zeroPoint' }, expected: `${lo} to ${hi}`, actual: wrong });
}
