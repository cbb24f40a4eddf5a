// The codec of float8e8m0: powers of two from 2^-127 to 2^127 (OCP Microscaling v1.0, 5.4.1), cast as ONNX Cast does.
import { exponentOf } from './float';
import { type Rounding, roundQuanta } from './rounding';

const nan = 255;
const largest = 254;

/**
 * 'up' is ONNX Cast's default; 'nearestEven' rounds to nearest, ties up (a tie is 1.5 x 2^n), as ONNX's 'nearest' and ml_dtypes do.
 * Not representable: below 2^-127 (zero included) is code 0 when saturating and NaN otherwise, above 2^127 code 254 or NaN; NaN and negative numbers are NaN.
 */
export function encodeExponent(x: number, rounding: Rounding, saturate: boolean, random?: () => number): number {
  if (!(x >= 0)) return nan;
  // Zero and infinity are the powers of minus and plus infinity.
  const exponent = x === 0 || x === Number.POSITIVE_INFINITY ? Math.log2(x) : exponentOf(x);
  const rest = x / 2 ** exponent - 1;
  const up = rounding === 'nearestEven' ? rest >= 0.5 : rest > 0 && roundQuanta(rest, false, rounding, random) === 1;
  const code = exponent + 127 + (up ? 1 : 0);
  if (code < 0) return saturate ? 0 : nan;
  return code <= largest ? code : saturate ? largest : nan;
}

export const decodeExponent = (code: number): number => (code === nan ? Number.NaN : 2 ** (code - 127));
