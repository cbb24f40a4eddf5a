// The scale and zero point of one range, and the ranges of channels and blocks: what chooseQParams and the range methods share.
import { decodeFloat, largestCode } from '../float';
import type { FloatFormat, IntFormat } from '../format';
import { kernels, type Ranges } from '../kernels';
import { type Granularity, partsOf, scaleDims } from './granularity';

/** What QuantizeLinear can write: integers up to 16 bits, float8 and float4; int32 for biases. */
export type QuantizedFormat =
  | IntFormat<'int2' | 'uint2' | 'int4' | 'uint4' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32'>
  | FloatFormat<'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float4e2m1'>;

/** `symmetric`: the zero point stands in the middle (0 for signed formats); `asymmetric`: min and max meet the ends of the code range. */
export type Scheme = 'symmetric' | 'asymmetric';

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
export const scaleOf = (x: number, codes: number): number => (x === 0 ? 1 : Math.max(Math.fround(x / codes), smallestScale));

/** The largest magnitude of codes when the scheme is symmetric. */
export const symmetricSpan = (format: QuantizedFormat, bits: number): number =>
  format.kind === 'float' ? decodeFloat(largestCode(format), format) : codeRange({ format, bits }).hi - middleCode(format, bits);

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
  const { lo, hi } = codeRange({ format, bits });
  const middle = middleCode(format, bits);
  if (scheme === 'symmetric' || format.kind === 'float') return { scale: scaleOf(Math.max(-low, high), symmetricSpan(format, bits)), zeroPoint: middle };
  const scale = scaleOf(high - low, hi - lo);
  return { scale, zeroPoint: low === high ? middle : Math.min(Math.max(roundHalfEven(lo - Math.fround(low / scale)), lo), hi) };
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
