// encode and decode of one number: the row says which codec.
import { decodeExponent, encodeExponent } from './e8m0';
import type { ModelDietError } from './error';
import { fail } from './errors';
import { decodeFloat, encodeFloat, float64Bits, float64FromBits } from './float';
import type { CodeOf, FormatName, NumberFormat } from './format';
import { decodeInt, encodeInt, encodeInt64 } from './int';
import type { Rounding } from './rounding';

export interface EncodeOptions {
  /** Default nearestEven; for float8e8m0 'up', as ONNX Cast. */
  readonly rounding?: Rounding;
  /**
   * Out of range becomes the nearest representable number (default for float8, float4 and integers), else infinity or NaN (default for float16 and wider; the table of ONNX Cast)
   * and, for integers, the low bits. float4e2m1 always saturates: it has nothing else.
   */
  readonly saturate?: boolean;
  /** Uniform in [0, 1), for stochastic rounding. */
  readonly random?: () => number;
}

/** What {@link EncodeOptions} are when left out. */
export const roundingOf = (format: NumberFormat, options: EncodeOptions): Rounding => options.rounding ?? (format.kind === 'exponent' ? 'up' : 'nearestEven');
export const saturationOf = (format: NumberFormat, options: EncodeOptions): boolean => options.saturate ?? (format.kind === 'float' ? format.saturates : true);

/** For callers without types: the name of a format is not its row. */
export const noRow = (format: unknown): ModelDietError => fail('unknown-format', { expected: 'a row of `formats`', actual: format });

/** Encodes into a format of at most 32 bits; the hot loop behind {@link encode}. */
export function encodeNarrow(x: number, format: NumberFormat, rounding: Rounding, saturate: boolean, random?: () => number): number {
  if (format.kind === 'float') return encodeFloat(x, format, rounding, saturate, random);
  return format.kind === 'int' ? encodeInt(x, format, rounding, saturate, random) : encodeExponent(x, rounding, saturate, random);
}

/**
 * The code of the number, rounded once from the double. NaN becomes the one canonical NaN (positive, quiet, payload zero), the largest number where there is none (float4e2m1, as ONNX
 * stores it), 0 in integers. A code is a number up to 32 bits, a bigint for 64.
 *
 * @example encode(6.5, float16) // 0x4680
 */
export function encode<N extends FormatName>(x: number | bigint, format: NumberFormat<N>, options: EncodeOptions = {}): CodeOf<N> {
  const rounding = roundingOf(format, options);
  const saturate = saturationOf(format, options);
  let code: number | bigint;
  if (format.bits < 64) code = encodeNarrow(Number(x), format, rounding, saturate, options.random);
  else if (format.kind === 'int') code = encodeInt64(x, format, rounding, saturate, options.random);
  else if (format.kind === 'float') code = float64Bits(Number(x));
  else throw noRow(format);
  return code as CodeOf<N>;
}

/**
 * The number a code stands for (64-bit integers beyond 2^53 are rounded to a double). Every NaN code gives NaN. Error: `numfmt/code` for what is no code of the format.
 *
 * @example decode(0x4680, float16) // 6.5
 */
export function decode<N extends FormatName>(code: CodeOf<N>, format: NumberFormat<N>): number {
  const wide: number | bigint = code;
  if (format.bits === 64) {
    if (typeof wide !== 'bigint' || wide < 0n || wide >= 1n << 64n)
      throw fail('code', { expected: 'a bigint of 64 bits', actual: wide }, `code of ${format.name}`);
    return format.kind === 'int' ? Number(format.signed ? BigInt.asIntN(64, wide) : wide) : float64FromBits(wide);
  }
  if (!format.bits) throw noRow(format);
  const limit = 2 ** format.bits;
  if (typeof wide !== 'number' || !Number.isInteger(wide) || wide < 0 || wide >= limit)
    throw fail('code', { expected: `an integer from 0 to ${limit - 1}`, actual: wide }, `code of ${format.name}`);
  return decodeNarrow(wide, format);
}

/** Decodes a code of at most 32 bits, unchecked. */
export function decodeNarrow(code: number, format: NumberFormat): number {
  if (format.kind === 'float') return decodeFloat(code, format);
  return format.kind === 'int' ? decodeInt(code, format) : decodeExponent(code);
}
