// What a series of timed samples says: place, spread, and an interval for the median that assumes no distribution.

/** Times in milliseconds per call. */
export interface Measurement {
  readonly samples: number;
  /** Calls timed together as one sample: more than 1 where a call is shorter than the clock can tell. */
  readonly batch: number;
  readonly median: number;
  /** 95 % interval of the median, from order statistics. */
  readonly ci95: readonly [number, number];
  /** Half the interval over the median. */
  readonly relativeCi: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  /** Median absolute deviation from the median, not scaled. */
  readonly mad: number;
  readonly conditions: Conditions;
  /** Every sample, in the order taken, for plots and tests. */
  readonly values: readonly number[];
}

export interface Conditions {
  readonly warmupRuns: number;
  readonly warmupMs: number;
  /** False when the warm-up's cap came before two windows agreed. */
  readonly settled: boolean;
  readonly stoppedBy: 'interval' | 'maxSamples' | 'maxTime';
  readonly timerResolutionMs: number;
  readonly timerOverheadMs: number;
  readonly synced: boolean;
}

/** Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7). `sorted` ascending, not empty. */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const a = sorted[low]!;
  const b = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return a + (b - a) * (at - low);
}

/**
 * The indices of the order statistics that enclose the median with at least 95 % confidence: the l-th smallest with the largest l for which
 * P(Bin(n, 1/2) <= l - 1) <= 0.025, and its mirror.
 * Source: Hahn and Meeker, Statistical Intervals (1991), 5.2. Below 6 samples no such pair exists: the extremes then, which hold it with less.
 */
export function medianRanks(n: number): readonly [number, number] {
  // P(X = k) by recurrence from a log, so that n of tens of thousands does not underflow.
  let log = -n * Math.LN2;
  let below = 0;
  let rank = 0;
  for (let k = 0; k < n / 2; k++) {
    below += Math.exp(log);
    if (below > 0.025) break;
    rank = k + 1;
    log += Math.log(n - k) - Math.log(k + 1);
  }
  const low = Math.max(0, rank - 1);
  return [low, n - 1 - low];
}

export function summarize(values: readonly number[], batch: number, conditions: Conditions): Measurement {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const median = quantileOf(sorted, 0.5);
  const [low, high] = medianRanks(n);
  const ci95 = [sorted[low]!, sorted[high]!] as const;
  const deviations = sorted.map((x) => Math.abs(x - median)).sort();
  return {
    samples: n,
    batch,
    median,
    ci95,
    relativeCi: median > 0 ? (ci95[1] - ci95[0]) / (2 * median) : 0,
    mean: sorted.reduce((a, b) => a + b, 0) / n,
    min: sorted[0]!,
    max: sorted[n - 1]!,
    p50: median,
    p90: quantileOf(sorted, 0.9),
    p95: quantileOf(sorted, 0.95),
    p99: quantileOf(sorted, 0.99),
    mad: quantileOf(deviations, 0.5),
    conditions,
    values,
  };
}
