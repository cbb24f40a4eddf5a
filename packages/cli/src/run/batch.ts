// One batch of feeds for a model, and which batches it takes.
import type { Feeds } from '@modeldiet/tensor';
import type { Context } from '../context';
import { fail } from '../errors';
import { bindDims } from '../words/dims';
import type { DataOption, DimsOption, SeedOption } from '../words/shared';
import { firstBatch, openData, withBatch } from './feeds';
import type { Opened } from './open';

/** The batch that all inputs insist on, where the file says one. */
export function fixedBatch({ model }: Pick<Opened, 'model'>): number | undefined {
  const firsts = model.graph.inputs.flatMap(({ type, initializer }) =>
    initializer === undefined && type?.kind === 'tensor' && type.shape?.length ? [type.shape[0]!] : [],
  );
  const [first] = firsts;
  return typeof first === 'number' && firsts.every((extent) => extent === first) ? first : undefined;
}

/** Default: what the first file fixes, else 1. Throws `cli/option-value` for a batch that a file cannot take. */
export function batchesFor(files: readonly Opened[], asked: readonly number[] | undefined): readonly number[] {
  const batches = asked ?? [fixedBatch(files[0]!) ?? 1];
  for (const file of files) {
    const fixed = fixedBatch(file);
    const wrong = fixed === undefined ? undefined : batches.find((batch) => batch !== fixed);
    if (wrong !== undefined)
      throw fail('option-value', { where: { option: '--batch', file: file.path }, expected: fixed, actual: wrong }, 'the model has a fixed batch');
  }
  return batches;
}

/** `size` rows of --data, or random ones. Throws `cli/option-value` where the data has fewer. */
export async function batchFeeds(context: Context, { model }: Opened, options: DataOption & DimsOption & SeedOption, size: number): Promise<Feeds> {
  const { data, seed, images } = options;
  const { byPlace } = bindDims(options.dims, model);
  if (data && !data.startsWith('random:')) {
    const { items } = await openData(context, model, { data, dims: byPlace, seed, images });
    const feeds = await firstBatch(items, size);
    const rows = Object.values(feeds ?? {})[0]?.dims[0] ?? 0;
    if (!feeds || rows < size) throw fail('option-value', { where: { option: '--batch' }, expected: `at most the ${rows} rows of ${data}`, actual: size });
    return feeds;
  }
  const { items } = await openData(context, model, { data: 'random:1', dims: withBatch(model, byPlace, size), seed });
  return (await firstBatch(items, 1))!;
}
