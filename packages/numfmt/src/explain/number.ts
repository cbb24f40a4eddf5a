// A number's way into a float format and back: sign, binary, normalise, drop the implicit one, bias, the three boxes, decode, what was lost.
import { decodeNarrow, type EncodeOptions, encode, roundingOf } from '../codec';
import { binaryOf, differenceFromDecimal, exactDecimal, exactDifference, parseDecimal } from '../exact';
import { exponentOf, float64FromBits } from '../float';
import type { FloatFormat, FormatName, NumberFormat } from '../format';
import { formatNamed } from '../named';
import { largestValue } from '../overflow';
import { explainExponent, explainIntegerFormat } from './other-formats';
import { type Step, shortened, step } from './steps';

/** `bits`: the code, its fields apart; `error`: value - input. */
export interface Explanation {
  readonly format: FormatName;
  readonly input: number;
  /** Hexadecimal, as many digits as the format has. */
  readonly code: string;
  readonly bits: string;
  readonly value: number;
  readonly error: number;
  /** Every digit of the value. */
  readonly exactValue: string;
  readonly steps: readonly Step[];
}

/** Sign, exponent and mantissa of a code. */
export interface Fields {
  readonly sign: string;
  readonly exponent: string;
  readonly mantissa: string;
}

export function fieldsOf(code: bigint, f: FloatFormat): Fields {
  const all = code.toString(2).padStart(f.bits, '0');
  return { sign: all.slice(0, 1), exponent: all.slice(1, 1 + f.exponentBits), mantissa: all.slice(1 + f.exponentBits) };
}

/**
 * How a number is stored in a format, step by step, as data and text. A number given as text is compared with what the text says; a double of it is made first, as everywhere in JavaScript.
 * Error: `numfmt/unknown-format`.
 *
 * @example explain(6.5, 'float32').bits // '0 10000001 10100000000000000000000'
 */
export function explain(x: number | string, format: NumberFormat | FormatName, options: EncodeOptions = {}): Explanation {
  const f = formatNamed(format);
  const input = Number(x);
  const code = BigInt(encode(input, f as NumberFormat<'float16'>, options));
  const value =
    f.bits === 64 ? (f.kind === 'float' ? float64FromBits(code) : Number(f.signed ? BigInt.asIntN(64, code) : code)) : decodeNarrow(Number(code), f);
  const typed = typedStep(String(x), input);
  const steps =
    f.kind === 'float'
      ? floatSteps(input, code, value, f, options)
      : f.kind === 'exponent'
        ? explainExponent(input, Number(code), value)
        : explainIntegerFormat(input, code, value, f);
  const bits = f.kind === 'float' ? Object.values(fieldsOf(code, f)).join(' ').trim() : code.toString(2).padStart(f.bits, '0');
  return {
    format: f.name,
    input,
    code: `0x${code.toString(16).padStart(Math.ceil(f.bits / 4), '0')}`,
    bits,
    value,
    error: Object.is(value, input) || value === input ? 0 : value - input,
    exactValue: exactDecimal(value),
    steps: [...(typed ? [typed] : []), ...steps, lostStep(input, value, f)],
  };
}

/** Said when the decimal that was typed is not the double that stands for it. */
function typedStep(text: string, input: number): Step | undefined {
  const decimal = parseDecimal(text);
  const difference = decimal && Number.isFinite(input) ? differenceFromDecimal(input, decimal) : '0';
  if (difference === '0') return undefined;
  const exact = exactDecimal(input);
  const words = `${text} is no double; the nearest one, from which everything starts, is\n  ${shortened(exact, 120)}\noff by\n  ${shortened(difference, 120)}`;
  return step('typed', words, { typed: text, double: exact, difference });
}

function lostStep(input: number, value: number, f: NumberFormat): Step {
  if (Number.isNaN(input)) return step('lost', Number.isNaN(value) ? 'NaN stays NaN.' : `${f.name} has no NaN: ${value} stands in its place.`);
  if (value === input) return step('lost', 'Nothing is lost: the value is exactly the double.', { error: '0' });
  if (!Number.isFinite(value) || !Number.isFinite(input)) return step('lost', `Everything but the sign is lost: ${input} became ${value}.`, { input, value });
  const difference = exactDifference(value, input);
  const relative = input === 0 ? Number.NaN : Math.abs((value - input) / input);
  return step(
    'lost',
    `${shortened(exactDecimal(value), 80)} - ${shortened(exactDecimal(input), 80)} = ${shortened(difference, 80)}: ${(relative * 100).toPrecision(3)} % of the number`,
    {
      error: difference,
      relative,
    },
  );
}

function floatSteps(x: number, code: bigint, value: number, f: FloatFormat, options: EncodeOptions): readonly Step[] {
  const fields = fieldsOf(code, f);
  const negative = x < 0 || Object.is(x, -0);
  const unsignedZero = x === 0 && f.special === 'negativeZero';
  const words = Number.isNaN(x)
    ? 'NaN has no sign worth keeping: 0'
    : `${Object.is(x, -0) ? '-0' : x} is ${negative ? 'negative' : 'positive'}: sign bit ${negative && !unsignedZero ? 1 : `0${negative ? `, since ${f.name} has no negative zero` : ''}`}`;
  const sign = step('sign', words, { bit: Number(fields.sign) });
  const boxes = boxesStep(fields);
  const back = decodeStep(fields, value, f);
  if (Number.isNaN(x) || !Number.isFinite(x)) return [sign, specialStep(x, value, f), boxes, back];
  if (x === 0) return [sign, step('zero', 'zero has no leading one: exponent and mantissa are all zeros'), boxes, back];
  return [sign, ...finiteSteps(x, value, fields, f, options), boxes, back];
}

function finiteSteps(x: number, value: number, fields: Fields, f: FloatFormat, options: EncodeOptions): readonly Step[] {
  const { whole, fraction } = binaryOf(x);
  const magnitude = Math.abs(x);
  const exponent = exponentOf(magnitude);
  const lowest = 1 - f.bias;
  const digits = `${whole === '0' ? '' : whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '') || '0';
  const point = fraction ? `.${fraction}` : '';
  const parts = [
    `${Math.trunc(magnitude)} = ${shortened(whole)}`,
    ...(fraction ? [`.${exactDecimal(magnitude).split('.')[1]} = .${fraction}`.replace(/[01]{61,}$/, (d) => shortened(d))] : []),
  ];
  const together = fraction ? `; together ${shortened(whole)}${shortened(point)}` : '';
  const binary = step('binary', `${parts.join(', ')}${together}`, { whole, fraction });
  const subnormal = exponent < lowest;
  const shift = subnormal ? lowest : exponent;
  // The significand at the exponent in use: one digit before the point, which is 0 for subnormals.
  const significand = subnormal ? `0.${'0'.repeat(lowest - exponent - 1)}${digits}` : `${digits[0]}.${digits.slice(1) || '0'}`;
  const normalise = subnormal
    ? step(
        'normalise',
        `1.${shortened(digits.slice(1) || '0')} x 2^${exponent} lies below the smallest normal exponent ${lowest}: subnormal, ${shortened(significand)} x 2^${lowest}`,
        { exponent, lowest, significand, subnormal },
      )
    : step('normalise', `${shortened(whole)}${shortened(point)} = ${shortened(significand)} x 2^${exponent}`, { exponent, significand, subnormal });
  const after = significand.slice(2);
  const kept = after.slice(0, f.mantissaBits).padEnd(f.mantissaBits, '0');
  const dropped = after.slice(f.mantissaBits).replace(/0+$/, '');
  const implicit = step(
    'mantissa',
    `${subnormal ? 'no implicit one: the digits after the point are kept as they are' : 'the leading one is always there, so it is not stored'}: ${shortened(after)} in ${f.mantissaBits} bits is ${kept}`,
    { kept, dropped },
  );
  const overflow = Math.abs(value) === Number.POSITIVE_INFINITY || Number.isNaN(value) || (magnitude > largestValue(f) && Math.abs(value) === largestValue(f));
  if (overflow) return [binary, normalise, implicit, overflowStep(x, value, f)];
  const rounding = dropped ? [roundStep(kept, dropped, fields, f, options)] : [];
  const stored = Number.parseInt(fields.exponent, 2);
  const carried = stored - f.bias !== shift && stored !== 0;
  const bias =
    stored === 0
      ? step('bias', `subnormals (and zero) have exponent bits ${fields.exponent}, read as 2^${lowest}`, { bias: f.bias, stored })
      : step('bias', `${carried ? 'rounding carried into the exponent: ' : ''}${stored - f.bias} + ${f.bias} = ${stored} = ${fields.exponent}`, {
          exponent: stored - f.bias,
          bias: f.bias,
          stored,
        });
  return [binary, normalise, implicit, ...rounding, bias];
}

function roundStep(kept: string, dropped: string, fields: Fields, f: FloatFormat, options: EncodeOptions): Step {
  const rounding = roundingOf(f, options);
  const tie = /^10*$/.test(dropped);
  const how = dropped[0] === '0' ? 'less than half a step' : tie ? 'exactly half a step' : 'more than half a step';
  const up = fields.mantissa !== kept;
  return step('round', `${shortened(dropped)} does not fit: ${how}, ${rounding} rounds ${up ? 'away from zero' : 'toward zero'}: ${fields.mantissa}`, {
    dropped,
    rounding,
    up,
    tie,
  });
}

const overflowStep = (x: number, value: number, f: FloatFormat): Step =>
  step('overflow', `the largest ${f.name} is ${largestValue(f)}; rounded to its step, ${x} lies beyond: it becomes ${value}`, {
    largest: largestValue(f),
    value,
  });

function specialStep(x: number, value: number, f: FloatFormat): Step {
  if (Number.isNaN(x)) {
    const how = {
      ieee: 'exponent all ones, mantissa not zero',
      allOnes: 'all bits one but the sign',
      negativeZero: 'the code that would be negative zero',
      none: 'there is none',
    }[f.special];
    return step('special', `NaN in ${f.name}: ${how}`, { special: f.special });
  }
  const how = f.special === 'ieee' ? 'infinity is exponent all ones, mantissa zero' : 'there is no infinity';
  return step('special', `${f.name}: ${how}; ${x} becomes ${value}`, { special: f.special });
}

const boxesStep = (fields: Fields): Step => {
  const boxes = [fields.sign, fields.exponent, fields.mantissa];
  const names = ['sign', 'exponent', 'mantissa'];
  const width = boxes.map((b, i) => Math.max(b.length, names[i]!.length));
  const line = (cells: readonly string[]): string => `| ${cells.map((c, i) => c.padEnd(width[i]!)).join(' | ')} |`;
  const rule = `+${width.map((w) => '-'.repeat(w + 2)).join('+')}+`;
  return step('fields', `${boxes.join(' ').trim()}\n${rule}\n${line(names)}\n${line(boxes)}\n${rule}`, { ...fields });
};

function decodeStep({ sign, exponent, mantissa }: Fields, value: number, f: FloatFormat): Step {
  const stored = Number.parseInt(exponent, 2);
  if (!Number.isFinite(value)) return step('decode', `read back: ${value}`, { value });
  const power = Math.max(stored, 1) - f.bias;
  const digits = `${stored === 0 ? 0 : 1}.${mantissa.replace(/0+$/, '') || '0'}`;
  const significand = Math.abs(value) / 2 ** power;
  return step(
    'decode',
    `(-1)^${sign} x ${digits} x 2^${stored === 0 ? `(1 - ${f.bias})` : `(${stored} - ${f.bias})`} = ${sign === '1' ? '-' : ''}${significand} x 2^${power} = ${shortened(exactDecimal(value), 120)}`,
    {
      significand,
      exponent: power,
      value,
      exact: exactDecimal(value),
    },
  );
}
