// The demo's table in README.md: the script's, whole, with its conditions. Which numbers it has is the demo's to say.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Results, VariantResult } from '@modeldiet/pipeline';
import { describe, expect, it } from 'vitest';
import { between, demoSection, markers } from '../../scripts/build-readme.mjs';
import { demoRows } from '../cli/demo-rows';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'README.md'), 'utf8');
const tablesOf = (text: string): string[][][] =>
  text
    .split('\n\n')
    .filter((part) => part.trim().startsWith('|'))
    .map((part) =>
      part
        .trim()
        .split('\n')
        .map((line) =>
          line
            .split(/(?<!\\)\|/)
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    );
const inside = (text: string): string => text.slice(text.indexOf(markers[0]!) + markers[0]!.length, text.indexOf(markers[1]!));

describe('the table in README.md', () => {
  const [weight, speed, ...more] = tablesOf(inside(page));

  it('has every row of the demo, twice: what it weighs, how fast and how right it is', () => {
    expect(more).toEqual([]);
    for (const table of [weight, speed]) expect(table!.slice(2).map(([name]) => name)).toEqual(demoRows);
    expect(weight![0]).toEqual(['variant', 'bytes', 'smaller', 'gzip bytes', 'parameters', 'load', 'first run', 'peak memory']);
    expect(speed![0]).toEqual(['variant', 'latency, batch 1', 'faster', 'latency, batch 64', 'faster', 'accuracy', 'frontier']);
  });

  it('has a number in every cell but the mark of the frontier', () => {
    for (const row of weight!.slice(2)) for (const cell of row.slice(1)) expect(Number.parseFloat(cell.replaceAll(',', '')), cell).toBeGreaterThan(0);
    for (const row of speed!.slice(2)) {
      for (const cell of row.slice(1, -1)) expect(Number.parseFloat(cell), cell).toBeGreaterThan(0);
      for (const i of [1, 3, 5]) expect(row[i]).toMatch(/ \([\d.]+–[\d.]+ /);
      expect(['', 'yes']).toContain(row.at(-1));
    }
    expect(speed!.slice(2).some((row) => row.at(-1) === 'yes')).toBe(true);
  });

  it('says when and where it was measured', () => {
    expect(inside(page)).toMatch(/Measured \d{4}-\d\d-\d\d.*ONNX Runtime: onnxruntime-\w+ [\d.]+.*threads: \d.*CPU: .*cores \d/);
  });
});

const variant = (name: string): VariantResult => ({
  name,
  steps: [],
  path: null,
  bytes: 1000,
  gzipBytes: 900,
  parameters: 250,
  loadMs: 1,
  firstRunMs: 1,
  peakRssBytes: 1e8,
  latencyMs: { '1': { median: 1, ci95: [1, 1] }, '64': { median: 2, ci95: [1, 3] } },
  accuracy: { value: 0.9, ci95: [0.8, 0.95], n: 50 },
  onFrontier: true,
});

describe('the script', () => {
  const results: Results = { task: 'test', environment: { ort: 'onnxruntime-node 1.0', threads: 1, secret: 'x' }, variants: [variant('a | b'), variant('c')] };
  const section = demoSection(results, '2026-01-02', 'in a test');

  it('writes what it is given, and its note', () => {
    expect(tablesOf(section).map((table) => table.map(([name]) => name))).toEqual([
      ['variant', '---', 'a \\| b', 'c'],
      ['variant', '---', 'a \\| b', 'c'],
    ]);
    expect(section).toContain('Measured 2026-01-02, in a test. ONNX Runtime: onnxruntime-node 1.0; threads: 1.');
    expect(section).not.toContain('secret');
  });

  it('changes what is between the markers alone, and the same text twice changes nothing', () => {
    const written = between(page, section);
    expect(written.split(markers[0]!)[0]).toBe(page.split(markers[0]!)[0]);
    expect(written.split(markers[1]!)[1]).toBe(page.split(markers[1]!)[1]);
    expect(between(written, section)).toBe(written);
    expect(() => between('no place', section)).toThrow(/no place for the table/);
  });
});
