import { describe, expect, it } from 'vitest';
import { readBudget } from './budget';

describe('--budget', () => {
  it.each([
    ['size=1MB,latency=2ms,memory=200MB,drop=1%', { sizeBytes: 1e6, latencyMs: 2, memoryBytes: 200e6, drop: 0.01 }],
    ['file=25MiB, download = 10mb', { largestFileBytes: 25 * 2 ** 20, downloadBytes: 10e6 }],
    ['latency=0.5s', { latencyMs: 500 }],
    ['latency=50us,gzip=900', { latencyMs: 0.05, gzipBytes: 900 }],
    ['drop=-0.5', { drop: -0.5 }],
  ])('%s', (text, budget) => {
    const read = readBudget(text);
    expect(Object.keys(read)).toEqual(Object.keys(budget));
    for (const [limit, value] of Object.entries(budget)) expect(read[limit as keyof typeof read]).toBeCloseTo(value, 12);
  });

  it.each([
    ['size', /clauses like/],
    ['size=big', /clauses like/],
    ['sise=1MB', /did you mean size/],
    ['size=1ms', /no such unit/],
    ['size=1MB,size=2MB', /twice/],
    ['', /clauses like/],
  ])("'%s' is refused", (text, says) => {
    expect(() => readBudget(text)).toThrow(expect.objectContaining({ code: 'cli/budget-syntax', message: expect.stringMatching(says) }));
  });
});
