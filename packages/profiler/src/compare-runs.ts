// Functions timed against each other: every round runs each once, in an order drawn anew and then mirrored (A B, B A), so that drift and heat fall on all alike.
import { checkpoint, random } from '@modeldiet/tensor';
import { fail } from './errors';
import { conditionsOf, limitsOf, type MeasureOptions, stopped, widthOf } from './measure';
import { type Conditions, type Measurement, medianRanks, quantileOf, summarize } from './measurement';
import { type Measured, type Sampler, sampler } from './sampler';
import { timer } from './timer';

export interface CompareOptions extends MeasureOptions {
  /** The entry the others are held against; default the first. */
  readonly baseline?: string;
  /** Seeds the order of the rounds; default 0. */
  readonly seed?: number | string;
}

export interface Ratio {
  /** Baseline time over this entry's time: above 1 is faster. The median over rounds. */
  readonly ratio: number;
  readonly ci95: readonly [number, number];
  /** Which side of 1 the whole interval lies on. */
  readonly verdict: 'faster' | 'slower' | 'level';
}

export interface Comparison<K extends string = string> {
  readonly baseline: K;
  readonly rounds: number;
  readonly measurements: Readonly<Record<K, Measurement>>;
  /** Of every entry; the baseline's is 1. */
  readonly ratios: Readonly<Record<K, Ratio>>;
}

/** The ratio of two series taken in the same rounds, with the median's interval over the per-round ratios: what a round shares cancels. */
export function pairedRatio(baseline: readonly number[], entry: readonly number[]): Ratio {
  const sorted = Float64Array.from(baseline, (time, round) => time / entry[round]!).sort();
  const [low, high] = medianRanks(sorted.length);
  const ci95 = [sorted[low]!, sorted[high]!] as const;
  return { ratio: quantileOf(sorted, 0.5), ci95, verdict: ci95[0] > 1 ? 'faster' : ci95[1] < 1 ? 'slower' : 'level' };
}

/** Orders of the rounds: a shuffle, then its mirror, then a new shuffle. */
function* orders<K>(names: readonly K[], seed: number | string): Generator<readonly K[]> {
  const draw = random(seed).fork('compareRuns');
  for (;;) {
    const order = [...names];
    for (let i = order.length - 1; i > 0; i--) {
      const j = draw.int(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    yield order;
    yield order.toReversed();
  }
}

/**
 * Times functions interleaved. Sampling goes on until every entry's interval is narrow, or a limit is reached; `maxTimeMs` is per entry.
 * @example
 * const { ratios } = await compareRuns({ float32: () => a.run(feeds), int8: () => b.run(feeds) });
 * ratios.int8.ratio; // 1.4: int8 is 1.4 times as fast
 */
export async function compareRuns<K extends string>(entries: Readonly<Record<K, Measured>>, options: CompareOptions = {}): Promise<Comparison<K>> {
  const names = Object.keys(entries) as K[];
  if (names.length < 2) throw fail('too-few-entries', { actual: names });
  const baseline = (options.baseline ?? names[0]!) as K;
  if (!names.includes(baseline)) throw fail('unknown-baseline', { where: { option: 'baseline' }, expected: names, actual: baseline });
  const perEntry = limitsOf(options);
  const limits = { ...perEntry, minTimeMs: perEntry.minTimeMs * names.length, maxTimeMs: perEntry.maxTimeMs * names.length };
  const { signal, onProgress, sync } = options;
  const ready = {} as Record<K, Sampler>;
  const values = {} as Record<K, number[]>;
  for (const name of names) {
    ready[name] = await sampler(entries[name], options);
    values[name] = [];
  }
  const { now } = timer();
  const started = now();
  let rounds = 0;
  let nextLook = limits.minSamples;
  let by: Conditions['stoppedBy'] | undefined;
  for (const order of orders(names, options.seed ?? 0)) {
    for (const name of order) {
      values[name].push(Math.max(Number.MIN_VALUE, await ready[name].sample()));
      await checkpoint({ signal, onProgress }, { phase: 'compare', done: rounds, unit: 'samples', item: name });
    }
    rounds++;
    const look = (): boolean => {
      if (rounds < nextLook) return false;
      nextLook = Math.ceil(rounds * 1.1);
      return names.every((name) => widthOf(values[name]) <= limits.targetRelativeCi);
    };
    by = stopped(limits, rounds, now() - started, look);
    if (by) break;
  }
  const measurements = {} as Record<K, Measurement>;
  const ratios = {} as Record<K, Ratio>;
  for (const name of names) {
    measurements[name] = summarize(values[name], ready[name].batch, conditionsOf(ready[name], by!, sync !== undefined));
    ratios[name] = pairedRatio(values[baseline], values[name]);
  }
  return { baseline, rounds, measurements, ratios };
}
