// Making datasets: anything that iterates feeds again and again.
import type { Batches, Dataset, Feeds } from '@modeldiet/tensor';
import { fail } from './errors';
import { gatherFeeds, rowCount, sliceFeeds } from './rows';

/** A dataset whose items can be read in any order; `gather` gives many items joined along axis 0 at once. */
export interface IndexedDataset extends Dataset {
  readonly length: number;
  at(index: number): Feeds | Promise<Feeds>;
  /** Only where every item is one row of columns in memory. */
  gather?(indices: ArrayLike<number>): Feeds;
}

export const isIndexed = (ds: Dataset): ds is IndexedDataset => ds.at !== undefined && ds.length !== undefined;

/** Error: `data/not-indexed`. */
export function requireIndexed(ds: Dataset, what: string): IndexedDataset {
  if (!isIndexed(ds)) throw fail('not-indexed', {}, `${what} needs items that can be read in any order: use cache() first`);
  return ds;
}

/** A dataset over an iterable made anew for each reading. */
export const streamed = (iterate: () => AsyncIterable<Feeds>, length?: number): Dataset => ({
  ...(length === undefined ? {} : { length }),
  [Symbol.asyncIterator]: () => iterate()[Symbol.asyncIterator](),
});

/** A dataset over items that can be read in any order. */
export function indexed(length: number, at: (index: number) => Feeds | Promise<Feeds>, gather?: (indices: ArrayLike<number>) => Feeds): IndexedDataset {
  const checked = (index: number): Feeds | Promise<Feeds> => {
    if (!(Number.isInteger(index) && index >= 0 && index < length))
      throw fail('argument', { where: { option: 'index' }, expected: `0 to ${length - 1}`, actual: index });
    return at(index);
  };
  return {
    length,
    at: checked,
    ...(gather ? { gather } : {}),
    async *[Symbol.asyncIterator]() {
      for (let i = 0; i < length; i++) yield at(i);
    },
  };
}

/**
 * One item for each row of the columns, each with a batch axis of 1. Errors: `data/columns`.
 *
 * @example fromArrays({ x: tensor('float32', new Float32Array(6), [3, 2]), label: tensor('int64', new BigInt64Array(3), [3]) }) // 3 items
 */
export function fromArrays(columns: Feeds): IndexedDataset {
  const count = rowCount(columns);
  return indexed(
    count,
    (i) => sliceFeeds(columns, i, i + 1),
    (indices) => gatherFeeds(columns, indices),
  );
}

/**
 * A dataset of feeds as they come: an array (indexed), an iterable that can be read again, or a function that makes one. Error: `data/spent` at the second reading of a generator.
 */
export function fromFeeds(items: Batches | (() => Batches | Promise<Batches>)): Dataset {
  if (Array.isArray(items)) {
    const all = items as readonly Feeds[];
    return indexed(all.length, (i) => all[i]!);
  }
  if (typeof items === 'function')
    return streamed(async function* () {
      yield* await items();
    });
  let read = false;
  // An iterable that is its own iterator can be read only once.
  const once = 'next' in items;
  return streamed(async function* () {
    if (once && read) throw fail('spent');
    read = true;
    yield* items as AsyncIterable<Feeds>;
  });
}
