// Strings: concatenate, split, normalise, match; n-gram counts.
import type { Tensor } from '@modeldiet/tensor';
import { floatsOf, intOf, intsOf, stringOf, stringsOf } from '../../attributes';
import { bools, fromNumbers, int64s, numbersOf } from '../array';
import { badAttribute, badInput, type Datum, type Kernel, tensorAt } from '../kernel';
import { broadcastDims, broadcastOffsets, product, range } from '../layout';

function textsAt(node: Parameters<Kernel>[0], inputs: readonly (Datum | undefined)[], index: number): Tensor<'string'> {
  const t = tensorAt(node, inputs, index);
  if (t.type !== 'string') badInput(node, index, 'the input holds no strings', { actual: t.type });
  return t;
}
const texts = (data: readonly string[], dims: readonly number[]): Tensor => ({ type: 'string', dims, data });

const concat: Kernel = (node, inputs) => {
  const [a, b] = [textsAt(node, inputs, 0), textsAt(node, inputs, 1)];
  const dims = broadcastDims(a.dims, b.dims);
  const [i, j] = [broadcastOffsets(a.dims, dims), broadcastOffsets(b.dims, dims)];
  return [
    texts(
      Array.from(i, (at, n) => `${a.data[at]}${b.data[j[n]!]}`),
      dims,
    ),
  ];
};

/** At a delimiter, or at runs of white space; rows are filled up with empty texts. */
const split: Kernel = (node, inputs) => {
  const x = textsAt(node, inputs, 0);
  const delimiter = stringOf(node, 'delimiter', '');
  const most = intOf(node, 'maxsplit') ?? Infinity;
  const parts = x.data.map((text) => (delimiter === '' ? splitSpaces(text, most) : splitAt(text, delimiter, most)));
  const width = Math.max(0, ...parts.map((each) => each.length));
  return [
    texts(
      parts.flatMap((each) => range(width).map((i) => each[i] ?? '')),
      [...x.dims, width],
    ),
    int64s(
      parts.map((each) => each.length),
      x.dims,
    ),
  ];
};
function splitAt(text: string, delimiter: string, most: number): string[] {
  if (text === '') return [];
  const parts = text.split(delimiter);
  return parts.length - 1 <= most ? parts : [...parts.slice(0, most), parts.slice(most).join(delimiter)];
}
function splitSpaces(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text.trimStart();
  while (rest && parts.length < most) {
    const [word] = /^\S+/.exec(rest)!;
    parts.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  return rest ? [...parts, rest.trimEnd()] : parts;
}

/** Stop words out, then upper or lower case; nothing left is one empty text. */
const normalize: Kernel = (node, inputs) => {
  const x = textsAt(node, inputs, 0);
  const sensitive = intOf(node, 'is_case_sensitive', 0) === 1;
  const fold = (text: string): string => (sensitive ? text : text.toLowerCase());
  const stop = new Set((stringsOf(node, 'stopwords') ?? []).map(fold));
  const kept = x.data.filter((text) => !stop.has(fold(text)));
  const action = stringOf(node, 'case_change_action', 'NONE');
  const changed = kept.map((text) => (action === 'UPPER' ? text.toUpperCase() : action === 'LOWER' ? text.toLowerCase() : text));
  const out = changed.length ? changed : [''];
  return [texts(out, x.dims.length === 2 ? [1, out.length] : [out.length])];
};

const regexFullMatch: Kernel = (node, inputs) => {
  const x = textsAt(node, inputs, 0);
  const pattern = stringOf(node, 'pattern') ?? badAttribute(node, 'pattern');
  const regex = new RegExp(`^(?:${pattern})$`, 'u');
  return [
    bools(
      x.data.map((text) => regex.test(text)),
      x.dims,
    ),
  ];
};

/** Counts of the pool's n-grams in every row, with skips between their members; TF, IDF (weight where it occurs) or both. */
const tfIdf: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const words = x.type === 'string' ? x.data : Array.from(x.type === 'int64' ? x.data : numbersOf(x), String);
  const pool = stringsOf(node, 'pool_strings') ?? (intsOf(node, 'pool_int64s') ?? []).map(String);
  const [starts, indexes, weights] = [intsOf(node, 'ngram_counts') ?? [], intsOf(node, 'ngram_indexes') ?? [], floatsOf(node, 'weights')];
  const [least, most, skips] = [intOf(node, 'min_gram_length', 1), intOf(node, 'max_gram_length', 1), intOf(node, 'max_skip_count', 0)];
  const grams = new Map<string, number>();
  let number = 0;
  for (let length = 1; length <= starts.length; length++)
    for (let at = starts[length - 1]!; at + length <= (starts[length] ?? pool.length); at += length)
      grams.set(JSON.stringify(pool.slice(at, at + length)), number++);
  const width = Math.max(...indexes) + 1;
  const rows = x.dims.length === 2 ? x.dims[0]! : 1;
  const size = product(x.dims) / Math.max(rows, 1);
  const out = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const line = words.slice(row * size, (row + 1) * size);
    for (let length = least; length <= most; length++)
      for (let step = 1; step <= (length === 1 ? 1 : skips + 1); step++)
        for (let at = 0; at + (length - 1) * step < size; at++) {
          const found = grams.get(JSON.stringify(range(length).map((i) => line[at + i * step])));
          if (found !== undefined) out[row * width + indexes[found]!]! += 1;
        }
  }
  const mode = stringOf(node, 'mode', 'TF');
  const weightAt = new Map(indexes.map((index, i) => [index, weights?.[i] ?? 1]));
  const y = out.map((count, i) => (mode === 'TF' ? count : (mode === 'IDF' ? Math.min(count, 1) : count) * (weightAt.get(i % width) ?? 1)));
  return [fromNumbers('float32', x.dims.length === 2 ? [rows, width] : [width], y)];
};

export const kernels = {
  StringConcat: concat,
  StringSplit: split,
  StringNormalizer: normalize,
  RegexFullMatch: regexFullMatch,
  TfIdfVectorizer: tfIdf,
} satisfies Record<string, Kernel>;
