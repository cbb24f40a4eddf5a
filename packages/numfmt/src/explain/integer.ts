// A whole number in binary: the divide-by-two table, the place values, two's complement for negatives.
import { fail } from '../errors';
import { halvings, halvingText, type Step, step } from './steps';

export interface IntegerExplanation {
  readonly input: number;
  /** The number of bits. */
  readonly width: number;
  readonly signed: boolean;
  readonly code: string;
  readonly bits: string;
  readonly value: number;
  readonly steps: readonly Step[];
}

/**
 * How an integer is stored in `bits` bits: two's complement when it is negative or `signed`. Error: `numfmt/range` for what is no safe integer, does not fit, or bits outside 2..64.
 *
 * @example explainInteger(42, 8).bits // '00101010'
 */
export function explainInteger(n: number, bits: number, { signed = n < 0 }: { readonly signed?: boolean } = {}): IntegerExplanation {
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 64)) throw fail('range', { where: { option: 'bits' }, expected: '2 to 64', actual: bits });
  const [low, high] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
  if (!Number.isSafeInteger(n) || BigInt(n) < low || BigInt(n) > high)
    throw fail('range', { expected: `a whole number from ${low} to ${high}`, actual: n }, `${bits} bits`);
  const magnitude = BigInt(Math.abs(n));
  const rows = halvings(magnitude);
  const digits = magnitude.toString(2);
  const padded = digits.padStart(bits, '0');
  const code = BigInt.asUintN(bits, BigInt(n));
  const stored = code.toString(2).padStart(bits, '0');
  const steps = [
    step(
      'divide',
      rows.length ? `${magnitude} by two, again and again:\n${halvingText(rows)}\nthe remainders from the last to the first: ${digits}` : 'zero is 0',
      { rows, binary: digits },
    ),
    step('pad', `in ${bits} bits: ${padded}`, { bits: padded }),
    ...(n < 0 ? complementSteps(padded, stored, bits, n, code) : []),
    placesStep(stored, n, signed),
  ];
  return { input: n, width: bits, signed, code: `0x${code.toString(16).padStart(Math.ceil(bits / 4), '0')}`, bits: stored, value: n, steps };
}

function complementSteps(padded: string, stored: string, bits: number, n: number, code: bigint): readonly Step[] {
  const flipped = [...padded].map((d) => (d === '0' ? '1' : '0')).join('');
  return [
    step('invert', `${n} is negative, so two's complement: every bit turned over is ${flipped}`, { flipped }),
    step('add one', `plus one is ${stored}; as an unsigned number 2^${bits} - ${-n} = ${code}`, { bits: stored, unsigned: code.toString() }),
  ];
}

function placesStep(stored: string, n: number, signed: boolean): Step {
  const places = [...stored].flatMap((digit, i) => {
    const power = stored.length - 1 - i;
    if (digit === '0') return [];
    return [{ power, value: (signed && i === 0 ? -1n : 1n) * 2n ** BigInt(power) }];
  });
  const sum = places.map(({ value }, i) => (i === 0 ? `${value}` : value < 0n ? `- ${-value}` : `+ ${value}`)).join(' ') || '0';
  return step('places', `the place values of the ones: ${sum} = ${n}${signed && n < 0 ? ' (the top bit counts negative)' : ''}`, {
    places: places.map(({ power, value }) => ({ power, value: value.toString() })),
  });
}
