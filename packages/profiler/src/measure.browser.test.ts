// The stopwatch in a real browser, where the clock is coarse.
import { expect, test } from 'vitest';
import { compareRuns } from './compare-runs';
import { environment } from './environment';
import { measure } from './measure';
import { timer } from './timer';

const quick = { minTimeMs: 20, maxTimeMs: 500, maxWarmupMs: 200 };

test('calls far below the clock are batched, and the clock is said', async () => {
  let calls = 0;
  const m = await measure(() => ++calls, quick);
  expect(timer().resolutionMs).toBeGreaterThan(0);
  expect(m.batch).toBeGreaterThan(100);
  expect(m.median).toBeLessThan(0.01);
  expect(m.conditions.timerResolutionMs).toBe(timer().resolutionMs);
});

test('ratios come out of interleaved runs', async () => {
  const work = (n: number) => (): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.sqrt(i);
    return sum;
  };
  const { ratios } = await compareRuns({ small: work(20_000), large: work(60_000) }, quick);
  expect(ratios.large.verdict).toBe('slower');
});

test('the environment is a browser, and says whether threads can be had', () => {
  const here = environment();
  expect(here.runtime.name).toBe('browser');
  expect(here.runtime.version).toMatch(/Chrome\/\d+/);
  expect(here.crossOriginIsolated).toBe(crossOriginIsolated);
  expect(here.cpu.cores).toBe(navigator.hardwareConcurrency);
});
