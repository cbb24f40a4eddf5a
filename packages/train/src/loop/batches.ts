// Batches for a session: a dataset is read once, kept in memory as columns where it fits and streamed where it does not, and bound to the session's inputs.
import { batch, concatFeeds, fromArrays, fromFeeds, rowCount, shuffle } from '@modeldiet/data';
import { bindFeeds, type Slot } from '@modeldiet/runtime';
import { type Batches, checkpoint, type Dataset, type Feeds, type LongWork, type Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';

/** The smallest and the largest label, and their rows. */
export interface LabelRange {
  readonly min: { readonly label: number; readonly row: number };
  readonly max: { readonly label: number; readonly row: number };
}

export interface Source {
  /** Rows. */
  readonly count: number;
  /** The raw columns, row by row where they are in memory, else item by item. */
  readonly dataset: Dataset;
  /** All columns, where they are in memory. */
  readonly columns?: Feeds;
  readonly labels?: LabelRange;
}

export interface ReadOptions extends LongWork {
  /** The option that gave the dataset, for errors. */
  readonly option: string;
  /** Columns it must have. */
  readonly columns: readonly string[];
  /** The column of class indices. */
  readonly classes?: string;
  /** Above that many bytes it is streamed. */
  readonly cacheBytes: number;
}

const bytesIn = (feeds: Feeds): number =>
  Object.values(feeds).reduce((sum, column) => sum + (column.type === 'string' ? 64 * column.data.length : column.data.byteLength), 0);

function widen(range: LabelRange | undefined, labels: Tensor, from: number): LabelRange | undefined {
  let { min, max } = range ?? { min: { label: Number.POSITIVE_INFINITY, row: 0 }, max: { label: Number.NEGATIVE_INFINITY, row: 0 } };
  for (let i = 0; i < labels.data.length; i++) {
    const label = Number(labels.data[i]);
    if (Number.isNaN(label)) return { min: { label, row: from + i }, max: { label, row: from + i } };
    if (label < min.label) min = { label, row: from + i };
    if (label > max.label) max = { label, row: from + i };
  }
  return { min, max };
}

/** Reads a dataset once. Throws `train/empty-dataset`, `train/column-missing`, `train/label-type`, and what the dataset throws. */
export async function readSource(given: Dataset | Batches, { option, columns, classes, cacheBytes, ...work }: ReadOptions): Promise<Source> {
  const dataset: Dataset = Symbol.asyncIterator in given && !('next' in given) ? given : fromFeeds(given);
  let kept: Feeds[] | undefined = [];
  let labels: LabelRange | undefined;
  let [count, bytes] = [0, 0];
  for await (const item of dataset) {
    await checkpoint(work);
    for (const name of columns) if (!Object.hasOwn(item, name)) throw fail('column-missing', { where: { option, value: name }, actual: Object.keys(item) });
    const answers = classes === undefined ? undefined : item[classes];
    if (answers?.type === 'string') throw fail('label-type', { where: { option, value: classes }, expected: 'class indices', actual: 'string' });
    if (answers) labels = widen(labels, answers, count);
    count += rowCount(item);
    bytes += bytesIn(item);
    if (bytes > cacheBytes) kept = undefined;
    kept?.push(item);
  }
  if (count === 0) throw fail('empty-dataset', { where: { option } });
  const all = kept && concatFeeds(kept);
  return { count, dataset: all ? fromArrays(all) : dataset, ...(all && { columns: all }), ...(labels && { labels }) };
}

/** Throws `train/label-range` for a label outside 0..classes-1. */
export function checkLabels(option: string, column: string, { labels }: Source, classes: number): void {
  if (!labels) return;
  for (const { label, row } of [labels.min, labels.max])
    if (!(label >= 0 && label < classes && Number.isInteger(label)))
      throw fail('label-range', { where: { option, value: column }, expected: `0 to ${classes - 1}`, actual: `${label} in row ${row}` });
}

/** The batch extent a model insists on, if it does. Throws `train/option` where inputs insist on different ones. */
export function fixedBatch(inputs: readonly Slot[]): number | undefined {
  const fixed = new Set(inputs.flatMap(({ dims }) => (dims?.length && typeof dims[0] === 'number' ? [dims[0]] : [])));
  if (fixed.size > 1) throw fail('option', { where: { option: 'batchSize' }, actual: [...fixed] }, 'the inputs have different fixed first extents');
  return [...fixed][0];
}

/** What a session takes of a batch: its inputs, and which input each column of the loss feeds. */
export interface Binding {
  readonly inputs: readonly Slot[];
  readonly renamed: Readonly<Record<string, string>>;
}

/** Columns onto inputs. Throws `runtime/feeds-mismatch`. */
export function bind({ inputs, renamed }: Binding, columns: Feeds): Feeds {
  const given: Record<string, Tensor> = { ...columns };
  for (const column of Object.keys(renamed)) delete given[column];
  for (const [column, input] of Object.entries(renamed)) given[input] = columns[column]!;
  return bindFeeds(inputs, given, { labels: [] });
}

/** Any number of rows, whatever the model's fixed batch. */
const openBatch = (slot: Slot): Slot => (slot.dims?.length && typeof slot.dims[0] === 'number' ? { ...slot, dims: ['?rows', ...slot.dims.slice(1)] } : slot);

export interface EpochOptions {
  readonly seed: number | string;
  readonly epoch: number;
  readonly size: number;
  /** Leaves out the last rows where they do not fill a batch. */
  readonly whole: boolean;
}

/** The batches of one epoch, in a seeded order: columns in memory are bound once, streamed ones batch by batch. */
export function batchesOf(source: Source, binding: Binding): (options: EpochOptions) => AsyncIterable<Feeds> {
  const bound = source.columns && fromArrays(bind({ ...binding, inputs: binding.inputs.map(openBatch) }, source.columns));
  return async function* ({ seed, epoch, size, whole }) {
    const batches = batch(shuffle(bound ?? source.dataset, { seed, epoch }), size, { last: whole ? 'drop' : 'keep' });
    if (bound) yield* batches;
    else for await (const item of batches) yield bind(binding, item);
  };
}
