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
  if (saturate) {
    const value = Number.isNaN(x) ? 0 : Math.min(Math.max(Number.isFinite(x) ? roundToInteger(x, rounding, random) : x, min), max);
    return value < 0 ? value + modulus : value + 0;
  }
  const rest = Number.isFinite(x) ? roundToInteger(x, rounding, random) % modulus : 0;
  return rest < 0 ? rest + modulus : rest + 0;
}

/** As {@link encodeInt} for 64 bits. */
export function encodeInt64(x: number | bigint, f: IntFormat, rounding: Rounding, saturate: boolean, random?: () => number): bigint {
  if (typeof x === 'number' && !Number.isFinite(x) && (!saturate || Number.isNaN(x))) return 0n;
  const largest = (1n << BigInt(f.signed ? f.bits - 1 : f.bits)) - 1n;
  const smallest = f.signed ? -largest - 1n : 0n;
  if (x === Number.POSITIVE_INFINITY) return largest;
  if (x === Number.NEGATIVE_INFINITY) return BigInt.asUintN(f.bits, smallest);
  const exact = typeof x === 'bigint' ? x : BigInt(roundToInteger(x, rounding, random));
  return BigInt.asUintN(f.bits, !saturate ? exact : exact > largest ? largest : exact < smallest ? smallest : exact);
}

/** The value of a code of at most 32 bits. */
export const decodeInt = (code: number, f: IntFormat): number => (f.signed && code >= 2 ** (f.bits - 1) ? code - 2 ** f.bits : code);
