// How far a tensor is from its reference.
import { kernels } from '@modeldiet/numfmt';
import { sameDims } from '../dims';
import { fail } from '../errors';
import { toFloat64, toNumbers } from '../float32';
import type { Tensor } from '../types';

/**
 * `sqnrDb`: 10 log10(sum a^2 / sum (a - b)^2), Infinity when equal, -Infinity when only the reference is zero; `cosine`: 1 when both are zero, 0 when one is.
 * Equal infinities and NaN on both sides are equal and left out; a difference that is not finite makes mse and maxAbsDiff Infinity, sqnrDb -Infinity, cosine NaN.
 */
export interface Comparison {
  readonly sqnrDb: number;
  readonly mse: number;
  readonly cosine: number;
  readonly maxAbsDiff: number;
}

/** Compares `b` with the reference `a`, of the same dims and any numeric types. Errors: `tensor/mismatch`, `tensor/not-numeric`. */
export function compare(a: Tensor, b: Tensor): Comparison {
  checkDims(a, b);
  return compareValues(toNumbers(a), toNumbers(b));
}

/** {@link compare} of plain values. Error: `tensor/mismatch`. */
export function compareValues(x: ArrayLike<number>, y: ArrayLike<number>): Comparison {
  if (x.length !== y.length) throw fail('mismatch', { expected: x.length, actual: y.length }, 'elements');
  let [signal, other, dot, noise, maxAbsDiff] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const u = x[i]!;
    const v = y[i]!;
    const d = u - v;
    if (Number.isFinite(d)) {
      signal += u * u;
      other += v * v;
      dot += u * v;
      noise += d * d;
      if (d > maxAbsDiff) maxAbsDiff = d;
      else if (-d > maxAbsDiff) maxAbsDiff = -d;
    } else if (!Object.is(u, v))
      return { sqnrDb: Number.NEGATIVE_INFINITY, mse: Number.POSITIVE_INFINITY, cosine: Number.NaN, maxAbsDiff: Number.POSITIVE_INFINITY };
  }
  return { sqnrDb: decibel(signal, noise), mse: x.length === 0 ? 0 : noise / x.length, cosine: cosineOf(dot, signal, other), maxAbsDiff };
}

const decibel = (signal: number, noise: number): number => (noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise));

function cosineOf(dot: number, a: number, b: number): number {
  if (a === 0 || b === 0) return a === b ? 1 : 0;
  return Math.min(1, Math.max(-1, dot / (Math.sqrt(a) * Math.sqrt(b))));
}

function checkDims(a: Tensor, b: Tensor): void {
  if (!sameDims(a.dims, b.dims)) throw fail('mismatch', { expected: `[${a.dims}]`, actual: `[${b.dims}]` }, 'dims');
}

/** Mean squared error. float32 against float32 runs on the SIMD kernels. Errors: as {@link compare}. */
export function mse(a: Tensor, b: Tensor): number {
  checkDims(a, b);
  if (a.type === 'float32' && b.type === 'float32') return a.data.length === 0 ? 0 : kernels().squaredError(a.data, b.data) / a.data.length;
  return compare(a, b).mse;
}

/** 10 log10(signal / quantization noise) in dB. Errors: as {@link compare}. */
export const sqnr = (a: Tensor, b: Tensor): number => compare(a, b).sqnrDb;

/** Errors: as {@link compare}. */
export const cosineSimilarity = (a: Tensor, b: Tensor): number => compare(a, b).cosine;

/**
 * Kullback-Leibler divergence D(p || q) in nats of two non-negative tensors, each divided by its sum; Infinity where q is zero and p is not. Errors: `tensor/mismatch`,
 * `tensor/argument` for negative numbers or a sum that is zero or not finite, `tensor/not-numeric`.
 */
export function klDivergence(p: Tensor, q: Tensor): number {
  checkDims(p, q);
  const [x, y] = [toFloat64(p), toFloat64(q)];
  const [px, qy] = [total(x), total(y)];
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const a = x[i]! / px;
    if (a > 0) sum += a * Math.log(a / (y[i]! / qy));
  }
  return sum;
}

function total(x: Float64Array): number {
  let sum = 0;
  for (const v of x) {
    if (!(v >= 0)) throw fail('argument', { expected: 'numbers >= 0', actual: v }, 'weights of a distribution');
    sum += v;
  }
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) throw fail('argument', { expected: 'a positive finite sum', actual: sum }, 'weights of a distribution');
  return sum;
}
