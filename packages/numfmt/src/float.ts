// The codec of every float format, generic over exponent bits, mantissa bits, bias and what the top of the range spells. One rounding, from the double.
import type { FloatFormat } from './format';
import { type Rounding, roundQuanta } from './rounding';

const view = new DataView(new ArrayBuffer(8));

/** 2^n for -1022 <= n <= 1023, faster than the operator. */
function power(n: number): number {
  view.setUint32(0, (n + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** 2^n for 0 <= n <= 31. */
const bit = (n: number): number => (1 << n) >>> 0;

/** The bits of a double; every NaN is the canonical one. */
export function float64Bits(x: number): bigint {
  if (Number.isNaN(x)) return 0x7ff8000000000000n;
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

/** The double of these bits. */
export function float64FromBits(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** floor(log2(x)) of a finite x > 0, exact. */
export function exponentOf(x: number): number {
  view.setFloat64(0, x);
  const field = (view.getUint32(0) >>> 20) & 0x7ff;
  if (field !== 0) return field - 1023;
  return exponentOf(x * 2 ** 64) - 64;
}

/** The code of the largest finite value, without its sign. */
export function largestCode(f: FloatFormat): number {
  const all = bit(f.exponentBits + f.mantissaBits);
  return f.special === 'ieee' ? all - bit(f.mantissaBits) - 1 : f.special === 'allOnes' ? all - 2 : all - 1;
}

/** The code of infinity, NaN when the format has none. */
export const infinityCode = (f: FloatFormat): number => (f.special === 'ieee' ? largestCode(f) + 1 : Number.NaN);

/** The canonical NaN: positive, quiet, payload zero; the largest number where there is none. */
export const nanCode = (f: FloatFormat): number => largestCode(f) + (f.special === 'ieee' ? 1 + bit(f.mantissaBits - 1) : f.special === 'none' ? 0 : 1);

/** Encodes into a format of at most 32 bits. */
export function encodeFloat(x: number, f: FloatFormat, rounding: Rounding, saturate: boolean, random?: () => number): number {
  const sign = bit(f.bits - 1);
  if (Number.isNaN(x)) return nanCode(f);
  const negative = x < 0 || Object.is(x, -0);
  const signed = (code: number): number => (negative && !(code === 0 && f.special === 'negativeZero') ? code + sign : code);
  const magnitude = Math.abs(x);
  const largest = largestCode(f);
  let code = Number.POSITIVE_INFINITY;
  if (magnitude === 0) code = 0;
  else if (magnitude !== Number.POSITIVE_INFINITY) {
    const lowest = 1 - f.bias;
    const exponent = Math.max(exponentOf(magnitude), lowest);
    // Exact: a product with a power of two loses bits only below 2^-1074, and a format with that range is not encoded here.
    const quanta = magnitude * power(f.mantissaBits - exponent);
    code = (exponent - lowest) * bit(f.mantissaBits) + roundQuanta(quanta, negative, rounding, random);
  }
  if (code <= largest) return signed(code);
  if (saturate || f.special === 'none') return signed(largest);
  // A directed rounding toward zero never leaves the finite range (IEEE 754, 7.4), except from infinity itself.
  const inward = rounding === 'towardZero' || (rounding === 'up' && negative) || (rounding === 'down' && !negative);
  if (inward && magnitude !== Number.POSITIVE_INFINITY) return signed(largest);
  // Past the largest code stands infinity, or else NaN, which has no sign where it takes the place of -0.
  return f.special === 'negativeZero' ? sign : signed(largest + 1);
}

/** The value of a code of at most 32 bits. */
export function decodeFloat(code: number, f: FloatFormat): number {
  const sign = bit(f.bits - 1);
  const negative = code >= sign;
  const magnitude = negative ? code - sign : code;
  if (f.special === 'negativeZero' && negative && magnitude === 0) return Number.NaN;
  if (magnitude > largestCode(f)) return magnitude === infinityCode(f) ? (negative ? -1 : 1) * Number.POSITIVE_INFINITY : Number.NaN;
  const one = bit(f.mantissaBits);
  const field = Math.floor(magnitude / one);
  const mantissa = magnitude % one;
  const value = field === 0 ? mantissa * power(1 - f.bias - f.mantissaBits) : (one + mantissa) * power(field - f.bias - f.mantissaBits);
  return negative ? -value : value;
}
