// Cast, CastLike, BitCast: numbers, bools and strings into each other (the tables under Cast in the operator spec).
import { bytesOf, cast, type DType, type Tensor, tensorFromBytes } from '@modeldiet/tensor';
import { intOf, stringOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import { fromNumbers, fromWide, integersOf, isFloat, isWide, numbersOf } from '../array';
import { badAttribute, badInput, type Kernel, tensorAt } from '../kernel';

/** The shortest decimal that gives the float32 back. */
function textOfFloat32(x: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return String(Number(text));
  }
  return String(x);
}

function textOf(x: number, type: DType): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  if (!isFloat(type)) return String(x);
  const text = type === 'float64' ? String(x) : textOfFloat32(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const wordsOfNumbers: Readonly<Record<string, number>> = { '+inf': Infinity, inf: Infinity, '-inf': -Infinity, nan: Number.NaN };

function fromText(node: Parameters<Kernel>[0], data: readonly string[], to: DType, dims: readonly number[]): Tensor {
  if (isWide(to))
    return fromWide(
      to,
      dims,
      data.map((text) => (/^\s*[+-]?\d+\s*$/.test(text) ? BigInt(text.trim()) : BigInt(Math.trunc(Number(text))))),
    );
  const numbers = data.map((text) => wordsOfNumbers[text.trim().toLowerCase()] ?? Number(text));
  const bad = numbers.findIndex((x, i) => Number.isNaN(x) && text(data[i]!) !== 'nan');
  if (bad >= 0) badInput(node, 0, 'the text is no number', { actual: data[bad] });
  return fromNumbers(to, dims, numbers);
}
const text = (word: string): string => word.trim().toLowerCase();

/** Integers wrap; floats to integers lose their fraction (4-bit and 2-bit ones round, as their reference does) and are cut to the range; floats round to nearest even. */
function castTo(node: Parameters<Kernel>[0], x: Tensor, to: DType): Tensor {
  if (to === x.type) return x;
  if (x.type === 'string') return fromText(node, x.data, to, x.dims);
  if (to === 'string') {
    const data = isWide(x.type) ? Array.from(x.data as BigInt64Array, String) : Array.from(numbersOf(x), (each) => textOf(each, x.type));
    return { type: 'string', dims: x.dims, data };
  }
  if (to === 'bool') return fromNumbers('bool', x.dims, numbersOf(x));
  if (isWide(x.type) && isWide(to)) return fromWide(to, x.dims, Array.from(x.data as BigInt64Array));
  const narrow = /^u?int[24]$/.test(to);
  if (narrow && isFloat(x.type)) return cast(x, to, { rounding: 'nearestEven', saturate: false });
  if (narrow) return cast(x, to, { saturate: false });
  if (!isFloat(to))
    return isWide(x.type)
      ? fromNumbers(to, x.dims, integersOf(x))
      : fromNumbers(
          to,
          x.dims,
          Float64Array.from(numbersOf(x), (each) => Math.trunc(each)),
        );
  if (to.startsWith('float8') || to === 'float4e2m1') {
    const saturate = intOf(node, 'saturate', 1) === 1;
    const rounding =
      to === 'float8e8m0' ? ({ up: 'up', down: 'down', nearest: 'nearestEven' } as const)[stringOf(node, 'round_mode', 'up') as 'up'] : 'nearestEven';
    // float4e2m1 has no NaN: it becomes 0.
    const values =
      to === 'float4e2m1'
        ? fromNumbers(
            'float64',
            x.dims,
            numbersOf(x).map((each) => (Number.isNaN(each) ? 0 : each)),
          )
        : x;
    return cast(values, to, { saturate, rounding });
  }
  return fromNumbers(to, x.dims, numbersOf(x));
}

export const kernels = {
  Cast: (node, inputs) => {
    const to = dtypeOf(intOf(node, 'to'));
    if (!to) badAttribute(node, 'to', intOf(node, 'to'));
    return [castTo(node, tensorAt(node, inputs, 0), to)];
  },
  CastLike: (node, inputs) => [castTo(node, tensorAt(node, inputs, 0), tensorAt(node, inputs, 1).type)],
  BitCast: (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const to = dtypeOf(intOf(node, 'to'));
    if (!to || to === 'string' || x.type === 'string') badAttribute(node, 'to', intOf(node, 'to'));
    return [tensorFromBytes(to, x.dims, bytesOf(x))];
  },
} satisfies Record<string, Kernel>;
