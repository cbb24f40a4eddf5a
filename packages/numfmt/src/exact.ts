// Exact arithmetic on doubles: every double is an integer times a power of two, and so is its decimal form finite.
import { float64Bits } from './float';

/** |x| = mantissa * 2^exponent, exact; x finite. */
export function mantissaOf(x: number): { readonly mantissa: bigint; readonly exponent: number } {
  const bits = float64Bits(Math.abs(x));
  const field = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  return field === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: field - 1075 };
}

/** The decimal of `digits` / 10^places without trailing zeros. */
function placed(digits: bigint, places: number): string {
  const text = digits.toString().padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  const fraction = text.slice(text.length - places).replace(/0+$/, '');
  return fraction ? `${whole}.${fraction}` : whole;
}

/**
 * Every digit of a double's value, or NaN, Infinity, -0 as such.
 *
 * @example exactDecimal(0.1) // '0.1000000000000000055511151231257827021181583404541015625'
 */
export function exactDecimal(x: number): string {
  if (!Number.isFinite(x) || x === 0) return Object.is(x, -0) ? '-0' : String(x);
  const { mantissa, exponent } = mantissaOf(x);
  const sign = x < 0 ? '-' : '';
  return exponent >= 0 ? `${sign}${mantissa << BigInt(exponent)}` : `${sign}${placed(mantissa * 5n ** BigInt(-exponent), -exponent)}`;
}

/** a - b, every digit; both finite. */
export function exactDifference(a: number, b: number): string {
  const [x, y] = [mantissaOf(a), mantissaOf(b)];
  const exponent = Math.min(x.exponent, y.exponent);
  const signed = (v: number, { mantissa, exponent: e }: typeof x): bigint => (v < 0 ? -1n : 1n) * (mantissa << BigInt(e - exponent));
  const difference = signed(a, x) - signed(b, y);
  const magnitude = difference < 0n ? -difference : difference;
  const text = exponent >= 0 ? (magnitude << BigInt(exponent)).toString() : placed(magnitude * 5n ** BigInt(-exponent), -exponent);
  return difference < 0n ? `-${text}` : text;
}

/** |x| in binary: the digits before and after the point, exact and without padding zeros; x finite. */
export function binaryOf(x: number): { readonly whole: string; readonly fraction: string } {
  const { mantissa, exponent } = mantissaOf(x);
  if (exponent >= 0) return { whole: (mantissa << BigInt(exponent)).toString(2), fraction: '' };
  const text = mantissa.toString(2).padStart(1 - exponent, '0');
  return { whole: text.slice(0, exponent), fraction: text.slice(exponent).replace(/0+$/, '') };
}

/** A decimal as typed (digits, point, exponent) exactly: digits * 10^power; undefined for anything else. */
export function parseDecimal(text: string): { readonly digits: bigint; readonly power: number } | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '' || Math.abs(Number(exponent)) > 5000) return undefined;
  return { digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`), power: Number(exponent) - fraction.length };
}

/** x - the decimal, every digit; '0' when the double is exactly what was typed. */
export function differenceFromDecimal(x: number, { digits, power }: { readonly digits: bigint; readonly power: number }): string {
  const own = parseDecimal(exactDecimal(x))!;
  const least = Math.min(own.power, power);
  const difference = own.digits * 10n ** BigInt(own.power - least) - digits * 10n ** BigInt(power - least);
  const magnitude = difference < 0n ? -difference : difference;
  const text = least >= 0 ? (magnitude * 10n ** BigInt(least)).toString() : placed(magnitude, -least);
  return difference < 0n ? `-${text}` : text;
}
