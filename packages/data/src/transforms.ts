// Datasets out of datasets. Nothing is read before someone iterates, but by split (labels) and cache.
import { type Dataset, type Feeds, type LongWork, random } from '@modeldiet/tensor';
import { indexed, isIndexed, requireIndexed, streamed } from './dataset';
import { fail } from './errors';
import { concatFeeds, rowCount, sliceFeeds } from './rows';

const positive = (n: number, option: string): void => {
  if (!(Number.isInteger(n) && n > 0)) throw fail('argument', { where: { option }, expected: 'a positive integer', actual: n });
};

export interface BatchOptions extends Pick<LongWork, 'onWarning'> {
  /** What becomes of the last rows when they do not fill a batch: kept as a shorter batch (default), dropped, or padded with rows of the same batch from its start. */
  readonly last?: 'keep' | 'drop' | 'pad';
}

const realRowsOf = new WeakMap<Feeds, number>();

/** Rows of a batch that are data: fewer than its batch axis when {@link batch} padded it. */
export const realRows = (feeds: Feeds): number => realRowsOf.get(feeds) ?? rowCount(feeds);

/**
 * Regroups the rows of all items into batches of `n` along axis 0. Dropped and padded rows are said through `onWarning` (`data/dropped`, `data/padded`), and {@link realRows} tells a
 * padded batch's rows. Errors: `data/argument`; `data/columns` when items differ in names, types or the other dims.
 */
export function batch(ds: Dataset, n: number, options: BatchOptions = {}): Dataset {
  positive(n, 'n');
  const { last = 'keep', onWarning } = options;
  const finish = (rest: Feeds, count: number): Feeds | undefined => {
    if (count === n || last === 'keep') return rest;
    if (last === 'drop') {
      onWarning?.({ code: 'data/dropped', message: `${count} rows that do not fill a batch of ${n} are left out`, where: {}, count });
      return undefined;
    }
    onWarning?.({ code: 'data/padded', message: `the last batch of ${n} is filled up with ${n - count} repeated rows`, where: {}, count: n - count });
    const padding = Array.from({ length: Math.ceil((n - count) / count) }, (_, k) => sliceFeeds(rest, 0, Math.min(count, n - count * (k + 1))));
    const padded = concatFeeds([rest, ...padding]);
    realRowsOf.set(padded, count);
    return padded;
  };
  if (isIndexed(ds) && ds.gather) {
    const { length } = ds;
    const gather = ds.gather;
    const part = (i: number): Feeds => gather(Array.from({ length: Math.min(n, length - i * n) }, (_, k) => i * n + k));
    const whole = Math.floor(length / n);
    const count = last === 'drop' ? whole : Math.ceil(length / n);
    return {
      ...indexed(count, (i) => finish(part(i), Math.min(n, length - i * n))!),
      async *[Symbol.asyncIterator]() {
        for (let i = 0; i < Math.ceil(length / n); i++) {
          const made = finish(part(i), Math.min(n, length - i * n));
          if (made) yield made;
        }
      },
    };
  }
  return streamed(async function* () {
    let waiting: Feeds[] = [];
    let count = 0;
    for await (const item of ds) {
      let [from, rows] = [0, rowCount(item)];
      while (count + rows - from >= n) {
        const to = from + n - count;
        yield concatFeeds([...waiting, from === 0 && to === rows ? item : sliceFeeds(item, from, to)]);
        [waiting, count, from] = [[], 0, to];
      }
      rows -= from;
      if (rows > 0) waiting.push(from === 0 ? item : sliceFeeds(item, from, from + rows));
      count += rows;
    }
    const rest = count > 0 ? finish(concatFeeds(waiting), count) : undefined;
    if (rest) yield rest;
  });
}

export interface ShuffleOptions {
  readonly seed: number | string;
  /** Another order for each epoch. Default 0. */
  readonly epoch?: number;
  /** Items held at once when the dataset cannot be read in any order. Default 4096. */
  readonly buffer?: number;
}

/** The items in a seeded order: a full permutation when they can be read in any order, else drawn from a buffer that is filled as it empties. Error: `data/argument`. */
export function shuffle(ds: Dataset, { seed, epoch = 0, buffer = 4096 }: ShuffleOptions): Dataset {
  positive(buffer, 'buffer');
  const label = `shuffle ${epoch}`;
  if (isIndexed(ds)) return pick(ds, permutation(ds.length, seed, label));
  return streamed(async function* () {
    const rng = random(seed).fork(label);
    const held: Feeds[] = [];
    for await (const item of ds) {
      held.push(item);
      if (held.length === buffer) yield drawn(held, rng.int(held.length));
    }
    while (held.length > 0) yield drawn(held, rng.int(held.length));
  }, ds.length);
}

/** Takes item `i` out; the last one moves into its place. */
function drawn(held: Feeds[], i: number): Feeds {
  const item = held[i]!;
  const last = held.pop()!;
  if (i < held.length) held[i] = last;
  return item;
}

/** 0 .. n - 1 in a seeded order (Fisher-Yates). */
export function permutation(n: number, seed: number | string, label: string): Uint32Array {
  const rng = random(seed).fork(label);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** These items, in this order. Errors: `data/not-indexed`, `data/argument` for an index out of range. */
export function pick(ds: Dataset, indices: ArrayLike<number>): Dataset {
  const source = requireIndexed(ds, 'pick');
  const gather = source.gather;
  for (let i = 0; i < indices.length; i++)
    if (!(indices[i]! >= 0 && indices[i]! < source.length))
      throw fail('argument', { where: { option: 'indices' }, expected: `0 to ${source.length - 1}`, actual: indices[i] });
  return indexed(indices.length, (i) => source.at(indices[i]!), gather && ((chosen) => gather(Array.from(chosen, (i) => indices[i]!))));
}

/** Each item as `f` makes it. */
export function map(ds: Dataset, f: (feeds: Feeds, index: number) => Feeds | Promise<Feeds>): Dataset {
  if (isIndexed(ds)) return indexed(ds.length, async (i) => f(await ds.at(i), i));
  return streamed(async function* () {
    let i = 0;
    for await (const item of ds) yield f(item, i++);
  }, ds.length);
}

/** The first `n` items. Error: `data/argument`. */
export function take(ds: Dataset, n: number): Dataset {
  if (!(Number.isInteger(n) && n >= 0)) throw fail('argument', { where: { option: 'n' }, expected: 'a count', actual: n });
  if (isIndexed(ds))
    return pick(
      ds,
      Uint32Array.from({ length: Math.min(n, ds.length) }, (_, i) => i),
    );
  return streamed(
    async function* () {
      if (n === 0) return;
      let i = 0;
      for await (const item of ds) {
        yield item;
        if (++i === n) return;
      }
    },
    ds.length === undefined ? undefined : Math.min(n, ds.length),
  );
}

/** The items of one dataset after those of the other. */
export function concat(...all: readonly Dataset[]): Dataset {
  const known = all.every((ds) => ds.length !== undefined);
  const total = known ? all.reduce((n, ds) => n + ds.length!, 0) : undefined;
  if (all.every(isIndexed))
    return indexed(total!, (index) => {
      let i = index;
      for (const ds of all) {
        if (i < ds.length) return ds.at(i);
        i -= ds.length;
      }
      throw fail('argument', { actual: index });
    });
  return streamed(async function* () {
    for (const ds of all) yield* ds;
  }, total);
}

/** Reads every item once and keeps them: the result can be read in any order. */
export async function cache(ds: Dataset, work: LongWork = {}): Promise<Dataset> {
  const items: Feeds[] = [];
  for await (const item of ds) {
    work.signal?.throwIfAborted();
    items.push(item);
    work.onProgress?.({ phase: 'cache', done: items.length, ...(ds.length === undefined ? {} : { total: ds.length }), unit: 'samples' });
  }
  return indexed(items.length, (i) => items[i]!);
}
