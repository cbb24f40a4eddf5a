// Feeds of a batch size for a model: the first rows of the data, or random ones where there is no data.
import { batch, take } from '@modeldiet/data';
import type { Model } from '@modeldiet/onnx-io';
import { randomFeeds } from '@modeldiet/runtime';
import type { Dataset, Feeds } from '@modeldiet/tensor';
import { fail } from './errors';

export interface FeedOptions {
  /** Items of one row or more; enough rows for the largest batch. */
  readonly dataset?: Dataset;
  /** Extents of symbolic dims for random feeds, by name or place ('x:2'). */
  readonly dims?: Readonly<Record<string, number>>;
  readonly seed?: number | string;
}

/** The symbolic first axes bound to `size`, unless `dims` binds them. Throws `pipeline/fixed-batch`. */
function dimsWith(model: Model, dims: Readonly<Record<string, number>>, size: number): Readonly<Record<string, number>> {
  const bound = { ...dims };
  for (const { name, type, initializer } of model.graph.inputs) {
    const first = initializer === undefined && type?.kind === 'tensor' ? type.shape?.[0] : undefined;
    if (typeof first === 'string') bound[first.startsWith('?') ? `${name}:0` : first] ??= size;
    else if (typeof first === 'number' && first !== size && size > 1)
      throw fail('fixed-batch', { where: { value: name, option: 'batches' }, expected: first, actual: size });
  }
  return bound;
}

/** Throws `pipeline/too-few-rows`, `fixed-batch`, and what `randomFeeds` throws. */
export async function feedsOf(model: Model, size: number, { dataset, dims = {}, seed = 0 }: FeedOptions): Promise<Feeds> {
  if (!dataset) return randomFeeds(model, { dims: dimsWith(model, dims, size), seed }).at(0);
  for await (const item of batch(take(dataset, size), size)) {
    const rows = Object.values(item)[0]?.dims[0] ?? 0;
    if (rows < size) throw fail('too-few-rows', { where: { option: 'batches' }, expected: size, actual: rows });
    return item;
  }
  throw fail('too-few-rows', { where: { option: 'dataset' }, expected: size, actual: 0 });
}
