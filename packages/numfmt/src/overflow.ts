// Which numbers a format cannot hold: what a cast has to report.
import { decodeFloat, largestCode } from './float';
import type { FloatFormat, FormatName, NumberFormat } from './format';
import { intRange, roundToInteger } from './int';
import type { Rounding } from './rounding';

type Outside = (x: number | bigint) => boolean;

/** The largest finite value of a format (64-bit integers: the nearest double). */
export function largestValue(format: NumberFormat): number {
  if (format.kind === 'int') return intRange(format).max;
  if (format.kind === 'exponent') return 2 ** 127;
  return format.bits === 64 ? Number.MAX_VALUE : decodeFloat(largestCode(format), format);
}

/**
 * A test for numbers that lie outside the finite range of the format even after rounding (IEEE 754's overflow). Infinity counts where it does not stay infinity, NaN where the format has
 * none; for float8e8m0 so does what is zero, negative, or below 2^-127. Stochastic rounding counts what may overflow.
 */
export function outOfRange(format: NumberFormat<FormatName>, rounding: Rounding, saturate: boolean): Outside {
  if (format.kind === 'exponent') return (x) => !Number.isNaN(x) && !(Number(x) >= 2 ** -127 && Number(x) <= 2 ** 127);
  if (format.kind === 'float') return outOfFloat(format, rounding, saturate);
  const { min, max } = intRange(format);
  const [low, high] = [BigInt(min), format.bits === 64 ? BigInt(max) - 1n : BigInt(max)];
  return (x) => {
    if (typeof x === 'bigint') return x < low || x > high;
    if (!Number.isFinite(x)) return true;
    const rounded = roundToInteger(x, rounding === 'stochastic' ? 'away' : rounding);
    return rounded < min || (format.bits === 64 ? rounded >= max : rounded > max);
  };
}

function outOfFloat(format: FloatFormat, rounding: Rounding, saturate: boolean): Outside {
  const infinityStays = format.special === 'ieee' && !saturate;
  const largest = largestValue(format);
  const ulp = format.bits === 64 ? 0 : largest - decodeFloat(largestCode(format) - 1, format);
  // A tie above the largest number goes to it only when its code is even.
  const tieFits = format.bits < 64 && largestCode(format) % 2 === 0;
  return (wide) => {
    const x = Number(wide);
    const magnitude = Math.abs(x);
    if (magnitude <= largest) return false;
    if (Number.isNaN(x)) return format.special === 'none';
    if (magnitude === Number.POSITIVE_INFINITY) return !infinityStays;
    if (rounding === 'nearestEven') return tieFits ? magnitude > largest + ulp / 2 : magnitude >= largest + ulp / 2;
    const inward = rounding === 'towardZero' || (rounding === 'up' && x < 0) || (rounding === 'down' && x > 0);
    return !inward || magnitude >= largest + ulp;
  };
}
