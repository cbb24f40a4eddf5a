// Statistics of samples: robust location and spread, intervals, paired tests. Samples are few thousand numbers; everything is exact or seeded.
import { fail } from '../errors';
import { random } from '../random';
import { normalQuantile, studentQuantile } from './quantiles';

/** A value with the ends of its confidence interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const sorted = (x: ArrayLike<number>): Float64Array => {
  if (x.length === 0) throw fail('empty');
  return Float64Array.from(x).sort();
};

const at = (s: Float64Array, percent: number): number => {
  const position = (percent / 100) * (s.length - 1);
  const below = Math.floor(position);
  const [a, b] = [s[below]!, s[Math.min(below + 1, s.length - 1)]!];
  return a === b ? a : a + (b - a) * (position - below);
};

/** The percentile by linear interpolation between order statistics (numpy's default, R type 7). Errors: `tensor/empty`, `tensor/argument`. */
export function percentile(x: ArrayLike<number>, percent: number): number {
  if (!(percent >= 0 && percent <= 100)) throw fail('argument', { where: { option: 'percent' }, expected: '0 to 100', actual: percent });
  return at(sorted(x), percent);
}

export const median = (x: ArrayLike<number>): number => percentile(x, 50);

export function mean(x: ArrayLike<number>): number {
  if (x.length === 0) throw fail('empty');
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]!;
  return sum / x.length;
}

/** Sample standard deviation (n - 1); 0 of one sample. */
export function standardDeviation(x: ArrayLike<number>): number {
  const m = mean(x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - m) ** 2;
  return x.length === 1 ? 0 : Math.sqrt(sum / (x.length - 1));
}

/** Median absolute deviation from the median, unscaled (times 1.4826 it estimates a normal's standard deviation). */
export function mad(x: ArrayLike<number>): number {
  const m = median(x);
  return median(Float64Array.from(x, (v) => Math.abs(v - m)));
}

const checkConfidence = (confidence: number): void => {
  if (!(confidence > 0 && confidence < 1)) throw fail('argument', { where: { option: 'confidence' }, expected: 'between 0 and 1', actual: confidence });
};

export interface BootstrapOptions {
  readonly confidence?: number;
  readonly resamples?: number;
  readonly seed?: number | string;
}

/** Percentile bootstrap interval of a statistic (default the median). The same seed gives the same interval. Errors: `tensor/empty`, `tensor/argument`. */
export function bootstrapInterval(x: ArrayLike<number>, statistic: (sample: Float64Array) => number = median, options: BootstrapOptions = {}): Interval {
  const { confidence = 0.95, resamples = 1000, seed = 0 } = options;
  checkConfidence(confidence);
  if (x.length === 0) throw fail('empty');
  const rng = random(seed).fork('bootstrap');
  const sample = new Float64Array(x.length);
  const values = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < sample.length; i++) sample[i] = x[rng.int(x.length)]!;
    return statistic(sample);
  }).sort();
  const tail = ((1 - confidence) / 2) * 100;
  return { value: statistic(Float64Array.from(x)), low: at(values, tail), high: at(values, 100 - tail) };
}

/** Wilson score interval of a share of successes (Wilson, 1927): right for few samples and shares near 0 or 1. Errors: `tensor/empty`, `tensor/argument`. */
export function wilsonInterval(successes: number, n: number, confidence = 0.95): Interval {
  checkConfidence(confidence);
  if (n === 0) throw fail('empty');
  if (!(Number.isInteger(n) && n > 0 && successes >= 0 && successes <= n)) throw fail('argument', { expected: `0 to ${n} successes`, actual: successes });
  const z = normalQuantile(confidence);
  const p = successes / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { value: p, low: successes === 0 ? 0 : centre - half, high: successes === n ? 1 : centre + half };
}

/** Student's t interval of the mean; one sample has no width to tell and gives -Infinity to Infinity. Errors: `tensor/empty`, `tensor/argument`. */
export function meanInterval(x: ArrayLike<number>, confidence = 0.95): Interval {
  checkConfidence(confidence);
  const value = mean(x);
  if (x.length === 1) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const half = (studentQuantile(confidence, x.length - 1) * standardDeviation(x)) / Math.sqrt(x.length);
  return { value, low: value - half, high: value + half };
}

/** McNemar's test of two classifiers on the same samples. `onlyA`, `onlyB`: samples that only the one got right. */
export interface McNemar {
  readonly onlyA: number;
  readonly onlyB: number;
  /** Two-sided, exact binomial. */
  readonly exact: number;
  /** Two-sided mid-p: less conservative, the one to use (Fagerland, Lydersen, Laake, 2013). */
  readonly midP: number;
}

/** Errors: `tensor/argument` for what is no count. */
export function mcnemar(onlyA: number, onlyB: number): McNemar {
  const n = onlyA + onlyB;
  if (!(Number.isInteger(onlyA) && Number.isInteger(onlyB) && onlyA >= 0 && onlyB >= 0))
    throw fail('argument', { expected: 'two counts', actual: `${onlyA}, ${onlyB}` });
  const least = Math.min(onlyA, onlyB);
  // Terms of Binomial(n, 1/2) by logarithms: 2^-n alone is zero above n = 1074.
  let [tail, point, logTerm] = [0, 0, -n * Math.LN2];
  for (let k = 0; k <= least; k++) {
    point = Math.exp(logTerm);
    tail += point;
    logTerm += Math.log((n - k) / (k + 1));
  }
  const exact = Math.min(1, 2 * tail);
  return { onlyA, onlyB, exact, midP: n === 0 ? 1 : onlyA === onlyB ? 1 - point / 2 : 2 * tail - point };
}
