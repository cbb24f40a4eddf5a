// Explanations as text for a terminal; colour is ANSI, asked for by the caller.
import type { IntegerExplanation } from './integer';
import type { Explanation } from './number';
import type { QuantizationExplanation } from './quantization';
import type { Step } from './steps';
import { acrossFormats, formatFacts } from './tables';

export interface TextOptions {
  /** Sign, exponent and mantissa in red, green and blue; names of steps bold. Default false. */
  readonly colour?: boolean;
}

const paint = (code: number, text: string, on: boolean): string => (on && text ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, red, green, blue] = [1, 31, 32, 34] as const;

/** Any of the explanations, step by step. */
export function explanationText(e: Explanation | IntegerExplanation | QuantizationExplanation, { colour = false }: TextOptions = {}): string {
  const isNumber = !('rows' in e);
  const shown = isNumber ? (Object.is(e.input, -0) ? '-0' : String(e.input)) : '';
  const title = !isNumber
    ? `${e.rows.length} numbers as ${e.format} of ${e.bits} bits`
    : 'width' in e
      ? `${shown} in ${e.width} bits${e.signed ? ", two's complement" : ''}`
      : `${shown} in ${e.format}`;
  const lines = e.steps.map((s, i) => `${paint(bold, `${i + 1}. ${s.name}`, colour)}\n${indented(stepText(s, colour))}`);
  const end = isNumber ? [`${e.code}  ${'width' in e ? e.bits : fieldsText(e.bits, colour)}`] : [];
  return [paint(bold, title, colour), ...lines, ...end].join('\n');
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `   ${line}`)
    .join('\n');

function stepText({ name, text }: Step, colour: boolean): string {
  if (name !== 'fields' || !colour) return text;
  const [first, ...rest] = text.split('\n');
  return [fieldsText(first!, colour), ...rest].join('\n');
}

/** The three fields in their colours; other codes as they are. */
function fieldsText(bits: string, colour: boolean): string {
  const parts = bits.split(' ');
  return parts.length < 2 ? bits : parts.map((part, i) => paint([red, green, blue][i] ?? 0, part, colour)).join(' ');
}

/** Rows as columns that line up: numbers to the right. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((c, i) => (i === 0 ? c.padEnd(widths[i]!) : c.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.map(line)].join('\n');
}

/** One number in every format, as a table. */
export const acrossFormatsText = (x: number | string): string =>
  tableText(
    ['format', 'code', 'value', 'error'],
    acrossFormats(x).map((r) => [
      r.format,
      r.code,
      String(r.value),
      Number.isFinite(r.error) ? (r.error === 0 ? '0' : r.error.toExponential(2)) : String(r.error),
    ]),
  );

const short = (x: number): string => (Number.isInteger(x) && Math.abs(x) < 1e7 ? String(x) : x.toExponential(3));

/** Range and precision of every format, as a table. */
export const formatFactsText = (): string =>
  tableText(
    ['format', 'bits', 'lowest', 'largest', 'smallest > 0', 'epsilon', 'digits', 'numbers', 'inf', 'NaN'],
    formatFacts().map((f) => [
      f.format,
      String(f.bits),
      short(f.lowest),
      short(f.largest),
      short(f.smallest),
      short(f.epsilon),
      String(f.decimalDigits),
      f.distinct.length > 12 ? Number(f.distinct).toExponential(3) : f.distinct,
      f.hasInfinity ? 'yes' : 'no',
      f.hasNaN ? 'yes' : 'no',
    ]),
  );
