// The stopwatch: as many samples as it takes for the median's interval to be narrow, and everything one must know to believe it.
import { checkpoint, type LongWork } from '@modeldiet/tensor';
import { type Conditions, type Measurement, medianRanks, quantileOf, summarize } from './measurement';
import { checkCount, type Measured, type Sampler, sampler, type WarmupOptions } from './sampler';
import { timer } from './timer';

export interface MeasureOptions extends WarmupOptions, LongWork {
  /** Default 20. */
  readonly minSamples?: number;
  /** Default 2000. */
  readonly maxSamples?: number;
  /** Default 100: samples are taken for at least so long. */
  readonly minTimeMs?: number;
  /** Default 3000; the samples so far then stand. */
  readonly maxTimeMs?: number;
  /** Stop when the 95 % interval of the median is within so much of it on each side; default 0.01. */
  readonly targetRelativeCi?: number;
}

export type Limits = Required<Pick<MeasureOptions, 'minSamples' | 'maxSamples' | 'minTimeMs' | 'maxTimeMs' | 'targetRelativeCi'>>;

export function limitsOf(options: MeasureOptions): Limits {
  const { minSamples = 20, maxSamples = 2000, minTimeMs = 100, maxTimeMs = 3000, targetRelativeCi = 0.01 } = options;
  checkCount('minSamples', minSamples, 1);
  checkCount('maxSamples', maxSamples, minSamples);
  checkCount('minTimeMs', minTimeMs, 0);
  checkCount('maxTimeMs', maxTimeMs, 0);
  checkCount('targetRelativeCi', targetRelativeCi, 0);
  return { minSamples, maxSamples, minTimeMs, maxTimeMs, targetRelativeCi };
}

/** Half the median's interval over the median. */
export function widthOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const [low, high] = medianRanks(sorted.length);
  const median = quantileOf(sorted, 0.5);
  return median > 0 ? (sorted[high]! - sorted[low]!) / (2 * median) : Number.POSITIVE_INFINITY;
}

/** Whether sampling is done, and by what; `narrow` is asked only when it matters, since it sorts. */
export function stopped(limits: Limits, samples: number, elapsedMs: number, narrow: () => boolean): Conditions['stoppedBy'] | undefined {
  if (samples >= limits.minSamples && elapsedMs >= limits.minTimeMs && narrow()) return 'interval';
  if (samples >= limits.maxSamples) return 'maxSamples';
  if (samples >= Math.min(3, limits.maxSamples) && elapsedMs >= limits.maxTimeMs) return 'maxTime';
  return undefined;
}

export function conditionsOf(ready: Sampler, stoppedBy: Conditions['stoppedBy'], synced: boolean): Conditions {
  const { warmupRuns, warmupMs, settled } = ready;
  const { resolutionMs, overheadMs } = timer();
  return { warmupRuns, warmupMs, settled, stoppedBy, timerResolutionMs: resolutionMs, timerOverheadMs: overheadMs, synced };
}

/**
 * Times `fn` (sync or async) in milliseconds per call. Warms up until two windows agree, times several calls as one sample where a call is short
 * against the clock, and samples until the median's 95 % interval is narrow. An abort rejects with the signal's reason.
 * @example
 * const { median, ci95 } = await measure(() => session.run(feeds));
 */
export async function measure(fn: Measured, options: MeasureOptions = {}): Promise<Measurement> {
  const limits = limitsOf(options);
  const { signal, onProgress, sync } = options;
  const ready = await sampler(fn, options);
  const { now } = timer();
  const values: number[] = [];
  const started = now();
  // The interval is looked at again only when there are a tenth more samples: looking at every one would cost more than it saves.
  let nextLook = limits.minSamples;
  let by: Conditions['stoppedBy'] | undefined;
  while (!by) {
    values.push(Math.max(0, await ready.sample()));
    const look = (): boolean => {
      if (values.length < nextLook) return false;
      nextLook = Math.ceil(values.length * 1.1);
      return widthOf(values) <= limits.targetRelativeCi;
    };
    by = stopped(limits, values.length, now() - started, look);
    await checkpoint({ signal, onProgress }, { phase: 'measure', done: values.length, unit: 'samples' });
  }
  return summarize(values, ready.batch, conditionsOf(ready, by, sync !== undefined));
}
