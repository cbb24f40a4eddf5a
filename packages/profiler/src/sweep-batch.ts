// One model at growing batch sizes: what a run costs to set up, what an item adds, and where more stops helping.
import { type Model, requireModel } from '@modeldiet/onnx-io';
import { type Backend, bindFeeds, randomFeeds, type Session, type SessionOptions, withSession } from '@modeldiet/runtime';
import { compare, type Feeds, rows as rowsOf, type Tensor } from '@modeldiet/tensor';
import { compareRuns } from './compare-runs';
import { fail } from './errors';
import type { MeasureOptions } from './measure';
import type { Measurement } from './measurement';

export interface SweepBatchOptions extends SessionOptions, Pick<MeasureOptions, 'minSamples' | 'maxSamples' | 'minTimeMs' | 'maxTimeMs' | 'targetRelativeCi'> {
  readonly backend: Backend;
  /** Default 1, 2, 4, ... 512. */
  readonly batches?: readonly number[];
  /** The feeds of a batch size; default random ones. */
  readonly feedsFor?: (batch: number) => Feeds;
  /** Seeds the random feeds and the order of the rounds; default 0. */
  readonly seed?: number | string;
}

export interface BatchRow {
  readonly batch: number;
  readonly latencyMs: Measurement;
  /** Items a second, by the median. */
  readonly throughput: number;
}

export interface BatchSweep {
  readonly backend: string;
  readonly threads: number;
  readonly rows: readonly BatchRow[];
  /** latency = setupMs + perItemMs x batch, least squares of relative errors; `r2` is the share of the variance it explains, on the same scale. */
  readonly fit: { readonly setupMs: number; readonly perItemMs: number; readonly r2: number };
  /** The smallest batch with 90 % of the best throughput. */
  readonly knee: number;
  /** A batch against its items run alone, output by output; absent when no batch above 1 was asked for. */
  readonly agreement?: { readonly batch: number; readonly outputs: readonly { readonly name: string; readonly sqnrDb: number; readonly maxAbsDiff: number }[] };
}

const nearBest = 0.9;

/** The names or places that make the first axis of every input `batch`. Throws `profiler/no-batch-axis` for an input whose first axis is fixed. */
function batchDims(model: Model, batch: number): Record<string, number> {
  const dims: Record<string, number> = {};
  for (const { name, type, initializer } of model.graph.inputs) {
    if (initializer) continue;
    const first = type?.kind === 'tensor' ? type.shape?.[0] : undefined;
    if (typeof first === 'number') throw fail('no-batch-axis', { where: { value: name }, actual: `first axis is ${first}` });
    if (first !== undefined) dims[first.startsWith('?') ? `${name}:0` : first] = batch;
  }
  return dims;
}

/** Weighted least squares with weights 1 / y^2, so that a microsecond at batch 1 counts as much as its share at batch 512. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): BatchSweep['fit'] {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (const [x, y] of points) {
    const weight = 1 / y ** 2;
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  const spread = w * wxx - wx * wx;
  const perItemMs = points.length < 2 || spread === 0 ? 0 : (w * wxy - wx * wy) / spread;
  const setupMs = (wy - perItemMs * wx) / w;
  const mean = wy / w;
  let [left, all] = [0, 0];
  for (const [x, y] of points) {
    left += ((y - setupMs - perItemMs * x) / y) ** 2;
    all += ((y - mean) / y) ** 2;
  }
  return { setupMs, perItemMs, r2: all === 0 ? 1 : 1 - left / all };
}

async function agreementOf(session: Session, feeds: Readonly<Record<string, Tensor>>, batch: number): Promise<NonNullable<BatchSweep['agreement']>> {
  const whole = await session.run(feeds);
  const outputs = new Map<string, { name: string; sqnrDb: number; maxAbsDiff: number }>();
  for (let item = 0; item < batch; item++) {
    const one = await session.run(Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, rowsOf(tensor, item, item + 1)])));
    for (const [name, tensor] of Object.entries(one)) {
      const part = whole[name]!;
      if (tensor.type === 'string' || tensor.dims[0] !== 1 || part.dims[0] !== batch) continue;
      const { sqnrDb, maxAbsDiff } = compare(tensor, rowsOf(part, item, item + 1));
      const worst = outputs.get(name);
      outputs.set(name, { name, sqnrDb: Math.min(sqnrDb, worst?.sqnrDb ?? sqnrDb), maxAbsDiff: Math.max(maxAbsDiff, worst?.maxAbsDiff ?? 0) });
    }
  }
  return { batch, outputs: [...outputs.values()] };
}

/**
 * Times a model at each batch size, interleaved, in one session. Throws `profiler/no-batch-axis`, `profiler/bad-option`, and what random feeds throw.
 * @example
 * const { fit, knee } = await sweepBatch(model, { backend, batches: [1, 8, 64] });
 */
export async function sweepBatch(model: Model, options: SweepBatchOptions): Promise<BatchSweep> {
  requireModel(model);
  const {
    backend,
    batches = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    feedsFor,
    seed = 0,
    minSamples,
    maxSamples,
    minTimeMs,
    maxTimeMs = 500,
    targetRelativeCi,
    ...settings
  } = options;
  if (batches.length === 0 || batches.some((batch) => !Number.isInteger(batch) || batch < 1))
    throw fail('bad-option', { where: { option: 'batches' }, expected: 'whole numbers, 1 or more', actual: batches });
  const made = feedsFor ?? ((batch: number): Feeds => randomFeeds(model, { dims: batchDims(model, batch), seed }).at(0));
  const items = batches.map((batch) => [batch, made(batch)] as const);
  return withSession(backend, model, settings, async (session) => {
    const bound = items.map(([batch, feeds]) => [batch, bindFeeds(session.inputs, feeds)] as const);
    const check = bound.find(([batch]) => batch > 1);
    const agreement = check && (await agreementOf(session, check[1], check[0]));
    const entries = Object.fromEntries(bound.map(([batch, feeds]) => [`batch ${batch}`, () => session.run(feeds)]));
    const limits = { minSamples, maxSamples, minTimeMs, maxTimeMs, targetRelativeCi, seed, signal: settings.signal, onProgress: settings.onProgress };
    // A comparison needs two; one size alone is timed against itself.
    const first = `batch ${batches[0]}`;
    const { measurements } = await compareRuns(batches.length > 1 ? entries : { ...entries, again: entries[first]! }, limits);
    const rows = batches.map((batch): BatchRow => {
      const latencyMs = measurements[`batch ${batch}`]!;
      return { batch, latencyMs, throughput: (1e3 * batch) / latencyMs.median };
    });
    const best = Math.max(...rows.map(({ throughput }) => throughput));
    return {
      backend: backend.name,
      threads: settings.threads ?? 1,
      rows,
      fit: fitLine(rows.map(({ batch, latencyMs }) => [batch, latencyMs.median] as const)),
      knee: Math.min(...rows.filter(({ throughput }) => throughput >= nearBest * best).map(({ batch }) => batch)),
      ...(agreement && { agreement }),
    };
  });
}
