// The codec of integers: two's complement, saturating as ONNX QuantizeLinear does, or wrapping as ONNX Cast between integers does.
import type { IntFormat } from './format';
import { type Rounding, roundQuanta } from './rounding';

/** The smallest and the largest value; 64-bit ones are rounded to a double. */
export const intRange = (f: IntFormat): { readonly min: number; readonly max: number } => ({
  min: f.signed ? -(2 ** (f.bits - 1)) : 0,
  max: 2 ** (f.signed ? f.bits - 1 : f.bits) - 1,
});

/** The nearest integer under a rounding. */
export const roundToInteger = (x: number, rounding: Rounding, random?: () => number): number => {
  const negative = x < 0;
  const magnitude = roundQuanta(Math.abs(x), negative, rounding, random);
  return negative ? -magnitude : magnitude;
};

/** The code (two's complement bits as an unsigned number) in a format of at most 32 bits. NaN is 0; without saturation infinity is 0 too. */
export function encodeInt(x: number, f: IntFormat, rounding: Rounding, saturate: boolean, random?: () => number): number {
  const { min, max } = intRange(f);
  const modulus = 2 ** f.bits;
  const rounded = Number.isFinite(x) ? roundToInteger(x, rounding, random) : saturate ? x : 0;
  // NaN || 0 and -0 || 0 are 0.
  const value = (saturate ? Math.min(Math.max(rounded, min), max) : rounded % modulus) || 0;
  return value < 0 ? value + modulus : value;
}

/** As {@link encodeInt} for 64 bits. */
export function encodeInt64(x: number | bigint, f: IntFormat, rounding: Rounding, saturate: boolean, random?: () => number): bigint {
  const largest = (1n << BigInt(f.signed ? f.bits - 1 : f.bits)) - 1n;
  const smallest = f.signed ? -largest - 1n : 0n;
  let exact = 0n;
  if (typeof x === 'bigint') exact = x;
  else if (Number.isFinite(x)) exact = BigInt(roundToInteger(x, rounding, random));
  else if (saturate && !Number.isNaN(x)) exact = x > 0 ? largest : smallest;
  return BigInt.asUintN(f.bits, !saturate ? exact : exact > largest ? largest : exact < smallest ? smallest : exact);
}

/** The value of a code of at most 32 bits. */
export const decodeInt = (code: number, f: IntFormat): number => (f.signed && code >= 2 ** (f.bits - 1) ? code - 2 ** f.bits : code);
