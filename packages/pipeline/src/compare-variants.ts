// Variants of one model, all measured in the same way: bytes, opening, latency in turns, accuracy, and which of them are worth having.
import { batch as regroup } from '@modeldiet/data';
import { summarize } from '@modeldiet/onnx-io';
import { compareRuns, environment, type MeasureOptions, measure } from '@modeldiet/profiler';
import { type Backend, bindFeeds, evaluate, type Metric, type Session } from '@modeldiet/runtime';
import { checkpoint, type Dataset, type LongWork } from '@modeldiet/tensor';
import { agreementOf } from './agreement';
import { coldStartHere, type MeasureColdStart } from './cold-start';
import { type FeedOptions, feedsOf } from './feeds';
import { frontier } from './frontier';
import { gzipBytes } from './gzip';
import type { Environment, Results, Timing, VariantResult } from './results';
import { checkVariants, type SavedVariant, saveVariant, type Variant } from './variant';

export interface CompareVariantsOptions extends LongWork, FeedOptions {
  /** What the results are about, one line. */
  readonly task: string;
  readonly backend: Backend;
  /** Default 1, as for every comparison of latency. */
  readonly threads?: number;
  /** Counted on `dataset`. Without it variants are scored by how they agree with the first. */
  readonly metric?: Metric;
  /** Batch sizes to time; default [1, 64]. */
  readonly batches?: readonly number[];
  /** Rows at once when scoring; default 64. A model with a fixed batch needs that one. */
  readonly scoreBatch?: number;
  /** Of the timing. */
  readonly measure?: Omit<MeasureOptions, keyof LongWork>;
  /** Default: what the engine tells; in Node that of `@modeldiet/profiler/node` tells more. */
  readonly environment?: Environment;
  /** Default: in this process; `freshProcess` of `./node` gives each model its own. */
  readonly coldStart?: MeasureColdStart;
}

interface Open {
  readonly variant: SavedVariant;
  readonly session: Session;
}

/** Median latency of every variant at one batch size, run in turns. */
async function timings(open: readonly Open[], size: number, options: CompareVariantsOptions): Promise<readonly Timing[]> {
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

async function scoreOf(session: Session, baseline: Session, options: CompareVariantsOptions): Promise<Scored> {
  const { dataset, metric, scoreBatch = 64, signal, onProgress, onWarning } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  if (!dataset) return { accuracy: null };
  const rows: Dataset = regroup(dataset, scoreBatch);
  if (!metric) return { accuracy: null, agreement: await agreementOf(baseline, session, rows, work) };
  const { value, ci95, n } = await evaluate(session, { dataset: rows, metric, ...work });
  return { accuracy: { value, ci95, n } };
}

/** Marks those on the frontier of bytes against accuracy, or agreement, or else speed at the smallest batch. */
function marked(results: readonly VariantResult[], batches: readonly number[]): VariantResult[] {
  const smallest = String(Math.min(...batches));
  const scored = results.some(({ accuracy, agreement }) => accuracy ?? agreement);
  const gain = (result: VariantResult): number =>
    scored ? ((result.accuracy ?? result.agreement)?.value ?? Number.NaN) : -(result.latencyMs[smallest]?.median ?? Number.NaN);
  const best = new Set(frontier(results, { cost: ({ bytes }) => bytes, gain }));
  return results.map((result) => ({ ...result, onFrontier: best.has(result) }));
}

/**
 * Measures variants of one model side by side; the first is the baseline. Sessions are open at once, so that they can be run in turns, and freed whatever happens.
 * Throws `pipeline/no-variants`, `same-name`, `too-few-rows`, `fixed-batch`, and what sessions, datasets and metrics throw.
 * @example
 * const results = await compareVariants([{ name: 'float32', model }, { name: 'int8', model: small }], { task: 'digits', backend, dataset: test, metric: accuracy() });
 */
export async function compareVariants(variants: readonly Variant[], options: CompareVariantsOptions): Promise<Results> {
  checkVariants(variants);
  const { task, backend, threads = 1, batches = [1, 64], signal, onProgress, onWarning } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  const step = (phase: string, done: number, item?: string): Promise<void> =>
    checkpoint(work, { phase, done, total: variants.length, unit: 'steps', ...(item !== undefined && { item }) });
  const coldStart = options.coldStart ?? coldStartHere(backend, threads);
  const open: Open[] = [];
  try {
    for (const [i, variant] of variants.entries()) {
      await step('open', i, variant.name);
      const saved = await saveVariant(variant, work);
      open.push({ variant: saved, session: await backend.createSession(sourceOf(saved), { threads, ...work }) });
    }
    const results: Omit<VariantResult, 'latencyMs'>[] = [];
    for (const [i, { variant, session }] of open.entries()) {
      await step('measure', i, variant.name);
      const { name, steps = [], path, bytes, externalData, model } = variant;
      const files = [bytes, ...Object.values(externalData)];
      const feeds = bindFeeds(session.inputs, await feedsOf(model, Math.min(...batches), options));
      const cold = await coldStart({ bytes, externalData }, feeds, work);
      results.push({
        name,
        steps,
        path: path ?? null,
        bytes: files.reduce((sum, file) => sum + file.byteLength, 0),
        gzipBytes: await files.reduce(async (sum, file) => (await sum) + (await gzipBytes(file)), Promise.resolve(0)),
        parameters: summarize(model).parameters,
        ...cold,
        ...(await scoreOf(session, open[0]!.session, options)),
        onFrontier: false,
      });
    }
    const latency: Record<string, Timing>[] = results.map(() => ({}));
    for (const size of batches) for (const [i, timing] of (await timings(open, size, options)).entries()) latency[i]![String(size)] = timing;
    const measured = results.map((result, i): VariantResult => ({ ...result, latencyMs: latency[i]! }));
    const conditions = { ...(options.environment ?? environment()), ort: backend.runtime, backend: backend.name, threads };
    return { task, environment: conditions, variants: marked(measured, batches) };
  } finally {
    for (const { session } of open) await session.release();
  }
}

const sourceOf = ({ bytes, externalData }: SavedVariant) => (Object.keys(externalData).length ? { bytes, externalData } : bytes);
