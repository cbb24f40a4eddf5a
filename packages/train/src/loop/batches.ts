// Batches for a session out of columns: bound to its inputs once, then gathered step by step.
import { bindFeeds, type Slot } from '@modeldiet/runtime';
import type { Feeds, LongWork, Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Loss } from '../losses/loss';
import { type Columns, gatherer, readColumns } from './columns';

export interface BoundData {
  readonly count: number;
  /** The columns as they were, for metrics. */
  readonly columns: Columns;
  /** Rows of every input, bound; valid until the next call. */
  batch(order: Uint32Array): Feeds;
  /** Rows of the raw columns. */
  raw(order: Uint32Array): Feeds;
}

/** The batch extent a model insists on, if it does. Throws `train/option` where inputs insist on different ones. */
export function fixedBatch(inputs: readonly Slot[]): number | undefined {
  const fixed = new Set(inputs.flatMap(({ dims }) => (dims?.length && typeof dims[0] === 'number' ? [dims[0]] : [])));
  if (fixed.size > 1)
    throw fail('option', { where: { option: 'batchSize' }, expected: 'one batch extent', actual: [...fixed] }, 'the inputs have different fixed first extents');
  return [...fixed][0];
}

/** Any number of rows, whatever the model's fixed batch. */
const openBatch = (slot: Slot): Slot => (slot.dims?.length && typeof slot.dims[0] === 'number' ? { ...slot, dims: ['?rows', ...slot.dims.slice(1)] } : slot);

/**
 * Reads a dataset and binds its columns to the inputs; `renamed` says which input a column of the loss feeds.
 * Throws `train/empty-dataset`, `train/column-missing`, `runtime/feeds-mismatch`.
 */
export async function bindData(
  option: string,
  dataset: Parameters<typeof readColumns>[0],
  inputs: readonly Slot[],
  renamed: Readonly<Record<string, string>>,
  work: LongWork,
): Promise<BoundData> {
  const columns = await readColumns(dataset, option, work);
  const given: Record<string, Tensor> = { ...columns.feeds };
  for (const column of Object.keys(renamed)) {
    if (!Object.hasOwn(given, column)) throw fail('column-missing', { where: { option, value: column }, actual: Object.keys(columns.feeds) });
    delete given[column];
  }
  for (const [column, input] of Object.entries(renamed)) given[input] = columns.feeds[column]!;
  const bound = bindFeeds(inputs.map(openBatch), given, { labels: [] });
  return { count: columns.count, columns, batch: gatherer(bound), raw: gatherer(columns.feeds) };
}

/** Throws `train/label-range` for the first label outside 0..classes-1. */
export function checkLabels(option: string, { columns }: BoundData, { classes: column }: Loss, classes: number): void {
  const labels = column === undefined ? undefined : columns.feeds[column];
  if (!labels) return;
  if (labels.type === 'string') throw fail('label-type', { where: { option, value: column }, expected: 'class indices', actual: 'string' });
  for (let row = 0; row < labels.data.length; row++) {
    const label = Number(labels.data[row]);
    if (!(label >= 0 && label < classes))
      throw fail('label-range', { where: { option, value: column }, expected: `0 to ${classes - 1}`, actual: `${label} in row ${row}` });
  }
}
