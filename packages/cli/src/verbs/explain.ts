// modeldiet explain: a number step by step in a number format or beside all formats, a whole number in binary, weights through quantization, what each format holds.
import {
  acrossFormats,
  acrossFormatsText,
  chooseQParams,
  type Explanation,
  explainInteger,
  explain as explainNumber,
  explainQuantization,
  explanationText,
  type FormatName,
  formatFacts,
  formatFactsText,
  formats,
  type IntegerExplanation,
  type Scheme,
} from '@modeldiet/numfmt';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import type { Verb } from '../verb';
import { integer, oneOf } from '../words/options';

interface Options {
  readonly format?: FormatName | 'all';
  readonly integer?: boolean;
  readonly bits?: number;
  readonly signed?: boolean;
  readonly quantize?: QuantizedName;
  readonly scheme?: Scheme;
}

const formatNames = Object.keys(formats) as FormatName[];
const quantizedNames = ['int2', 'uint2', 'int4', 'uint4', 'int8', 'uint8', 'int16', 'uint16', 'float8e4m3fn', 'float8e5m2', 'float4e2m1'] as const;
type QuantizedName = (typeof quantizedNames)[number];

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

const finiteFields = <T extends object>(row: T): object =>
  Object.fromEntries(Object.entries(row).map(([key, v]) => [key, typeof v === 'number' ? finite(v) : v]));

function besideAll(text: string): Outcome {
  return { json: { input: finite(Number(text)), formats: acrossFormats(text).map(finiteFields) }, text: acrossFormatsText(text) };
}

/** Numbers with commas between them: what quantization makes of each. */
function quantized(text: string, quantize: QuantizedName, { bits, scheme = 'symmetric' }: Options, colour: boolean): Outcome {
  const weights = text.split(',').map((word) => Number(checkNumber(word)));
  const qparams = chooseQParams(weights, { format: formats[quantize], scheme, ...(bits === undefined ? {} : { bits }) });
  const explanation = explainQuantization(weights, qparams);
  const { scale, zeroPoint } = qparams;
  return { json: { ...explanation, scheme, scale: scale[0], zeroPoint: zeroPoint[0] }, text: explanationText(explanation, { colour }) };
}

async function run({ paint }: Context, text: string, options: Options): Promise<Outcome> {
  if (options.integer && options.format) throw fail('usage', { where: { option: '--format' } }, '--integer has no format: it takes --bits');
  for (const option of ['bits', 'signed'] as const)
    if (options[option] !== undefined && !options.integer && !(option === 'bits' && options.quantize))
      throw fail('usage', { where: { option: `--${option}` } }, `--${option} goes with --integer`);
  if (options.quantize && (options.format || options.integer))
    throw fail('usage', { where: { option: '--quantize' } }, '--quantize goes without --format and --integer');
  if (options.scheme && !options.quantize) throw fail('usage', { where: { option: '--scheme' } }, '--scheme goes with --quantize');
  const colour = paint.bold('x') !== 'x';
  if (text === 'formats') return { json: { formats: formatFacts() }, text: formatFactsText() };
  if (options.quantize) return quantized(text, options.quantize, options, colour);
  if (options.format === 'all') return besideAll(checkNumber(text));
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
    { call: 'explain 6.5 --format all', says: 'one number in all 22 formats' },
    { call: 'explain formats', says: 'range, precision and count of each format' },
    { call: 'explain --quantize int8 -- -0.81,-0.42,0.12,0.79', says: 'weights to integers and back' },
    { call: 'explain 42 --integer --bits 8', says: "a whole number; negatives in two's complement" },
  ],
  define: (command) =>
    void command
      .argument('<number>', "the number, after -- when it is negative; 'formats' for a table of them; with --quantize numbers with commas between")
      .option('--format <name>', `${formatNames.join(', ')}; all (default: float32)`, oneOf('--format', [...formatNames, 'all']))
      .option('--integer', 'as a whole number in binary')
      .option('--quantize <name>', quantizedNames.join(', '), oneOf('--quantize', quantizedNames))
      .option('--scheme <name>', 'with --quantize: symmetric (default) or asymmetric', oneOf('--scheme', ['symmetric', 'asymmetric']))
      .option('--bits <n>', "with --integer: how many (default: 32); with --quantize: fewer than the format's", integer('--bits', { min: 2, max: 64 }))
      .option('--signed', "with --integer: two's complement for positive numbers too"),
  run: (context, command) => run(context, command.args[0]!, command.opts<Options>()),
};
