// Options in words to options in values; each refuses what it cannot read with `cli/option-value`, naming the option and what it takes.
import { fail } from '../errors';
import { didYouMean } from './suggest';

/** One of `values`. */
export const oneOf =
  <const V extends string>(option: string, values: readonly V[]) =>
  (text: string): V => {
    const found = values.find((value) => value === text);
    if (found === undefined)
      throw fail(
        'option-value',
        { where: { option }, expected: values.join(', '), actual: text },
        `there is no ${option.replace(/^--/, '')} '${text}'${didYouMean(text, values)}`,
      );
    return found;
  };

interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** A finite number within the range, both ends included. */
export const number =
  (option: string, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Range = {}) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || value < min || value > max)
      throw fail('option-value', { where: { option }, expected: `a number${between(min, max)}`, actual: text });
    return value;
  };

export const integer =
  (option: string, { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Range = {}) =>
  (text: string): number => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw fail('option-value', {
        where: { option },
        expected: `an integer${between(min > Number.MIN_SAFE_INTEGER ? min : -Infinity, max < Number.MAX_SAFE_INTEGER ? max : Infinity)}`,
        actual: text,
      });
    return value;
  };

function between(min: number, max: number): string {
  if (min === Number.NEGATIVE_INFINITY && max === Number.POSITIVE_INFINITY) return '';
  if (max === Number.POSITIVE_INFINITY) return ` of ${min} or more`;
  return min === Number.NEGATIVE_INFINITY ? ` of ${max} or less` : ` from ${min} to ${max}`;
}

/** '1,2,64'. */
export const integers =
  (option: string, range: Range) =>
  (text: string): number[] =>
    text.split(',').map(integer(option, range));

/** For options that may be repeated. */
export const collect =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] | undefined): T[] => [...(before ?? []), read(text)];
