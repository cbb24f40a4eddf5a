// Feeds from a module: an app's own preprocessing, as `./feeds.mjs`.
import { isModelDietError } from '@modeldiet/numfmt';
import { type Batches, type DataOf, type Dataset, type DType, type Feeds, isDType, type Tensor, tensor } from '@modeldiet/tensor';
import { fromFeeds, isIndexed, streamed } from './dataset';
import { fail } from './errors';
import { map } from './transforms';

/** The quality of outputs against the feeds they came from: a number, the mean over batches is reported. */
export type ModuleMetric = (outputs: Readonly<Record<string, Tensor>>, feeds: Feeds) => number | Promise<number>;

/** What such a module exports: an (async) iterable of feeds or a function that makes one, and perhaps a metric. */
export interface FeedsModule {
  readonly default: Batches | (() => Batches | Promise<Batches>);
  readonly metric?: ModuleMetric;
}

/**
 * The dataset of a feeds module; each item is checked. Tensors are plain { type, dims, data } (ORT's own will do). Errors: `data/feeds` for a module or an item of another shape (the item
 * is named), `data/module-failed` for what its code throws, `data/spent` at the second reading of a generator that is not behind a function.
 */
export function fromModule(module: unknown): Dataset & { readonly metric?: ModuleMetric } {
  if (!isModule(module)) throw fail('feeds', {}, 'a feeds module exports by default an (async) iterable of feeds, or a function that makes one');
  const { default: items, metric } = module;
  const checked = map(named(fromFeeds(typeof items === 'function' ? () => iterableOf(items()) : items)), (item, i) => feedsOf(item, i));
  if (metric !== undefined && typeof metric !== 'function') throw fail('feeds', { expected: 'a function', actual: typeof metric }, "the module's metric");
  return {
    ...checked,
    ...(metric && { metric: (outputs: Readonly<Record<string, Tensor>>, feeds: Feeds) => ofModule(() => metric(outputs, feeds), 'its metric') }),
  };
}

/** Runs the module's code: what it throws is its error, said as such. */
export async function ofModule<T>(run: () => T | Promise<T>, where: string): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (isModelDietError(cause)) throw cause;
    throw fail('module-failed', { cause }, `the feeds module threw, ${where}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** The dataset, with the module's own errors named. */
function named(ds: Dataset): Dataset {
  if (isIndexed(ds)) return ds;
  return streamed(async function* () {
    const items = ds[Symbol.asyncIterator]();
    try {
      for (let at = 0; ; at++) {
        const { value, done } = await ofModule(() => items.next(), `item ${at}`);
        if (done) return;
        yield value;
      }
    } finally {
      await items.return?.();
    }
  }, ds.length);
}

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null;
const isIterable = (x: unknown): x is Batches => isObject(x) && (Symbol.iterator in x || Symbol.asyncIterator in x);
const isModule = (x: unknown): x is FeedsModule => isObject(x) && 'default' in x && (typeof x.default === 'function' || isIterable(x.default));

async function iterableOf(made: unknown): Promise<Batches> {
  const items = await made;
  if (!isIterable(items)) throw fail('feeds', { expected: 'an (async) iterable', actual: typeof items }, 'what the feeds module makes');
  return items;
}

/** The item as feeds. Error: `data/feeds`. */
export function feedsOf(item: unknown, index: number): Feeds {
  if (!isObject(item) || Object.keys(item).length === 0) throw fail('feeds', { expected: 'tensors by name', actual: typeof item }, `item ${index}`);
  return Object.fromEntries(Object.entries(item).map(([name, t]) => [name, tensorOf(t, `item ${index}, '${name}'`)]));
}

/** Where engines have Float16Array, ONNX Runtime gives it; our float16 is the bits. */
const storageOf = (data: unknown): unknown =>
  ArrayBuffer.isView(data) && Object.prototype.toString.call(data) === '[object Float16Array]'
    ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
    : data;

function tensorOf(t: unknown, where: string): Tensor {
  if (!isObject(t) || !('type' in t && 'dims' in t && 'data' in t) || typeof t.type !== 'string' || !isDType(t.type) || !Array.isArray(t.dims))
    throw fail('feeds', { expected: 'a tensor { type, dims, data }' }, where);
  try {
    return tensor<DType>(t.type, storageOf(t.data) as DataOf[DType], [...t.dims]);
  } catch (cause) {
    throw fail('feeds', { cause, actual: cause instanceof Error ? cause.message : String(cause) }, where);
  }
}
