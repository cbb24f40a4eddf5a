// Feeds for a model: what --data names, or seeded random ones that fit its inputs.
import { stat } from 'node:fs/promises';
import { batch, type ModuleMetric, take } from '@modeldiet/data';
import { fromPath } from '@modeldiet/data/node';
import { isModelDietError } from '@modeldiet/numfmt';
import type { Model } from '@modeldiet/onnx-io';
import { randomFeeds } from '@modeldiet/runtime';
import type { Dataset, Feeds } from '@modeldiet/tensor';
import type { Context } from '../context';
import { fail } from '../errors';
import type { ImageWords } from '../words/images';
import { integer } from '../words/options';
import { imagesFor } from './images';

export interface DataSet {
  readonly items: Dataset;
  readonly metric?: ModuleMetric;
  /** As the user named it: 'digits', 'random:32'. */
  readonly name: string;
  readonly random: boolean;
}

export interface FeedWords {
  /** What --data says; default `random:8`. */
  readonly data?: string;
  /** By name or place. */
  readonly dims: Readonly<Record<string, number>>;
  readonly seed: number;
  /** What --images says; what it leaves out is read off the model. */
  readonly images?: ImageWords;
}

const defaultData = 'random:8';

/** The data set of --data for a model. Throws `cli/unknown-data`, and what the reader of the file and `randomFeeds` throw. */
export async function openData(context: Context, model: Model, { data = defaultData, dims, seed, images = {} }: FeedWords): Promise<DataSet> {
  const [, count] = /^random:(.*)$/.exec(data) ?? [];
  if (count !== undefined) {
    const items = randomFeeds(model, { dims, seed, count: integer('--data random:', { min: 1, max: 1e6 })(count) });
    return { items, name: data, random: true };
  }
  try {
    const path = data === 'digits' ? data : context.path(data);
    const folder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    const items = await fromPath(path, folder ? { images: imagesFor(model, images, dims) } : {});
    return { items, metric: items.metric, name: data, random: false };
  } catch (error) {
    if (!isModelDietError(error) || error.code !== 'data/unknown-path') throw error;
    throw fail('unknown-data', { where: { option: '--data' }, expected: error.expected, actual: data, cause: error });
  }
}

/** The symbolic first axes of the inputs bound to `size`, unless they are bound already. */
export function withBatch(model: Model, dims: Readonly<Record<string, number>>, size: number): Readonly<Record<string, number>> {
  const bound = { ...dims };
  for (const { name, type, initializer } of model.graph.inputs) {
    const first = initializer === undefined && type?.kind === 'tensor' ? type.shape?.[0] : undefined;
    if (typeof first !== 'string') continue;
    const key = first.startsWith('?') ? `${name}:0` : first;
    bound[key] ??= size;
  }
  return bound;
}

/** The first `rows` rows of a data set as one item; undefined where it is empty. */
export async function firstBatch(items: Dataset, rows: number): Promise<Feeds | undefined> {
  for await (const item of batch(take(items, rows), rows)) return item;
  return undefined;
}
