// Tables over all formats: one number in each of them, and what each can hold.
import { decodeFloat, largestCode } from '../float';
import type { FormatName, NumberFormat } from '../format';
import { formats } from '../formats';
import { intRange } from '../int';
import { largestValue } from '../overflow';
import { type Explanation, explain } from './number';

/** One number in every format. */
export const acrossFormats = (x: number | string): readonly Pick<Explanation, 'format' | 'code' | 'bits' | 'value' | 'error'>[] =>
  Object.values(formats).map((f) => {
    const { format, code, bits, value, error } = explain(x, f);
    return { format, code, bits, value, error };
  });

export interface FormatFacts {
  readonly format: FormatName;
  readonly bits: number;
  readonly lowest: number;
  readonly largest: number;
  /** The smallest number above zero that is normal, and the smallest at all. */
  readonly smallestNormal: number;
  readonly smallest: number;
  /** The step after 1 (floats), relative; 1 for integers and float8e8m0. */
  readonly epsilon: number;
  /** Decimal digits that always survive. */
  readonly decimalDigits: number;
  /** Different finite numbers (+0 and -0 are one); a bigint's text beyond 2^53. */
  readonly distinct: string;
  readonly hasInfinity: boolean;
  readonly hasNaN: boolean;
}

/** Range and precision of every format. */
export const formatFacts = (): readonly FormatFacts[] => Object.values(formats).map(factsOf);

function factsOf(f: NumberFormat): FormatFacts {
  const common = { format: f.name, bits: f.bits, largest: largestValue(f) };
  if (f.kind === 'int') {
    const decimalDigits = Math.floor((f.signed ? f.bits - 1 : f.bits) * Math.log10(2));
    return {
      ...common,
      lowest: intRange(f).min,
      smallestNormal: 1,
      smallest: 1,
      epsilon: 1,
      decimalDigits,
      distinct: (2n ** BigInt(f.bits)).toString(),
      hasInfinity: false,
      hasNaN: false,
    };
  }
  if (f.kind === 'exponent')
    return {
      ...common,
      lowest: 2 ** -127,
      smallestNormal: 2 ** -127,
      smallest: 2 ** -127,
      epsilon: 1,
      decimalDigits: 0,
      distinct: '255',
      hasInfinity: false,
      hasNaN: true,
    };
  const largest = f.bits === 64 ? 0x7fefffffffffffffn : BigInt(largestCode(f));
  return {
    ...common,
    lowest: -common.largest,
    smallestNormal: 2 ** (1 - f.bias),
    smallest: f.bits === 64 ? 2 ** -1074 : decodeFloat(1, f),
    epsilon: 2 ** -f.mantissaBits,
    decimalDigits: Math.floor(f.mantissaBits * Math.log10(2)),
    distinct: (2n * largest + 1n).toString(),
    hasInfinity: f.special === 'ieee',
    hasNaN: f.special !== 'none',
  };
}

export interface SumExplanation {
  readonly format: FormatName;
  readonly a: Explanation;
  readonly b: Explanation;
  /** The stored a plus the stored b, rounded into the format. */
  readonly sum: Explanation;
  readonly expected: Explanation;
  readonly equal: boolean;
  readonly text: string;
}

/** Why 0.1 + 0.2 is not 0.3: each number as it is stored, their sum as it is stored, and what it is compared with. Error: `numfmt/unknown-format`. */
export function explainSum(a: number | string, b: number | string, expected: number | string, format: NumberFormat | FormatName = 'float64'): SumExplanation {
  const [x, y, z] = [explain(a, format), explain(b, format), explain(expected, format)];
  // A sum of two doubles rounds once into float64; for the narrower formats up to 26 bits the second rounding changes nothing.
  const sum = explain(x.value + y.value, format);
  const equal = sum.value === z.value;
  const text = [
    `${a} is stored as ${x.exactValue}`,
    `${b} is stored as ${y.exactValue}`,
    `their sum is stored as ${sum.exactValue}`,
    `${expected} is stored as ${z.exactValue}`,
    equal ? `so ${a} + ${b} equals ${expected} in ${x.format}` : `so ${a} + ${b} is not ${expected} in ${x.format}: the codes are ${sum.code} and ${z.code}`,
  ].join('\n');
  return { format: x.format, a: x, b: y, sum, expected: z, equal, text };
}
