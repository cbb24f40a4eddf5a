import { isModelDietError } from '@modeldiet/numfmt';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { compareRuns, pairedRatio } from './compare-runs';
import { measure, stopped } from './measure';
import { shortestSample, timer } from './timer';

const quick = { minTimeMs: 10, maxTimeMs: 300, maxWarmupMs: 100 };
const spin = (ms: number) => (): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
afterEach(() => vi.restoreAllMocks());

/** A clock that moves only when told, so that a busy machine changes nothing; returns what moves it, in ms. */
function virtualClock(): (ms: number) => void {
  // The real clock is examined before it is replaced.
  timer();
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return (ms) => {
    now += ms;
  };
}

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (e) {
    return isModelDietError(e) ? e.code : String(e);
  }
  return 'no error';
};

describe('measure', () => {
  test('a known duration is measured as such, sync and async', async () => {
    const pass = virtualClock();
    for (const fn of [() => pass(2), async () => pass(2)]) {
      const m = await measure(fn, quick);
      // What reading the real clock costs is taken off, and that is all.
      expect(m.median).toBeCloseTo(2 - timer().overheadMs, 9);
      expect(m.max - m.min).toBeLessThan(1e-6);
      expect(m.samples).toBeGreaterThanOrEqual(20);
      expect(m.batch).toBe(1);
    }
  });

  test('calls shorter than the clock are batched until the clock is below 1 %', async () => {
    const pass = virtualClock();
    let calls = 0;
    const m = await measure(() => {
      calls++;
      pass(1e-4);
    }, quick);
    expect(m.batch).toBeGreaterThan(10);
    expect(m.median * m.batch).toBeGreaterThan(0.99 * shortestSample(timer()));
    expect(calls).toBe(m.batch * m.samples + m.conditions.warmupRuns);
  });

  test('async calls are awaited one after the other', async () => {
    let open = 0;
    let most = 0;
    await measure(
      async () => {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
      },
      { ...quick, maxSamples: 50 },
    );
    expect(most).toBe(1);
  });

  test('sync is awaited inside the time', async () => {
    const m = await measure(() => 0, { ...quick, maxSamples: 30, sync: () => new Promise((resolve) => setTimeout(resolve, 3)) });
    expect(m.median * m.batch).toBeGreaterThan(2.5);
    expect(m.conditions.synced).toBe(true);
  });

  test('noise takes more samples than quiet, and the reason to stop is said', async () => {
    expect((await measure(spin(0.2), { ...quick, targetRelativeCi: 0.5 })).conditions.stoppedBy).toBe('interval');
    const capped = await measure(spin(0.2), { ...quick, minTimeMs: 0, targetRelativeCi: 0, maxSamples: 25 });
    expect(capped.conditions.stoppedBy).toBe('maxSamples');
    expect(capped.samples).toBe(25);
    expect((await measure(spin(5), { ...quick, targetRelativeCi: 0, maxTimeMs: 30 })).conditions.stoppedBy).toBe('maxTime');
  });

  test('an exact warm-up is exact but for the calls that find the batch', async () => {
    const pass = virtualClock();
    let calls = 0;
    const counted = (): void => {
      calls++;
      pass(50);
    };
    const m = await measure(counted, { ...quick, warmup: 7, maxSamples: 20 });
    expect(m.conditions.warmupRuns).toBe(8);
    expect(calls).toBe(8 + m.samples * m.batch);
  });

  test('what the function throws comes through, and so does the reason of an abort', async () => {
    await expect(
      measure(() => {
        throw new RangeError('mine');
      }),
    ).rejects.toThrow('mine');
    const stop = new AbortController();
    const reason = new Error('stopped');
    setTimeout(() => stop.abort(reason), 20);
    await expect(measure(spin(1), { targetRelativeCi: 0, maxTimeMs: 60_000, maxSamples: 1e6, signal: stop.signal })).rejects.toBe(reason);
  });

  test('an option that makes no sense is an error', async () => {
    expect(await codeOf(measure(() => 0, { minSamples: 0 }))).toBe('profiler/bad-option');
    expect(await codeOf(measure(() => 0, { minSamples: 10, maxSamples: 5 }))).toBe('profiler/bad-option');
    expect(await codeOf(measure(() => 0, { warmup: Number.NaN }))).toBe('profiler/bad-option');
  });
});

test('stopped: by the interval only when asked for long enough', () => {
  const limits = { minSamples: 5, maxSamples: 10, minTimeMs: 10, maxTimeMs: 100, targetRelativeCi: 0.1 };
  expect(stopped(limits, 4, 50, () => true)).toBeUndefined();
  expect(stopped(limits, 5, 5, () => true)).toBeUndefined();
  expect(stopped(limits, 5, 10, () => true)).toBe('interval');
  expect(stopped(limits, 10, 0, () => false)).toBe('maxSamples');
  expect(stopped(limits, 3, 100, () => false)).toBe('maxTime');
  expect(stopped(limits, 2, 100, () => false)).toBeUndefined();
});

describe('compareRuns', () => {
  test('finds which is faster, and by how much', async () => {
    const pass = virtualClock();
    const { ratios, measurements, rounds, baseline } = await compareRuns({ slow: () => pass(2), fast: () => pass(1) }, { ...quick, maxSamples: 40 });
    expect(baseline).toBe('slow');
    expect(ratios.slow).toMatchObject({ ratio: 1, ci95: [1, 1], verdict: 'level' });
    const { overheadMs } = timer();
    expect(ratios.fast.ratio).toBeCloseTo((2 - overheadMs) / (1 - overheadMs), 9);
    expect(ratios.fast.verdict).toBe('faster');
    expect(measurements.fast.samples).toBe(rounds);
    expect(measurements.slow.samples).toBe(rounds);
  });

  test('rounds interleave, each mirrored by the next, the same for the same seed', async () => {
    const pass = virtualClock();
    const orderFor = async (seed: number): Promise<string> => {
      let order = '';
      const mark = (name: string) => (): void => {
        order += name;
        pass(50);
      };
      await compareRuns({ a: mark('a'), b: mark('b'), c: mark('c') }, { seed, warmup: 0, minSamples: 8, maxSamples: 8, minTimeMs: 0, targetRelativeCi: 0 });
      // Each of the three is warmed up first: two calls.
      expect(order.slice(0, 6)).toBe('aabbcc');
      return order.slice(6);
    };
    const order = await orderFor(1);
    const rounds = order.match(/.{3}/g)!;
    expect(rounds).toHaveLength(8);
    for (const round of rounds) expect([...round].sort().join('')).toBe('abc');
    for (let i = 0; i < rounds.length; i += 2) expect(rounds[i + 1]).toBe([...rounds[i]!].reverse().join(''));
    expect(await orderFor(1)).toBe(order);
    const others = await Promise.all([2, 3, 4, 5].map(orderFor));
    expect(others.some((other) => other !== order)).toBe(true);
  });

  test('what a round shares cancels in the paired ratio', () => {
    const drift = [1, 2, 4, 8, 16, 3, 5, 9];
    const { ratio, ci95, verdict } = pairedRatio(
      drift.map((d) => d * 1.5),
      drift,
    );
    expect(ratio).toBeCloseTo(1.5, 12);
    expect(ci95[0]).toBeCloseTo(1.5, 12);
    expect(ci95[1]).toBeCloseTo(1.5, 12);
    expect(verdict).toBe('faster');
  });

  test('one entry, or a baseline that is none of them, is an error', async () => {
    expect(await codeOf(compareRuns({ only: () => 0 }))).toBe('profiler/too-few-entries');
    expect(await codeOf(compareRuns({ a: () => 0, b: () => 0 }, { baseline: 'c' }))).toBe('profiler/unknown-baseline');
  });
});
