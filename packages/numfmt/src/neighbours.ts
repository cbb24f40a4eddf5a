// The numbers of a format around a number.
import { decodeNarrow, encodeNarrow } from './codec';
import { exponentOf, float64Bits, float64FromBits } from './float';
import type { FormatName, NumberFormat } from './format';
import { formatNamed } from './named';
import { largestValue } from './overflow';

/**
 * The step between neighbours of the format at |x|: for floats 2^(exponent - mantissaBits), below the normal numbers that of the subnormals; for integers 1; for float8e8m0 the power of two
 * itself. NaN for what is not finite.
 *
 * @example ulp(1, 'float16') // 2 ** -10
 */
export function ulp(x: number, format: NumberFormat | FormatName): number {
  const f = formatNamed(format);
  const magnitude = Math.abs(x);
  if (!Number.isFinite(x)) return Number.NaN;
  if (f.kind === 'int') return 1;
  if (f.kind === 'exponent') return 2 ** Math.min(Math.max(magnitude === 0 ? -127 : exponentOf(magnitude), -127), 127);
  const lowest = 1 - f.bias;
  const exponent = magnitude === 0 ? lowest : Math.max(exponentOf(Math.min(magnitude, largestValue(f))), lowest);
  return 2 ** (exponent - f.mantissaBits);
}

/** The smallest number of the format above x; Infinity past the largest where the format has it, else NaN. Also of numbers the format does not have. */
export function nextUp(x: number, format: NumberFormat | FormatName): number {
  const f = formatNamed(format);
  if (Number.isNaN(x)) return Number.NaN;
  if (f.kind === 'int') return nextInteger(x, f);
  if (f.kind === 'exponent') return nextPower(x);
  if (f.bits === 64) return nextDouble(x);
  const largest = largestValue(f);
  const hasInfinity = f.special === 'ieee';
  if (x >= largest) return hasInfinity ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x < -largest) return x === Number.NEGATIVE_INFINITY || !hasInfinity || x < -largest ? -largest : x;
  // The largest number not above x, then one code further from or nearer to zero.
  const code = encodeNarrow(x, f, 'down', true);
  const sign = 2 ** (f.bits - 1);
  if (decodeNarrow(code, f) === 0) return decodeNarrow(1, f);
  return code >= sign ? decodeNarrow(code - 1 === sign && f.special === 'negativeZero' ? 0 : code - 1, f) + 0 : decodeNarrow(code + 1, f);
}

/** The largest number of the format below x; -Infinity past the lowest where the format has it, else NaN. */
export function nextDown(x: number, format: NumberFormat | FormatName): number {
  const f = formatNamed(format);
  if (f.kind === 'float') return -nextUp(-x, f) + 0;
  if (f.kind === 'exponent') {
    if (!(x > 2 ** -127)) return Number.NaN;
    if (x > 2 ** 127) return 2 ** 127;
    const power = 2 ** exponentOf(x);
    return power === x ? power / 2 : power;
  }
  const { min, max } = { min: f.signed ? -(2 ** (f.bits - 1)) : 0, max: largestValue(f) };
  const below = Math.ceil(x) - 1;
  return below < min || Number.isNaN(x) ? Number.NaN : Math.min(below, max);
}

function nextInteger(x: number, f: Extract<NumberFormat, { kind: 'int' }>): number {
  const above = Math.floor(x) + 1;
  return above > largestValue(f) ? Number.NaN : Math.max(above, f.signed ? -(2 ** (f.bits - 1)) : 0);
}

function nextPower(x: number): number {
  if (x < 2 ** -127) return 2 ** -127;
  return x >= 2 ** 127 ? Number.NaN : 2 ** (exponentOf(x) + 1);
}

function nextDouble(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x === 0) return 2 ** -1074;
  const bits = float64Bits(x);
  return float64FromBits(x > 0 ? bits + 1n : bits - 1n) + 0;
}
