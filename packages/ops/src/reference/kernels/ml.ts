// Classic machine learning of ai.onnx.ml, trees apart: scalers, encoders, linear models.
import type { Node } from '@modeldiet/onnx-io';
import { type DType, filled, type Tensor } from '@modeldiet/tensor';
import { attributeOf, floatOf, floatsOf, intOf, intsOf, stringOf, stringsOf, tensorOf } from '../../attributes';
import { elementsOfEntries, fromNumbers, int64s, integersOf, numbersOf, pick } from '../array';
import { badAttribute, badInput, type Datum, isTensor, type Kernel, tensorAt } from '../kernel';
import { product, range } from '../layout';
import { erf, sigmoid } from './unary';

/** Rows and features: a vector is one row. */
export function table(x: Tensor): { readonly rows: number; readonly width: number; readonly values: Float64Array } {
  const width = x.dims[x.dims.length - 1] ?? 1;
  return { rows: product(x.dims) / Math.max(width, 1), width, values: numbersOf(x) };
}

/** The inverse of the normal distribution, by bisection on erf. */
function probit(p: number): number {
  let [low, high] = [-10, 10];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (0.5 * (1 + erf(middle / Math.SQRT2)) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What happens to a row of scores. */
export function postTransform(name: string, row: readonly number[]): readonly number[] {
  if (name === 'LOGISTIC') return row.map(sigmoid);
  if (name === 'PROBIT') return row.map(probit);
  if (name !== 'SOFTMAX' && name !== 'SOFTMAX_ZERO') return row;
  const max = Math.max(...row);
  const powers = row.map((x) => (name === 'SOFTMAX_ZERO' && x === 0 ? 0 : Math.exp(x - max)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => (sum === 0 ? x : x / sum));
}

/** The labels of the classes, and a tensor of chosen ones. */
export function labels(node: Node): { readonly count: number; readonly tensor: (chosen: readonly number[]) => Tensor } {
  const names = stringsOf(node, 'classlabels_strings');
  if (names?.length) return { count: names.length, tensor: (chosen) => ({ type: 'string', dims: [chosen.length], data: chosen.map((i) => names[i]!) }) };
  const numbers = intsOf(node, 'classlabels_int64s') ?? intsOf(node, 'classlabels_ints') ?? badAttribute(node, 'classlabels_int64s');
  return { count: numbers.length, tensor: (chosen) => int64s(chosen.map((i) => numbers[i]!)) };
}
export const best = (row: readonly number[]): number => row.indexOf(Math.max(...row));

const scaler: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const { width, values } = table(x);
  const [scale, offset] = [floatsOf(node, 'scale') ?? [1], floatsOf(node, 'offset') ?? [0]];
  const at = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i % width]!;
  return [
    fromNumbers(
      'float32',
      x.dims,
      values.map((each, i) => (each - at(offset, i)) * at(scale, i)),
    ),
  ];
};

const normalizer: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const { width, values } = table(x);
  const norm = stringOf(node, 'norm', 'MAX');
  const divisors = range(values.length / width).map((row) => {
    const line = values.subarray(row * width, (row + 1) * width);
    if (norm === 'MAX') return line.reduce((a, b) => Math.max(a, b), -Infinity);
    return norm === 'L1' ? line.reduce((a, b) => a + Math.abs(b), 0) : Math.sqrt(line.reduce((a, b) => a + b * b, 0));
  });
  return [
    fromNumbers(
      'float32',
      x.dims,
      values.map((each, i) => each / (divisors[Math.floor(i / width)] || 1)),
    ),
  ];
};

const imputer: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const { width, values } = table(x);
  const given = floatsOf(node, 'imputed_value_floats') ?? intsOf(node, 'imputed_value_int64s') ?? badAttribute(node, 'imputed_value_floats');
  const replaced = x.type.startsWith('float') ? floatOf(node, 'replaced_value_float', 0) : intOf(node, 'replaced_value_int64', 0);
  const missing = (each: number): boolean => each === replaced || (Number.isNaN(each) && Number.isNaN(replaced));
  return [
    fromNumbers(
      x.type,
      x.dims,
      values.map((each, i) => (missing(each) ? given[given.length === 1 ? 0 : i % width]! : each)),
    ),
  ];
};

/** Entries of the last axis, by every element of Y. */
const arrayFeatureExtractor: Kernel = (node, inputs) => {
  const [x, y] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const at = integersOf(y);
  const width = x.dims[x.dims.length - 1]!;
  const wrong = at.find((i) => i < 0 || i >= width);
  if (wrong !== undefined) badInput(node, 1, 'an index is out of range', { expected: `0 to ${width - 1}`, actual: wrong });
  const dims = x.dims.length === 1 ? [1, at.length] : [...x.dims.slice(0, -1), at.length];
  return [pick(x, dims, (i) => Math.floor(i / at.length) * width + at[i % at.length]!)];
};

/** The category's place as ones and zeros; an unknown category is all zeros, or an error. */
const oneHotEncoder: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const categories: readonly (string | number)[] = stringsOf(node, 'cats_strings') ?? intsOf(node, 'cats_int64s') ?? badAttribute(node, 'cats_int64s');
  const values: readonly (string | number)[] = x.type === 'string' ? x.data : Array.from(numbersOf(x), Math.trunc);
  const out = values.flatMap((value) => {
    const at = categories.indexOf(value);
    if (at < 0 && intOf(node, 'zeros', 1) === 0) badInput(node, 0, 'there is no such category', { actual: value });
    return categories.map((_, i) => (i === at ? 1 : 0));
  });
  return [fromNumbers('float32', [...x.dims, categories.length], out)];
};

const featureVectorizer: Kernel = (node, inputs) => {
  const parts = inputs.map((_, i) => table(tensorAt(node, inputs, i)));
  const rows = parts[0]!.rows;
  const out = range(rows).flatMap((row) => parts.flatMap(({ width, values }) => Array.from(values.subarray(row * width, (row + 1) * width))));
  return [fromNumbers('float32', [rows, out.length / Math.max(rows, 1)], out)];
};

type Key = string | number;
const keyed = (list: readonly Key[] | undefined): readonly Key[] | undefined => (list?.length ? list : undefined);
/** Keys or values in whichever attribute holds them. */
function listIn(node: Node, side: 'keys' | 'values'): { readonly type: DType; readonly list: readonly Key[] } {
  const constant = tensorOf(node, `${side}_tensor`);
  if (constant && 'data' in constant) return { type: constant.type, list: elementsOfEntries(constant) };
  const forms = [
    ['string', keyed(stringsOf(node, `${side}_strings`))],
    ['int64', keyed(intsOf(node, `${side}_int64s`))],
    ['float32', keyed(floatsOf(node, `${side}_floats`))],
  ] as const;
  for (const [type, list] of forms) if (list) return { type, list };
  return badAttribute(node, `${side}_strings`);
}
const defaults: Partial<Record<DType, (node: Node) => Key>> = {
  string: (node) => stringOf(node, 'default_string', '_Unused'),
  int64: (node) => intOf(node, 'default_int64', -1),
  float32: (node) => floatOf(node, 'default_float', -0),
};
/** NaN is a key too. */
const keyOf = (key: Key): string => (typeof key === 'number' ? `n${key}` : `s${key}`);
const made = (type: DType, dims: readonly number[], list: readonly Key[]): Tensor =>
  type === 'string' ? { type, dims, data: list.map(String) } : fromNumbers(type, dims, list.map(Number));

const labelEncoder: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const old = stringsOf(node, 'classes_strings');
  if (old) {
    if (x.type === 'string')
      return [
        int64s(
          x.data.map((text) => (old.includes(text) ? old.indexOf(text) : intOf(node, 'default_int64', -1))),
          x.dims,
        ),
      ];
    return [{ type: 'string', dims: x.dims, data: integersOf(x).map((i) => old[i] ?? stringOf(node, 'default_string', '_Unused')) }];
  }
  const [keys, values] = [listIn(node, 'keys'), listIn(node, 'values')];
  const map = new Map(keys.list.map((key, i) => [keyOf(key), values.list[i]!]));
  const given = tensorOf(node, 'default_tensor');
  const fallback: Key = given && 'data' in given ? elementsOfEntries(given)[0]! : (defaults[values.type]?.(node) ?? 0);
  return [
    made(
      values.type,
      x.dims,
      elementsOfEntries(x).map((key) => map.get(keyOf(key)) ?? fallback),
    ),
  ];
};

const categoryMapper: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const [names, numbers] = [stringsOf(node, 'cats_strings') ?? [], intsOf(node, 'cats_int64s') ?? []];
  if (x.type === 'string')
    return [
      int64s(
        x.data.map((text) => numbers[names.indexOf(text)] ?? intOf(node, 'default_int64', -1)),
        x.dims,
      ),
    ];
  return [{ type: 'string', dims: x.dims, data: integersOf(x).map((i) => names[numbers.indexOf(i)] ?? stringOf(node, 'default_string', '_Unused')) }];
};

/** A row of scores, one a class (or target): x . coefficients + intercept. */
function linear(node: Node, x: Tensor, count: number): number[][] {
  const { rows, width, values } = table(x);
  const [coefficients, intercepts] = [floatsOf(node, 'coefficients') ?? badAttribute(node, 'coefficients'), floatsOf(node, 'intercepts') ?? []];
  return range(rows).map((row) =>
    range(count).map((k) => range(width).reduce((sum, i) => sum + values[row * width + i]! * coefficients[k * width + i]!, intercepts[k] ?? 0)),
  );
}
const linearClassifier: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const { count, tensor } = labels(node);
  const sets = (floatsOf(node, 'coefficients')?.length ?? 0) / table(x).width;
  const transform = stringOf(node, 'post_transform', 'NONE');
  const raw = linear(node, x, sets);
  // One set of coefficients for two classes: the score of the second, and what is left.
  const scores = raw.map((row) => {
    if (sets > 1 || count !== 2) return postTransform(transform, row);
    const [p] = postTransform(transform, row) as [number];
    return transform === 'NONE' ? [-p, p] : [1 - p, p];
  });
  return [tensor(scores.map(best)), fromNumbers('float32', [scores.length, count], scores.flat())];
};
const linearRegressor: Kernel = (node, inputs) => {
  const targets = intOf(node, 'targets', 1);
  const rows = linear(node, tensorAt(node, inputs, 0), targets).map((row) => postTransform(stringOf(node, 'post_transform', 'NONE'), row));
  return [fromNumbers('float32', [rows.length, targets], rows.flat())];
};

/** A map from label to score for every row. */
const zipMap: Kernel = (node, inputs) => {
  const { rows, width, values } = table(tensorAt(node, inputs, 0));
  const keys: readonly (string | bigint)[] =
    stringsOf(node, 'classlabels_strings') ?? (intsOf(node, 'classlabels_int64s') ?? badAttribute(node, 'classlabels_int64s')).map(BigInt);
  if (keys.length !== width) badInput(node, 0, 'there are not as many columns as labels', { expected: keys.length, actual: width });
  return [range(rows).map((row): Datum => new Map(keys.map((key, i) => [key, filled(values[row * width + i]!)])))];
};

/** The values of a map, in the order of a vocabulary: one row. */
const dictVectorizer: Kernel = (node, inputs) => {
  const map = inputs[0];
  if (!(map instanceof Map)) return badInput(node, 0, 'the input is no map');
  const words = stringsOf(node, 'string_vocabulary');
  const vocabulary: readonly (string | bigint)[] = words?.length
    ? words
    : (intsOf(node, 'int64_vocabulary') ?? badAttribute(node, 'string_vocabulary')).map(BigInt);
  const first: unknown = [...map.values()][0];
  const type = isTensor(first as Datum) ? (first as Tensor).type : 'float32';
  const values = vocabulary.map((word): Key => {
    const value = map.get(word) ?? (typeof word === 'bigint' ? map.get(Number(word)) : undefined);
    return isTensor(value) ? elementsOfEntries(value)[0]! : type === 'string' ? '' : 0;
  });
  return [made(type, [1, vocabulary.length], values)];
};

const castTypes: Readonly<Record<string, DType>> = { TO_FLOAT: 'float32', TO_STRING: 'string', TO_INT64: 'int64' };
/** The values of a map in the order of its keys, or each at the place its key says: one row. Numbers as text have six places, and a free place is '0.f', as ONNX Runtime has it. */
const castMap: Kernel = (node, inputs) => {
  const map = inputs[0];
  if (!(map instanceof Map)) return badInput(node, 0, 'the input is no map');
  const name = stringOf(node, 'cast_to', 'TO_FLOAT');
  const type = castTypes[name] ?? badAttribute(node, 'cast_to', name);
  const cast = (value: Key): Key => (type === 'string' && typeof value === 'number' ? value.toFixed(6) : value);
  const entries = [...map].map(([key, value]) => [Number(key), cast(isTensor(value) ? elementsOfEntries(value)[0]! : 0)] as const).sort(([a], [b]) => a - b);
  if (stringOf(node, 'map_form', 'DENSE') === 'DENSE')
    return [
      made(
        type,
        [1, entries.length],
        entries.map(([, value]) => value),
      ),
    ];
  const row = range(intOf(node, 'max_map', 1)).map((): Key => (type === 'string' ? '0.f' : 0));
  for (const [key, value] of entries) if (key >= 0 && key < row.length) row[key] = value;
  return [made(type, [1, row.length], row)];
};

export const kernels = {
  'ai.onnx.ml:CastMap': castMap,
  'ai.onnx.ml:DictVectorizer': dictVectorizer,
  'ai.onnx.ml:Scaler': scaler,
  'ai.onnx.ml:Normalizer': normalizer,
  'ai.onnx.ml:Imputer': imputer,
  'ai.onnx.ml:Binarizer': (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const threshold = attributeOf(node, 'threshold', 'float') ?? 0;
    return [
      fromNumbers(
        x.type,
        x.dims,
        numbersOf(x).map((each) => (each > threshold ? 1 : 0)),
      ),
    ];
  },
  'ai.onnx.ml:ArrayFeatureExtractor': arrayFeatureExtractor,
  'ai.onnx.ml:OneHotEncoder': oneHotEncoder,
  'ai.onnx.ml:FeatureVectorizer': featureVectorizer,
  'ai.onnx.ml:LabelEncoder': labelEncoder,
  'ai.onnx.ml:CategoryMapper': categoryMapper,
  'ai.onnx.ml:LinearClassifier': linearClassifier,
  'ai.onnx.ml:LinearRegressor': linearRegressor,
  'ai.onnx.ml:ZipMap': zipMap,
} satisfies Record<string, Kernel>;
