import { describe, expect, it } from 'vitest';
import type { Results, VariantResult } from './results';
import { batchesOf, resultsTable } from './table';

const variant = (name: string, change: Partial<VariantResult> = {}): VariantResult => ({
  name,
  steps: [],
  path: null,
  bytes: 1000,
  gzipBytes: 900,
  parameters: 250,
  loadMs: 1,
  firstRunMs: null,
  peakRssBytes: null,
  latencyMs: { '64': { median: 2, ci95: [1, 3] }, '1': { median: 0.5, ci95: [0.4, 0.6] } },
  accuracy: null,
  onFrontier: false,
  ...change,
});
const results: Results = {
  task: 'test',
  environment: {},
  variants: [
    variant('a'),
    variant('b', { bytes: 250, latencyMs: { '1': { median: 0.25, ci95: [0.2, 0.3] } }, accuracy: { value: 0.9, ci95: [0.8, 0.95], n: 50 } }),
  ],
};

describe('resultsTable', () => {
  it('orders batches by number', () => expect(batchesOf(results)).toEqual(['1', '64']));

  it('leaves out columns without a value and gives ratios to the first variant', () => {
    const { columns, rows } = resultsTable(results);
    const keys = columns.map((column) => column.key);
    expect(keys).not.toContain('firstRunMs');
    expect(keys).not.toContain('agreement');
    const b = Object.fromEntries(keys.map((key, i) => [key, rows[1]![i]!]));
    expect(b.smaller!.value).toBe(4);
    expect(b['faster.1']!.value).toBe(2);
    expect(b['latencyMs.64']!.value).toBeNull();
    expect(b.accuracy).toEqual({ value: 0.9, ci95: [0.8, 0.95] });
    expect(rows[0]![keys.indexOf('accuracy')]!.value).toBeNull();
  });

  it('keeps the columns asked for, in that order', () => {
    expect(resultsTable(results, { columns: ['bytes', 'name'] }).rows[1]!.map((cell) => cell.value)).toEqual([250, 'b']);
  });
});
