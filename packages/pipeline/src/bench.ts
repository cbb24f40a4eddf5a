// A bench of open variants of one model: each is saved, opened, scored and weighed when it is put on, and all can be run in turns against the clock.
import { batch as regroup } from '@modeldiet/data';
import { type Model, summarize } from '@modeldiet/onnx-io';
import { compareRuns, type MeasureOptions, measure } from '@modeldiet/profiler';
import { type Backend, bindFeeds, evaluate, type Metric, type Session, type Slot } from '@modeldiet/runtime';
import { type Batches, checkpoint, type Feeds, type LongWork, meanInterval, type Tensor } from '@modeldiet/tensor';
import { agreementOf } from './agreement';
import { type ColdStart, coldStartHere, type MeasureColdStart } from './cold-start';
import { type FeedOptions, feedsOf } from './feeds';
import { gzipBytes } from './gzip';
import type { Score, Timing, VariantResult } from './results';
import { type SavedVariant, saveVariant, type Variant } from './variant';

/** What the outputs for one item are worth; a `./feeds.mjs` module may export one. */
export type ItemMetric = (outputs: Readonly<Record<string, Tensor>>, feeds: Feeds) => number | Promise<number>;

export interface BenchOptions extends LongWork, FeedOptions {
  readonly backend: Backend;
  /** Default 1, as for every comparison of latency. */
  readonly threads?: number;
  /** Counted on `dataset`; a function gives a number for each item, more is better, and their mean counts. Without it variants are scored by how they agree with the first. */
  readonly metric?: Metric | ItemMetric;
  /** Batch sizes to time; default [1, 64]. */
  readonly batches?: readonly number[];
  /** Rows at once when scoring; default 64. A model with a fixed batch needs that one. */
  readonly scoreBatch?: number;
  /** Of the timing. */
  readonly measure?: Omit<MeasureOptions, keyof LongWork>;
  /** Default: in this process; `freshProcess` of `./node` gives each model its own. */
  readonly coldStart?: MeasureColdStart;
}

/** What is known of a variant but its latency. */
export type Figures = Omit<VariantResult, 'latencyMs' | 'onFrontier'>;

export interface Bench {
  /** Saves, opens and measures one more; the first is the baseline. Its position among `total` is told as progress. */
  add(variant: Variant, total?: number): Promise<Figures>;
  /** Latency by batch size of the variants of these names (default all), run in turns, in their order. */
  time(names?: readonly string[]): Promise<readonly Readonly<Record<string, Timing>>[]>;
  /** Frees every session. */
  close(): Promise<void>;
}

interface Open {
  readonly variant: SavedVariant;
  readonly session: Session;
}

/** Scored on these items as they come, where they are of no use as batches: random feeds. */
export interface ScoredOn {
  readonly scoreOn?: Batches;
}

export const defaultBatches: readonly number[] = [1, 64];

const sourceFiles = ({ bytes, externalData }: SavedVariant) => ({ bytes, externalData });
const sourceOf = ({ bytes, externalData }: SavedVariant) => (Object.keys(externalData).length ? { bytes, externalData } : bytes);

/** Median latency at one batch size, in turns. */
async function timings(open: readonly Open[], size: number, options: BenchOptions): Promise<readonly Timing[]> {
  const { signal, onProgress, seed, measure: limits } = options;
  const settings = { ...limits, ...(signal && { signal }), ...(onProgress && { onProgress }), ...(seed !== undefined && { seed }) };
  const runs = new Map<string, () => Promise<unknown>>();
  for (const { variant, session } of open) {
    const feeds = bindFeeds(session.inputs, await feedsOf(variant.model, size, options));
    runs.set(variant.name, () => session.run(feeds));
  }
  const names = [...runs.keys()];
  if (names.length === 1) {
    const { median, ci95 } = await measure(runs.get(names[0]!)!, settings);
    return [{ median, ci95 }];
  }
  const { measurements } = await compareRuns(Object.fromEntries(runs), settings);
  return names.map((name) => ({ median: measurements[name]!.median, ci95: measurements[name]!.ci95 }));
}

type Scored = Pick<VariantResult, 'accuracy' | 'agreement'>;

async function meanOver(session: Session, rows: Batches, metric: ItemMetric, work: LongWork): Promise<Score> {
  const values: number[] = [];
  for await (const item of rows) {
    await checkpoint(work, { phase: 'evaluate', done: values.length, unit: 'batches' });
    values.push(await metric(await session.run(bindFeeds(session.inputs, item)), item));
  }
  const { value, low, high } = meanInterval(values);
  // One item has no interval.
  return { value, ci95: Number.isFinite(high - low) ? [low, high] : [value, value], n: values.length };
}

async function scoreOf(session: Session, baseline: Session, options: BenchOptions & ScoredOn): Promise<Scored> {
  const { dataset, metric, scoreBatch = 64, scoreOn, signal, onProgress, onWarning } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  const rows = scoreOn ?? (dataset && regroup(dataset, scoreBatch));
  if (!rows) return { accuracy: null };
  if (!metric) return { accuracy: null, agreement: await agreementOf(baseline, session, rows, work) };
  if (typeof metric === 'function') return { accuracy: await meanOver(session, rows, metric, work) };
  const { value, ci95, n } = await evaluate(session, { dataset: rows, metric, ...work });
  return { accuracy: { value, ci95, n } };
}

/** Sessions stay open until `close`, so that they can be run in turns. */
export function openBench(options: BenchOptions & ScoredOn): Bench {
  const { backend, threads = 1, batches = defaultBatches, signal, onProgress, onWarning } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  const coldStart = options.coldStart ?? coldStartHere(backend, threads);
  const open: Open[] = [];
  const coldOf = async (variant: SavedVariant, inputs: readonly Slot[]): Promise<ColdStart> =>
    coldStart(sourceFiles(variant), bindFeeds(inputs, await feedsOf(variant.model, Math.min(...batches), options)), work);
  const figuresOf = async ({ variant, session }: Open, before: ColdStart | undefined): Promise<Figures> => {
    const { name, steps = [], path, bytes, externalData, model } = variant;
    const files = [bytes, ...Object.values(externalData)];
    const cold = before ?? (await coldOf(variant, session.inputs));
    return {
      name,
      steps,
      path: path ?? null,
      bytes: files.reduce((sum, file) => sum + file.byteLength, 0),
      gzipBytes: await files.reduce(async (sum, file) => (await sum) + (await gzipBytes(file)), Promise.resolve(0)),
      parameters: summarize(model).parameters,
      ...cold,
      ...(await scoreOf(session, open[0]!.session, options)),
    };
  };
  return {
    async add(variant, total = 1) {
      const step = (phase: string): Promise<void> => checkpoint(work, { phase, done: open.length, total, unit: 'steps', item: variant.name });
      await step('open');
      const saved = await saveVariant(variant, work);
      // A cold start in a process of its own comes first: a runtime that crashes on a variant then ends only that. In this process the first model pays for the runtime's start.
      const before = options.coldStart && (await coldOf(saved, slotsOf(variant.model)));
      const entry: Open = { variant: saved, session: await backend.createSession(sourceOf(saved), { threads, ...work }) };
      open.push(entry);
      try {
        return await figuresOf(entry, before);
      } catch (error) {
        open.pop();
        await entry.session.release();
        throw error;
      }
    },
    async time(names) {
      const chosen = names ? open.filter(({ variant }) => names.includes(variant.name)) : open;
      const latency: Record<string, Timing>[] = chosen.map(() => ({}));
      for (const size of batches) for (const [i, timing] of (await timings(chosen, size, options)).entries()) latency[i]![String(size)] = timing;
      return latency;
    },
    async close() {
      for (const { session } of open.splice(0)) await session.release();
    },
  };
}

/** The inputs as a session would name them. */
const slotsOf = ({ graph }: Model): Slot[] =>
  graph.inputs.flatMap(({ name, type, initializer }) => {
    if (initializer !== undefined) return [];
    const tensor = type?.kind === 'tensor' ? { ...(type.dtype && { dtype: type.dtype }), ...(type.shape && { dims: type.shape }) } : {};
    return [{ name, ...(type && { type }), ...tensor }];
  });

/** The largest file of a model as it is saved: a limit of hosts counts files, not their sum. */
export const largestFileOf = ({ bytes, externalData }: Pick<SavedVariant, 'bytes' | 'externalData'>): number =>
  Math.max(bytes.byteLength, ...Object.values(externalData).map((file) => file.byteLength));

/** The batch that all inputs insist on, where the file says one. */
export function fixedBatchOf({ graph }: Model): number | undefined {
  const firsts = graph.inputs.flatMap(({ type, initializer }) =>
    initializer === undefined && type?.kind === 'tensor' && type.shape?.length ? [type.shape[0]!] : [],
  );
  const [first] = firsts;
  return typeof first === 'number' && firsts.every((extent) => extent === first) ? first : undefined;
}
