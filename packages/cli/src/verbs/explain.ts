// modeldiet explain: a number step by step in a number format, or a whole number in binary.
import {
  type Explanation,
  explainInteger,
  explain as explainNumber,
  explanationText,
  type FormatName,
  formats,
  type IntegerExplanation,
} from '@modeldiet/numfmt';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import type { Verb } from '../verb';
import { integer, oneOf } from '../words/options';

interface Options {
  readonly format?: FormatName;
  readonly integer?: boolean;
  readonly bits?: number;
  readonly signed?: boolean;
}

const formatNames = Object.keys(formats) as FormatName[];

/** A number as typed. Throws `cli/option-value`. */
function checkNumber(text: string): string {
  if (text.trim() !== '' && (!Number.isNaN(Number(text)) || /^[+-]?nan$/i.test(text))) return text;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return `${infinite[1]}Infinity`;
  throw fail('option-value', { where: { option: 'number' }, expected: 'a number: 6.5, -0.1, 1e-7, inf, nan', actual: text });
}

function inBinary(text: string, { bits = 32, signed }: Options): IntegerExplanation {
  const number = integer('number')(text);
  const [low, high] = number < 0 || signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  if (number < low || number > high)
    throw fail('option-value', { where: { option: '--bits' }, expected: `enough for ${text}: ${low} to ${high} fit`, actual: bits });
  return explainInteger(number, bits, signed ? { signed } : {});
}

const integerJson = ({ input, width, signed, code, bits, value, steps }: IntegerExplanation) => ({
  format: `${signed ? 'int' : 'uint'}${width}`,
  input,
  code,
  bits,
  value,
  error: 0,
  steps,
});
/** JSON has no NaN and no infinity: words stand for them. */
const finite = (x: number): number | string => (Number.isFinite(x) ? x : String(x));
const numberJson = ({ input, value, error, ...rest }: Explanation) => ({ ...rest, input: finite(input), value: finite(value), error: finite(error) });

async function run({ paint }: Context, text: string, options: Options): Promise<Outcome> {
  if (options.integer && options.format) throw fail('usage', { where: { option: '--format' } }, '--integer has no format: it takes --bits');
  for (const option of ['bits', 'signed'] as const)
    if (options[option] !== undefined && !options.integer) throw fail('usage', { where: { option: `--${option}` } }, `--${option} goes with --integer`);
  const colour = paint.bold('x') !== 'x';
  if (options.integer) {
    const explanation = inBinary(text, options);
    return { json: integerJson(explanation), text: explanationText(explanation, { colour }) };
  }
  const explanation = explainNumber(checkNumber(text), options.format ?? 'float32');
  return { json: numberJson(explanation), text: explanationText(explanation, { colour }) };
}

export const explain: Verb = {
  name: 'explain',
  summary: 'a number in binary, step by step, in any number format',
  examples: [
    { call: 'explain 6.5', says: 'as float32' },
    { call: 'explain 0.1 --format float8e4m3fn', says: 'what eight bits make of it' },
    { call: 'explain 42 --integer --bits 8', says: "a whole number; negatives in two's complement" },
  ],
  define: (command) =>
    void command
      .argument('<number>', 'the number; after -- when it is negative')
      .option('--format <name>', `${formatNames.join(', ')} (default: float32)`, oneOf('--format', formatNames))
      .option('--integer', 'as a whole number in binary')
      .option('--bits <n>', 'with --integer: how many (default: 32)', integer('--bits', { min: 2, max: 64 }))
      .option('--signed', "with --integer: two's complement for positive numbers too"),
  run: (context, command) => run(context, command.args[0]!, command.opts<Options>()),
};
