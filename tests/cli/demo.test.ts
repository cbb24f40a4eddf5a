// npm run demo, as a user runs it after install and build: the table, the files, the figures that the README promises.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '@modeldiet/pipeline';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoRows } from './demo-rows';
import { root } from './run';
import { problemsOf } from './schema';

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function demo(): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'scripts/demo.mjs')], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

describe('the demo', () => {
  let ran: Ran;
  let results: Results;
  beforeAll(async () => {
    ran = await demo();
    if (ran.status === 0) results = JSON.parse(readFileSync(join(root, 'demo-out/results.json'), 'utf8')) as Results;
  }, 240_000);

  it('prints two tables that fit a terminal, and says what they do not', () => {
    expect(ran.status, ran.stderr).toBe(0);
    const [weight, speed, ...said] = ran.stdout.trim().split('\n\n');
    const lines = (text: string | undefined) => text!.split('\n');
    for (const line of [...lines(weight), ...lines(speed)]) expect(line.length).toBeLessThanOrEqual(180);
    for (const title of ['variant', 'bytes', 'smaller', 'gzip bytes', 'parameters', 'load', 'first run', 'peak memory'])
      expect(lines(weight)[0]).toContain(title);
    for (const title of ['variant', 'latency, batch 1', 'latency, batch 64', 'faster', 'accuracy', 'frontier']) expect(lines(speed)[0]).toContain(title);
    for (const table of [weight, speed]) {
      expect(lines(table)).toHaveLength(1 + demoRows.length);
      for (const [i, name] of demoRows.entries()) expect(lines(table)[i + 1]!.startsWith(`${name} `)).toBe(true);
    }
    expect(said.join('\n')).toContain('you still multiply by zero');
  });

  it('writes results of the published schema, and the files they name', () => {
    expect(problemsOf(results, 'results')).toEqual([]);
    for (const { path, bytes } of results.variants) expect(readFileSync(join(root, 'demo-out', path!)).length).toBe(bytes);
    expect(existsSync(join(root, 'demo-out/report.html'))).toBe(true);
    expect(results.variants.some(({ onFrontier }) => onFrontier)).toBe(true);
  });

  it('keeps its promises: accuracy, sizes, every figure measured', () => {
    const of = (name: string) => results.variants.find((variant) => variant.name === name)!;
    const baseline = of('baseline');
    expect(baseline.accuracy!.value).toBeGreaterThan(0.95);
    expect(baseline.parameters).toBe(64 * 1024 + 1024 + 1024 * 10 + 10);
    const atMost: Record<string, number> = {
      float16: 0.51,
      'dynamic int8': 0.28,
      'static int8': 0.32,
      'QAT int8': 0.32,
      'int4 weights': 0.18,
      'pruned 30 % of channels': 0.71,
      'distilled 64-32-10': 0.04,
      'distilled + pruned + int8': 0.02,
    };
    for (const [name, ratio] of Object.entries(atMost)) expect(of(name).bytes / baseline.bytes, name).toBeLessThanOrEqual(ratio);
    for (const name of ['float16', 'dynamic int8', 'static int8', 'QAT int8', 'int4 weights', 'pruned 40 %'])
      expect(of(name).parameters, name).toBe(baseline.parameters);
    expect(of('pruned 40 %').bytes).toBe(baseline.bytes);
    expect(of('pruned 40 %').gzipBytes / baseline.gzipBytes).toBeLessThan(0.75);
    for (const { name, accuracy, latencyMs, loadMs, firstRunMs, peakRssBytes } of results.variants) {
      expect(Math.abs(accuracy!.value - baseline.accuracy!.value), name).toBeLessThanOrEqual(0.03);
      expect(accuracy!.n).toBe(360);
      expect(Object.keys(latencyMs)).toEqual(['1', '64']);
      expect(loadMs).toBeGreaterThan(0);
      expect(firstRunMs).toBeGreaterThan(0);
      expect(peakRssBytes).toBeGreaterThan(20e6);
    }
  });
});
