// How the range of a value is chosen from what is seen of it. A calibrator is a value; add one: one maker here and one line in the table.
import { emptyFloatHistogram, type FloatHistogram, floatBins, floatHistogram, mergeFloatHistograms } from '@modeldiet/tensor';
import { fail } from '../errors';

/** Two finite numbers, min <= max. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What one value's tensors are added to; the order of adding does not matter. */
export interface RangeTally {
  add(values: Float32Array): void;
  range(): Range;
}

export interface Calibrator<Name extends string = string> {
  readonly name: Name;
  readonly options: object;
  begin(): RangeTally;
}

/** The whole range that was seen. */
export const minMax = (): Calibrator<'minMax'> => ({
  name: 'minMax',
  options: {},
  begin: () => {
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    return {
      add(values) {
        for (let i = 0; i < values.length; i++) {
          const v = values[i]!;
          if (v < min) min = v;
          if (v > max) max = v;
        }
      },
      range: () => (min <= max ? { min, max } : { min: 0, max: 0 }),
    };
  },
});

/** The magnitude below which `percent` of all numbers lie. */
function magnitudeAt(seen: FloatHistogram, percent: number): number {
  const bins = floatBins(seen)
    .map(({ low, high, count }) => ({ near: Math.min(Math.abs(low), Math.abs(high)), far: Math.max(Math.abs(low), Math.abs(high)), count }))
    .sort((a, b) => a.near - b.near);
  let rest = (percent / 100) * (seen.count - seen.nans - seen.infinities);
  for (const { near, far, count } of bins) {
    if (count >= rest) return near + (far - near) * (rest / count);
    rest -= count;
  }
  return Math.max(-seen.min, seen.max);
}

/**
 * The range without its tails: numbers above the magnitude that `percent` of all numbers stay below are clipped (default 99.99, as TensorRT and ONNX Runtime). Kept as a histogram by sign, exponent
 * and leading mantissa bits, whose merging is exact: a few KiB a value, however many samples.
 */
export function percentile(percent = 99.99): Calibrator<'percentile'> {
  if (!(percent > 0 && percent <= 100)) throw fail('bad-option', { where: { option: 'percent' }, expected: 'above 0, at most 100', actual: percent });
  return {
    name: 'percentile',
    options: { percent },
    begin: () => {
      let seen = emptyFloatHistogram();
      return {
        add: (values) => {
          seen = mergeFloatHistograms(seen, floatHistogram(values));
        },
        range: () => {
          if (seen.count === 0) return { min: 0, max: 0 };
          const end = magnitudeAt(seen, percent);
          return { min: Math.max(seen.min, -end), max: Math.min(seen.max, end) };
        },
      };
    },
  };
}

/** Name -> maker with its defaults. */
export const calibrators = { minMax, percentile } as const;
