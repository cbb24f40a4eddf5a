// Steps of the formats that are no sign-exponent-mantissa: integers and float8e8m0.
import { exponentOf } from '../float';
import type { IntFormat } from '../format';
import { intRange } from '../int';
import { type Step, step } from './steps';

export function explainIntegerFormat(x: number, code: bigint, value: number, f: IntFormat): readonly Step[] {
  const { min, max } = intRange(f);
  const digits = code.toString(2).padStart(f.bits, '0');
  const rounded = Number.isNaN(x) ? 'NaN has no integer: 0' : Number.isInteger(x) ? `${x} is whole` : `${x} lies between ${Math.floor(x)} and ${Math.ceil(x)}`;
  const clamped = x > max || x < min ? `; ${f.name} holds ${min} to ${max}: ${value}` : Number.isInteger(x) ? '' : `: ${value}`;
  return [
    step('round', `${rounded}${clamped}`, { min, max, value }),
    step('fields', `${digits}${value < 0 ? ` (two's complement: ${value} + 2^${f.bits} = ${code})` : ''}`, { bits: digits }),
  ];
}

export function explainExponent(x: number, code: number, value: number): readonly Step[] {
  const digits = code.toString(2).padStart(8, '0');
  if (code === 255)
    return [step('special', `float8e8m0 holds powers of two only: no sign, no zero; ${x} becomes NaN`), step('fields', digits, { exponent: digits })];
  const between = x > 0 && Number.isFinite(x) ? `${x} = ${x / 2 ** exponentOf(x)} x 2^${exponentOf(x)}` : `${x} has no power of two`;
  return [
    step('normalise', `${between}; only the power is stored: 2^${code - 127}`, { exponent: code - 127 }),
    step('bias', `${code - 127} + 127 = ${code} = ${digits}`, { bias: 127, stored: code }),
    step('fields', digits, { exponent: digits }),
    step('decode', `2^(${code} - 127) = ${value}`, { value }),
  ];
}
