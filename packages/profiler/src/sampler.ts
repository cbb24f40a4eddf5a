// One function made ready for timing: warmed up, its calls batched so that a sample is long against the clock. measure and compareRuns take samples from it.
import { checkpoint } from '@modeldiet/tensor';
import { fail } from './errors';
import { quantileOf } from './measurement';
import { shortestSample, timer } from './timer';

export type Measured = () => unknown;

export interface WarmupOptions {
  /** Exactly so many calls; default: until two windows of calls agree within 5 %, at most `maxWarmupMs`. */
  readonly warmup?: number;
  /** Default 1000. */
  readonly maxWarmupMs?: number;
  /** Awaited after the calls of a sample, inside the time: waits for a device to finish. */
  readonly sync?: () => unknown;
  readonly signal?: AbortSignal;
}

export interface Sampler {
  readonly batch: number;
  readonly warmupRuns: number;
  readonly warmupMs: number;
  readonly settled: boolean;
  /** Milliseconds per call of one sample. */
  sample(): Promise<number>;
}

const isThenable = (x: unknown): x is PromiseLike<unknown> => typeof x === 'object' && x !== null && 'then' in x && typeof x.then === 'function';

/** Holds the last result, so that the engine cannot drop a call whose result nobody reads. */
const sink: { last: unknown } = { last: undefined };

const window = 5;
const agreement = 0.05;

export function checkCount(option: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(value >= least)) throw fail('bad-option', { where: { option }, expected: `${least} or more`, actual: value });
}

/** Warms `fn` up and settles its batch. Functions that return a promise are awaited call by call. */
export async function sampler(fn: Measured, options: WarmupOptions = {}): Promise<Sampler> {
  const { sync, signal, warmup, maxWarmupMs = 1000 } = options;
  checkCount('warmup', warmup, 0);
  const clock = timer();
  let awaits = false;

  const timed = async (calls: number): Promise<number> => {
    const from = clock.now();
    if (awaits) for (let i = 0; i < calls; i++) sink.last = await fn();
    else for (let i = 0; i < calls; i++) sink.last = fn();
    if (sync) await sync();
    return (clock.now() - from - clock.overheadMs) / calls;
  };

  signal?.throwIfAborted();
  const started = clock.now();
  // The first call tells whether to await, so it is warm-up even when none is asked for.
  const first = fn();
  awaits = isThenable(first);
  sink.last = await first;
  let runs = 1;
  let settled = warmup !== undefined;
  for (; warmup !== undefined && runs < warmup; runs++) await timed(1);
  const shortest = shortestSample(clock);
  let estimate = Math.max(0, await timed(1));
  runs++;
  let calls = 1;
  const grow = (): number => Math.max(1, Math.min(1e7, Math.ceil(shortest / Math.max(estimate, clock.overheadMs / 100, 1e-7))));
  // A call far below the clock reads as nothing: the batch grows until a sample is long enough.
  while (estimate * calls < shortest && calls < 1e7) {
    calls = Math.min(grow(), calls * 10);
    estimate = Math.max(0, await timed(calls));
    runs += calls;
    signal?.throwIfAborted();
  }
  let before: number | undefined;
  while (!settled && clock.now() - started < maxWarmupMs) {
    const times: number[] = [];
    for (let i = 0; i < window; i++) times.push(await timed(calls));
    runs += window * calls;
    const middle = quantileOf(
      times.sort((a, b) => a - b),
      0.5,
    );
    settled = before !== undefined && Math.abs(middle - before) <= agreement * Math.max(middle, before);
    before = estimate = middle;
    calls = grow();
    await checkpoint({ signal });
  }
  return { batch: calls, warmupRuns: runs, warmupMs: clock.now() - started, settled, sample: () => timed(calls) };
}
