// Histograms: of equal bins over a known range, and a mergeable one whose bins are fixed for all numbers, so that any order of merging gives the same counts.
import { kernels } from '@modeldiet/numfmt';
import { fail } from '../errors';
import { toFloat32 } from '../float32';
import type { Tensor } from '../types';

/** `counts[i]` numbers lie in [low + i * w, low + (i + 1) * w), w = (high - low) / bins; the last bin is closed. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: Float64Array;
}

export interface HistogramOptions {
  /** Default 64. */
  readonly bins?: number;
  /** Default: the range of the values. Numbers outside and NaN are not counted. */
  readonly range?: readonly [low: number, high: number];
}

/** Equal bins. Errors: `tensor/argument` for no bins or a range that is not finite, `tensor/not-numeric`. */
export function histogram(t: Tensor, { bins = 64, range }: HistogramOptions = {}): Histogram {
  const x = toFloat32(t);
  if (!(Number.isInteger(bins) && bins > 0)) throw fail('argument', { where: { option: 'bins' }, expected: 'a positive integer', actual: bins });
  const [low, high] = range ?? finiteRange(x);
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high))
    throw fail('argument', { where: { option: 'range' }, expected: 'low <= high, finite', actual: `${low} to ${high}` });
  const counts = new Uint32Array(bins);
  if (x.length > 0) kernels().histogram(x, low, high, counts);
  return { low: Math.fround(low), high: Math.fround(high), counts: Float64Array.from(counts) };
}

function finiteRange(x: Float32Array): readonly [number, number] {
  if (x.length === 0) return [0, 0];
  const { min, max } = kernels().ranges(x, { outer: 1, channels: 1, inner: x.length });
  if (Number.isFinite(min[0]!) && Number.isFinite(max[0]!)) return [min[0]!, max[0]!];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of x)
    if (Number.isFinite(v)) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
  return low <= high ? [low, high] : [0, 0];
}

/**
 * Counts by sign, exponent and the first `mantissaBits` bits of the float32: every bin is narrower than 2^-mantissaBits of its numbers, and the bins are the same for all data, so adding
 * and merging are exact and orderless. Pages of one exponent each are made as they are met. min and max are exact.
 */
export interface FloatHistogram {
  readonly mantissaBits: number;
  /** Key: sign and exponent bits of the float32 (bits >>> 23); entry: counts by leading mantissa bits. */
  readonly pages: ReadonlyMap<number, Float64Array>;
  readonly count: number;
  readonly zeros: number;
  readonly nans: number;
  readonly infinities: number;
  /** Of the finite numbers; Infinity and -Infinity when there are none. */
  readonly min: number;
  readonly max: number;
}

export const emptyFloatHistogram = (mantissaBits = 8): FloatHistogram => ({
  mantissaBits,
  pages: new Map(),
  count: 0,
  zeros: 0,
  nans: 0,
  infinities: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
});

/** The histogram of float32 values. */
export function floatHistogram(x: Float32Array, mantissaBits = 8): FloatHistogram {
  if (!(Number.isInteger(mantissaBits) && mantissaBits >= 0 && mantissaBits <= 16))
    throw fail('argument', { where: { option: 'mantissaBits' }, expected: '0 to 16', actual: mantissaBits });
  const bits = new Uint32Array(x.buffer, x.byteOffset, x.length);
  const pages = new Map<number, Float64Array>();
  const table = new Array<Float64Array | undefined>(512);
  let [zeros, nans, infinities, min, max] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const shift = 23 - mantissaBits;
  const mask = 2 ** mantissaBits - 1;
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    const magnitude = b & 0x7fffffff;
    if (magnitude === 0) zeros++;
    else if (magnitude >= 0x7f800000) magnitude === 0x7f800000 ? infinities++ : nans++;
    else {
      const key = b >>> 23;
      let page = table[key];
      if (!page) {
        page = new Float64Array(mask + 1);
        table[key] = page;
        pages.set(key, page);
      }
      page[(b >>> shift) & mask]!++;
      const v = x[i]!;
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  if (zeros > 0) [min, max] = [Math.min(min, 0), Math.max(max, 0)];
  return { mantissaBits, pages, count: x.length, zeros, nans, infinities, min, max };
}

/** The histogram of both; neither is changed. Error: `tensor/mismatch` for different bins. */
export function mergeFloatHistograms(a: FloatHistogram, b: FloatHistogram): FloatHistogram {
  if (a.mantissaBits !== b.mantissaBits) throw fail('mismatch', { expected: a.mantissaBits, actual: b.mantissaBits }, 'mantissa bits');
  const pages = new Map(a.pages);
  for (const [key, page] of b.pages) {
    const mine = pages.get(key);
    pages.set(key, mine ? mine.map((n, i) => n + page[i]!) : page);
  }
  return {
    mantissaBits: a.mantissaBits,
    pages,
    count: a.count + b.count,
    zeros: a.zeros + b.zeros,
    nans: a.nans + b.nans,
    infinities: a.infinities + b.infinities,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** One bin: its ends toward and away from zero by magnitude, in order of value. */
export interface FloatBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The occupied bins in order of value; zeros are a bin of width zero. */
export function floatBins(h: FloatHistogram): readonly FloatBin[] {
  const view = new DataView(new ArrayBuffer(4));
  const shift = 23 - h.mantissaBits;
  const edge = (bits: number): number => {
    view.setUint32(0, bits);
    return view.getFloat32(0);
  };
  const bins: FloatBin[] = h.zeros > 0 ? [{ low: 0, high: 0, count: h.zeros }] : [];
  for (const [key, page] of h.pages)
    for (const [k, count] of page.entries()) {
      if (count === 0) continue;
      const from = ((key & 255) * 2 ** 23 + k * 2 ** shift) >>> 0;
      const [near, far] = [edge(from), from + 2 ** shift >= 0x7f800000 ? 3.4028234663852886e38 : edge(from + 2 ** shift)];
      bins.push(key >= 256 ? { low: -far, high: -near, count } : { low: near, high: far, count });
    }
  return bins.sort((a, b) => a.low - b.low);
}

/** The value below which `percent` of the finite numbers lie, to the width of a bin (2^-mantissaBits of it), by linear interpolation inside; exact at 0 and 100. Error: `tensor/empty`. */
export function floatPercentile(h: FloatHistogram, percent: number): number {
  const finite = h.count - h.nans - h.infinities;
  if (finite === 0) throw fail('empty');
  const target = (percent / 100) * finite;
  let seen = 0;
  for (const { low, high, count } of floatBins(h)) {
    if (seen + count >= target) return Math.min(h.max, Math.max(h.min, low + (high - low) * ((target - seen) / count)));
    seen += count;
  }
  return h.max;
}

/** The numbers spread over equal bins of [low, high]; what lies outside is added to the end bins when `clamp`, else left out. A bin that is cut is shared by length. */
export function toLinear(h: FloatHistogram, low: number, high: number, bins: number, clamp = false): Histogram {
  const counts = new Float64Array(bins);
  const width = (high - low) / bins;
  for (const bin of floatBins(h)) {
    const span = bin.high - bin.low;
    const first = Math.floor((bin.low - low) / width);
    const last = span === 0 ? first : Math.floor((bin.high - low) / width);
    for (let k = Math.max(first, -1); k <= Math.min(last, bins); k++) {
      const [from, to] = [k < 0 ? Number.NEGATIVE_INFINITY : low + k * width, k >= bins ? Number.POSITIVE_INFINITY : low + (k + 1) * width];
      const share = span === 0 ? 1 : Math.max(0, Math.min(bin.high, to) - Math.max(bin.low, from)) / span;
      const inside = span === 0 && bin.low === high ? bins - 1 : k;
      if (inside >= 0 && inside < bins) counts[inside]! += share * bin.count;
      else if (clamp) counts[inside < 0 ? 0 : bins - 1]! += share * bin.count;
    }
    // Bins wholly outside.
    if (clamp && last < -1) counts[0]! += bin.count;
    if (clamp && first > bins) counts[bins - 1]! += bin.count;
  }
  return { low, high, counts };
}
