// How a range is chosen from values: all of them, all but the tails, or the one with the least squared error.
import { fail } from '../errors';
import { decodeFloat, encodeFloat } from '../float';
import { type Granularity, partsOf } from './granularity';
import { codeRange, type QuantizedFormat, rangesOf, roundHalfEven, type Scheme, scaleOfRange, type ValueRange } from './scale';

/**
 * `minMax`: nothing is clipped. `percentile`: so many percent of the numbers lie inside (symmetric: of the magnitudes; asymmetric: half of the rest on each side). `mse`: the range, shrunk in
 * proportion, whose rounding and clipping errors have the least sum of squares (a grid, then golden section).
 */
export type RangeMethod = 'minMax' | 'mse' | { readonly percentile: number };

interface Shape {
  readonly format: QuantizedFormat;
  readonly bits: number;
  readonly scheme: Scheme;
  readonly granularity: Granularity;
  readonly dims: readonly number[];
}

/** The range of each channel or block by the method. Errors: `numfmt/not-finite` where a number is not finite and the method needs order, `numfmt/qparams` for a percentile outside 0..100. */
export function rangesBy(method: RangeMethod, values: ArrayLike<number>, shape: Shape): ValueRange {
  const { granularity, dims, scheme } = shape;
  if (method === 'minMax') return rangesOf(values, granularity, dims);
  const percent = method === 'mse' ? 100 : method.percentile;
  if (!(percent > 0 && percent <= 100)) throw fail('qparams', { where: { option: 'method' }, expected: 'a percentile above 0, at most 100', actual: percent });
  const channels = channelValues(values, shape);
  const found = channels.map((x) => (method === 'mse' ? bestRange(x, shape) : percentileRange(x, percent, scheme)));
  return { min: found.map((r) => r.min), max: found.map((r) => r.max) };
}

/** The numbers of each scale, in its order. */
function channelValues(values: ArrayLike<number>, { granularity, dims }: Shape): readonly Float32Array[] {
  const out: Float32Array[] = [];
  for (const { at, scale, layout } of partsOf(granularity, dims, values.length)) {
    const { outer, channels, inner } = layout;
    for (let c = 0; c < channels; c++) {
      const x = new Float32Array(outer * inner);
      for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) x[o * inner + i] = values[at + (o * channels + c) * inner + i]!;
      const wrong = x.findIndex((v) => !Number.isFinite(v));
      if (wrong >= 0) throw fail('not-finite', { actual: x[wrong] }, `numbers of scale ${scale + c}`);
      out[scale + c] = x;
    }
  }
  return out;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The k-th number of a sorted array by share, interpolated. */
const quantile = (sorted: Float32Array, share: number): number => {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  return sorted[below]! + (sorted[Math.min(below + 1, sorted.length - 1)]! - sorted[below]!) * (position - below);
};

function percentileRange(x: Float32Array, percent: number, scheme: Scheme): Range {
  if (x.length === 0) return { min: 0, max: 0 };
  if (scheme === 'symmetric') {
    const end = quantile(x.map(Math.abs).sort(), percent / 100);
    return { min: -end, max: end };
  }
  const sorted = x.slice().sort();
  const tail = (100 - percent) / 200;
  return { min: Math.min(0, quantile(sorted, tail)), max: Math.max(0, quantile(sorted, 1 - tail)) };
}

const gridSteps = 40;
/** No range below this share of the full one is tried: at 2 bits the best is near a third. */
const least = 0.1;

function bestRange(x: Float32Array, { format, bits, scheme }: Shape): Range {
  let [min, max] = [0, 0];
  for (const v of x) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  const errorAt = (share: number): number => squaredError(x, min * share, max * share, format, bits, scheme);
  let best = 1;
  let lowest = errorAt(1);
  for (let k = 0; k < gridSteps; k++) {
    const share = least + ((1 - least) * k) / gridSteps;
    const error = errorAt(share);
    if (error < lowest) [best, lowest] = [share, error];
  }
  const width = (1 - least) / gridSteps;
  const refined = goldenSection(errorAt, Math.max(least, best - width), Math.min(1, best + width));
  const share = errorAt(refined) < lowest ? refined : best;
  return { min: min * share, max: max * share };
}

/** The minimum of a function between two points, to a thousandth of their distance. */
function goldenSection(f: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [from, to];
  let [c, d] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  while (b - a > (to - from) / 1000) {
    if (fc < fd) {
      [b, d, fd] = [d, c, fc];
      c = b - ratio * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + ratio * (b - a);
      fd = f(d);
    }
  }
  return (a + b) / 2;
}

/** The sum of squared errors of one trip through the codes, in double. */
function squaredError(x: Float32Array, min: number, max: number, format: QuantizedFormat, bits: number, scheme: Scheme): number {
  const { scale, zeroPoint } = scaleOfRange(min, max, format, bits, scheme);
  const { lo, hi } = codeRange({ format, bits });
  let sum = 0;
  for (const v of x) {
    const scaled = Math.fround(v / scale);
    const code =
      format.kind === 'float'
        ? decodeFloat(encodeFloat(scaled, format, 'nearestEven', true), format)
        : Math.min(Math.max(roundHalfEven(scaled), lo - zeroPoint), hi - zeroPoint);
    const d = code * scale - v;
    sum += d * d;
  }
  return sum;
}
