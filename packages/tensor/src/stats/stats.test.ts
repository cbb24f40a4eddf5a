import { jStat } from 'jstat';
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  compare,
  emptyFloatHistogram,
  floatHistogram,
  floatPercentile,
  histogram,
  klDivergence,
  mad,
  mcnemar,
  meanInterval,
  median,
  mergeFloatHistograms,
  mse,
  percentile,
  random,
  sparsity,
  summary,
  tensor,
  toLinear,
  wilsonInterval,
} from '..';
import { normalQuantile, studentQuantile } from './quantiles';

const t = (...x: number[]) => tensor('float32', Float32Array.from(x), [x.length]);
const normals = (n: number, seed = 1) => {
  const rng = random(seed);
  return Float32Array.from({ length: n }, rng.normal);
};

describe('compare', () => {
  it('gives the four figures', () => {
    expect(compare(t(1, 2, 2), t(1, 2, 2))).toEqual({ sqnrDb: Infinity, mse: 0, cosine: 1, maxAbsDiff: 0 });
    const c = compare(t(3, 4), t(3, 5));
    expect(c.sqnrDb).toBeCloseTo(10 * Math.log10(25));
    expect([c.mse, c.maxAbsDiff]).toEqual([0.5, 1]);
    expect(c.cosine).toBeCloseTo(29 / (5 * Math.sqrt(34)));
    expect(mse(t(3, 4), t(3, 5))).toBe(0.5);
  });
  it('defines zeros, NaN and infinities', () => {
    expect(compare(t(0, 0), t(0, 0)).cosine).toBe(1);
    expect(compare(t(0, 0), t(1, 0))).toMatchObject({ cosine: 0, sqnrDb: -Infinity });
    expect(compare(t(NaN, Infinity, 1), t(NaN, Infinity, 1)).sqnrDb).toBe(Infinity);
    expect(compare(t(NaN, 1), t(1, 1)).maxAbsDiff).toBe(Infinity);
    expect(() => compare(t(1), t(1, 2))).toThrow(expect.objectContaining({ code: 'tensor/mismatch' }));
  });
  it('measures divergence', () => {
    expect(klDivergence(t(1, 1), t(2, 2))).toBe(0);
    expect(klDivergence(t(0.5, 0.5), t(0.9, 0.1))).toBeCloseTo(0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1));
    expect(klDivergence(t(1, 1), t(1, 0))).toBe(Infinity);
    expect(() => klDivergence(t(-1, 1), t(1, 1))).toThrow(/distribution/);
  });
});

describe('summary', () => {
  it('sees everything once', () => {
    const s = summary(t(1e6 + 1, 1e6 + 2, 1e6 + 3, NaN, -Infinity));
    expect(s).toMatchObject({ count: 5, min: 1e6 + 1, max: 1e6 + 3, absMax: 1e6 + 3, mean: 1e6 + 2, nans: 1, infinities: 1, zeros: 0 });
    expect(s.variance).toBeCloseTo(2 / 3, 10);
    expect(sparsity(t(0, 0, -0, 1))).toBe(0.75);
    expect(summary(t()).min).toBeNaN();
  });
});

describe('histogram', () => {
  it('counts equal bins, the last one closed', () => {
    expect([...histogram(t(0, 0.5, 1, 2, 3, 4), { bins: 4 }).counts]).toEqual([2, 1, 1, 2]);
    expect([...histogram(t(5, 5, 5), { bins: 3 }).counts]).toEqual([3, 0, 0]);
    expect([...histogram(t(-1, 0.5, NaN, 9, Infinity), { bins: 2, range: [0, 1] }).counts]).toEqual([0, 1]);
    expect([...histogram(t(), { bins: 2 }).counts]).toEqual([0, 0]);
    expect(histogram(t(1, Infinity, NaN, 3), { bins: 2 })).toMatchObject({ low: 1, high: 3 });
    expect(() => histogram(t(1), { bins: 0 })).toThrow(/bins/);
  });

  it('merges to the same counts in any order and any cut', () => {
    const x = normals(10_001);
    x.set([0, -0, NaN, Infinity, 1e-40, -3e38], 17);
    const whole = floatHistogram(x);
    const cuts = [x.subarray(0, 10), x.subarray(10, 5000), x.subarray(5000)].map((part) => floatHistogram(part));
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const merged = order.map((i) => cuts[i]!).reduce(mergeFloatHistograms, emptyFloatHistogram());
      expect({ ...merged, pages: [...merged.pages].sort((a, b) => a[0] - b[0]) }).toEqual({ ...whole, pages: [...whole.pages].sort((a, b) => a[0] - b[0]) });
    }
  });

  it('gives percentiles to the width of a bin', () => {
    const x = normals(50_000, 3);
    const h = floatHistogram(x);
    for (const p of [0, 0.1, 1, 25, 60, 99, 99.9, 100]) {
      const exact = percentile(x, p);
      expect(Math.abs(floatPercentile(h, p) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -7 + 1e-3);
    }
    expect(floatPercentile(h, 100)).toBe(Math.max(...x));
  });

  it('spreads into linear bins without losing a number', () => {
    const x = normals(10_000, 5);
    const h = floatHistogram(x, 8);
    const linear = toLinear(h, -8, 8, 64);
    expect(linear.counts.reduce((a, b) => a + b)).toBeCloseTo(10_000, 6);
    const direct = histogram(tensor('float32', x), { bins: 64, range: [-8, 8] });
    for (const [i, c] of linear.counts.entries()) expect(Math.abs(c - direct.counts[i]!)).toBeLessThan(20);
    const clamped = toLinear(h, -0.5, 0.5, 10, true);
    expect(clamped.counts.reduce((a, b) => a + b)).toBeCloseTo(10_000, 6);
    expect(toLinear(h, -0.5, 0.5, 10).counts.reduce((a, b) => a + b)).toBeLessThan(5_000);
  });
});

describe('samples', () => {
  it('median, mad, percentile as numpy', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(percentile([1, 2, 3, 4], 90)).toBeCloseTo(3.7);
    expect(mad([1, 1, 2, 2, 4, 6, 9])).toBe(1);
    expect(() => median([])).toThrow(expect.objectContaining({ code: 'tensor/empty' }));
    expect(() => percentile([1], 101)).toThrow(/percent/);
  });
  it('quantiles as jStat has them', () => {
    for (const confidence of [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]) {
      expect(normalQuantile(confidence)).toBeCloseTo(jStat.normal.inv((1 + confidence) / 2, 0, 1), 6);
      for (const dof of [1, 2, 3, 4, 5, 10, 29, 100, 999])
        expect(studentQuantile(confidence, dof) / jStat.studentt.inv((1 + confidence) / 2, dof)).toBeCloseTo(1, 6);
    }
  });
  it('intervals', () => {
    const w = wilsonInterval(350, 360);
    expect([w.low, w.high].map((x) => x.toFixed(4))).toEqual(['0.9496', '0.9848']);
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(10, 10).high).toBe(1);
    const m = meanInterval([1, 2, 3, 4, 5]);
    expect([m.value, m.low.toFixed(4), m.high.toFixed(4)]).toEqual([3, '1.0368', '4.9632']);
    expect(meanInterval([1]).high).toBe(Infinity);
    const x = normals(200, 9);
    const b = bootstrapInterval(x, median, { seed: 4 });
    expect(b).toEqual(bootstrapInterval(x, median, { seed: 4 }));
    expect(b.low < b.value && b.value < b.high && b.high - b.low < 0.6).toBe(true);
    expect(() => wilsonInterval(3, 2)).toThrow();
    expect(() => meanInterval([1, 2], 1)).toThrow(/confidence/);
  });
  it("McNemar's test, exact and mid-p", () => {
    // By hand: n = 10, least 2: 2 * (1 + 10 + 45) / 1024; the mid-p takes half of the point 45 / 1024 away on each side.
    expect(mcnemar(2, 8).exact).toBeCloseTo(112 / 1024, 12);
    expect(mcnemar(2, 8).midP).toBeCloseTo(67 / 1024, 12);
    expect(mcnemar(5, 5).exact).toBe(1);
    expect(mcnemar(0, 0)).toMatchObject({ exact: 1, midP: 1 });
    expect(mcnemar(1, 1).midP).toBeCloseTo(0.75, 12);
    expect(mcnemar(900, 1100).exact).toBeLessThan(1e-4);
    expect(() => mcnemar(1.5, 2)).toThrow();
  });
});
