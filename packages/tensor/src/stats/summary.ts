// What a tensor holds, in one pass.
import { toNumbers } from '../float32';
import type { Tensor } from '../types';

/** Of the finite numbers: min, max (both NaN when there are none), absMax, mean, population variance; and how many are zero, NaN, infinite. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly absMax: number;
  readonly mean: number;
  readonly variance: number;
  readonly zeros: number;
  readonly nans: number;
  readonly infinities: number;
}

/** Error: `tensor/not-numeric`. */
export function summary(t: Tensor): Summary {
  const x = toNumbers(t);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [zeros, nans, infinities, finite] = [0, 0, 0, 0];
  // Sums about the first finite number, so that a large mean does not swallow a small variance.
  let [shift, sum, squares] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const v = x[i]!;
    if (Number.isNaN(v)) nans++;
    else if (v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY) infinities++;
    else {
      if (finite++ === 0) shift = v;
      if (v === 0) zeros++;
      if (v < min) min = v;
      if (v > max) max = v;
      sum += v - shift;
      squares += (v - shift) * (v - shift);
    }
  }
  const counts = { count: x.length, zeros, nans, infinities };
  if (finite === 0) return { ...counts, min: Number.NaN, max: Number.NaN, absMax: Number.NaN, mean: Number.NaN, variance: Number.NaN };
  const variance = Math.max(0, (squares - (sum * sum) / finite) / finite);
  return { ...counts, min, max, absMax: Math.max(Math.abs(min), Math.abs(max)), mean: shift + sum / finite, variance };
}

/** Share of zeros; NaN of an empty tensor. Error: `tensor/not-numeric`. */
export function sparsity(t: Tensor): number {
  const { zeros, count } = summary(t);
  return zeros / count;
}
