// JSON lines as datasets: one object a line, numbers and nested arrays by name.
import { type Dataset, type Feeds, type Tensor, tensor } from '@modeldiet/tensor';
import { streamed } from './dataset';
import { fail } from './errors';
import { type Source, textOf } from './source';

export interface JsonLinesOptions {
  /** float32 unless said; whole-number `label`s are int64. */
  readonly dtypes?: Readonly<Record<string, 'float32' | 'float64' | 'int32' | 'int64' | 'bool' | 'string'>>;
  /** Named in errors. */
  readonly file?: string;
}

/**
 * Each line's object as an item with a batch axis of 1: a number becomes [1], an array of n numbers [1, n], nested arrays more. Read again at each iteration in constant memory.
 * Errors, with file and line: `data/cell` for what is no JSON, no number or a ragged array; `data/empty`.
 */
export const fromJsonLines = (source: Source, options: JsonLinesOptions = {}): Dataset =>
  streamed(async function* () {
    let line = 0;
    let items = 0;
    for await (const text of lines(source)) {
      line++;
      if (text.trim() === '') continue;
      items++;
      yield itemOf(text, line, options);
    }
    if (items === 0) throw fail('empty', { where: at(options) });
  });

const at = ({ file }: JsonLinesOptions): { file?: string } => (file === undefined ? {} : { file });

async function* lines(source: Source): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of textOf(source)) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== '') yield rest;
}

function itemOf(text: string, line: number, options: JsonLinesOptions): Feeds {
  const wrong = (details: object, words = `line ${line}`) => fail('cell', { where: at(options), ...details }, words);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw wrong({ expected: 'JSON', cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrong({ expected: 'an object' });
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => {
      const dims: number[] = [];
      for (let v: unknown = value; Array.isArray(v); v = v[0]) dims.push(v.length);
      const flat: unknown[] = [];
      if (!flatten(value, dims, flat)) throw wrong({ expected: `an array of dims [${dims}]` }, `line ${line}, '${name}'`);
      const made = columnOf(options.dtypes?.[name] ?? (name === 'label' && flat.every(Number.isInteger) ? 'int64' : 'float32'), flat, [1, ...dims]);
      if (!made) throw wrong({ expected: options.dtypes?.[name] ?? 'numbers', actual: JSON.stringify(value).slice(0, 80) }, `line ${line}, '${name}'`);
      return [name, made];
    }),
  );
}

/** Appends the leaves of a nested array; false when it is ragged. */
function flatten(value: unknown, dims: readonly number[], out: unknown[]): boolean {
  const [extent, ...inner] = dims;
  if (extent === undefined) {
    out.push(value);
    return !Array.isArray(value);
  }
  return Array.isArray(value) && value.length === extent && value.every((v) => flatten(v, inner, out));
}

function columnOf(dtype: NonNullable<JsonLinesOptions['dtypes']>[string], flat: readonly unknown[], dims: readonly number[]): Tensor | undefined {
  if (dtype === 'string') return flat.every((v) => typeof v === 'string') ? tensor('string', flat, dims) : undefined;
  if (!flat.every((v) => typeof v === 'number' || (dtype === 'bool' && typeof v === 'boolean'))) return undefined;
  const numbers = flat.map(Number);
  if (dtype === 'bool')
    return tensor(
      'bool',
      Uint8Array.from(numbers, (v) => (v === 0 ? 0 : 1)),
      dims,
    );
  if (dtype === 'float32') return tensor('float32', Float32Array.from(numbers), dims);
  if (dtype === 'float64') return tensor('float64', Float64Array.from(numbers), dims);
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  return dtype === 'int32' ? tensor('int32', Int32Array.from(numbers), dims) : tensor('int64', BigInt64Array.from(numbers, BigInt), dims);
}
