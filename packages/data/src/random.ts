// Random feeds from plain descriptions of columns.
import { encodeArray } from '@modeldiet/numfmt';
import { type DataOf, type Dataset, type DType, elementCount, formatOf, type Random, random, type Tensor, tensor } from '@modeldiet/tensor';
import { indexed } from './dataset';
import { fail } from './errors';

/** A column of random feeds; `dims` include the batch axis. */
export interface RandomColumn {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Integers are uniform in 0 .. below - 1; default 2. */
  readonly below?: number;
}

/**
 * `count` items: floats standard normal, integers uniform below `below`, bool 0 or 1. The same seed gives the same numbers, item by item in any order; a column's numbers do not depend
 * on the other columns. Errors: `data/argument` for types without random numbers (string, complex).
 */
export function randomColumns(columns: readonly RandomColumn[], { seed, count }: { readonly seed: number | string; readonly count: number }): Dataset {
  if (!(Number.isInteger(count) && count >= 0)) throw fail('argument', { where: { option: 'count' }, expected: 'a count', actual: count });
  for (const { name, dtype } of columns)
    if (dtype !== 'bool' && !formatOf(dtype)) throw fail('argument', { where: { value: name }, expected: 'a type of numbers', actual: dtype }, 'random column');
  const root = random(seed);
  return indexed(count, (i) => Object.fromEntries(columns.map((column) => [column.name, randomTensor(column, root.fork(column.name).fork(String(i)))])));
}

function randomTensor({ dtype, dims, below = 2 }: RandomColumn, rng: Random): Tensor {
  const n = elementCount(dims);
  const format = formatOf(dtype);
  if (!format)
    return tensor(
      'bool',
      Uint8Array.from({ length: n }, () => rng.int(2)),
      dims,
    );
  const values = Float64Array.from({ length: n }, () => (format.kind === 'int' ? rng.int(below) : rng.normal()));
  return tensor(dtype, encodeArray(values, format) as DataOf[DType], dims);
}
