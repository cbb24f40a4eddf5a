import { expect, test } from 'vitest';
import { type Conditions, medianRanks, quantileOf, summarize } from './measurement';

const conditions: Conditions = { warmupRuns: 1, warmupMs: 1, settled: true, stoppedBy: 'interval', timerResolutionMs: 0, timerOverheadMs: 0, synced: false };

/** P(l <= B <= n - l) for B ~ Bin(n, 1/2): the coverage of the l-th and its mirror, by adding up exact binomials. */
function coverage(n: number, l: number): number {
  let term = 0.5 ** n;
  let inside = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= l && k <= n - l) inside += term;
    term = (term * (n - k)) / (k + 1);
  }
  return inside;
}

test('the ranks cover the median with 95 %, and one step narrower does not', () => {
  for (let n = 6; n <= 300; n++) {
    const [low, high] = medianRanks(n);
    expect(low + high).toBe(n - 1);
    expect(coverage(n, low + 1)).toBeGreaterThanOrEqual(0.95);
    expect(coverage(n, low + 2)).toBeLessThan(0.95);
  }
});

test('published ranks: n = 10 takes the 2nd and 9th, n = 100 the 40th and 61st', () => {
  expect(medianRanks(10)).toEqual([1, 8]);
  expect(medianRanks(100)).toEqual([39, 60]);
});

test('few samples take the extremes; very many do not underflow', () => {
  expect(medianRanks(1)).toEqual([0, 0]);
  expect(medianRanks(5)).toEqual([0, 4]);
  const [low, high] = medianRanks(100_000);
  expect(low).toBeGreaterThan(49_600);
  expect(high).toBeLessThan(50_400);
});

test('quantiles interpolate', () => {
  expect(quantileOf([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantileOf([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6, 12);
  expect(quantileOf([7], 0.99)).toBe(7);
});

test('a summary keeps the order of its samples and sorts a copy', () => {
  const values = [3, 1, 2, 100, 4, 5, 6, 7];
  const m = summarize(values, 2, conditions);
  expect(m.values).toEqual([3, 1, 2, 100, 4, 5, 6, 7]);
  expect(m).toMatchObject({ samples: 8, batch: 2, median: 4.5, p50: 4.5, min: 1, max: 100, mean: 16, mad: 2 });
  expect(m.ci95[0]).toBeLessThanOrEqual(m.median);
  expect(m.ci95[1]).toBeGreaterThanOrEqual(m.median);
});

test('the interval holds the true median of a skewed distribution about as often as it says', () => {
  let state = 12345;
  const uniform = (): number => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) / 2 ** 24;
  let held = 0;
  const rounds = 1000;
  for (let round = 0; round < rounds; round++) {
    const sample = Array.from({ length: 31 }, () => -Math.log(1 - uniform()));
    const { ci95 } = summarize(sample, 1, conditions);
    if (ci95[0] <= Math.LN2 && Math.LN2 <= ci95[1]) held++;
  }
  expect(held / rounds).toBeGreaterThan(0.93);
});
