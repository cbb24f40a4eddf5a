// npm run demo, as a user runs it after install and build: the table, the files, the figures that the README promises.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '@modeldiet/pipeline';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './run';
import { problemsOf } from './schema';

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

function demo(): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [join(root, 'scripts/demo.mjs')], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr, seconds: (performance.now() - started) / 1000 }));
  });
}

describe('the demo', () => {
  let ran: Ran;
  let results: Results;
  beforeAll(async () => {
    ran = await demo();
    if (ran.status === 0) results = JSON.parse(readFileSync(join(root, 'demo-out/results.json'), 'utf8')) as Results;
  }, 120_000);

  it('prints one table and its time', () => {
    expect(ran.status, ran.stderr).toBe(0);
    const rows = ran.stdout.trim().split('\n');
    expect(rows).toHaveLength(7);
    for (const title of ['variant', 'bytes', 'gzip bytes', 'parameters', 'latency, batch 1', 'latency, batch 64', 'accuracy']) expect(rows[0]).toContain(title);
    expect(ran.stderr).toMatch(/run {6}done in [\d.]+ s/);
  });

  it('writes results of the published schema, and the files they name', () => {
    expect(problemsOf(results, 'results')).toEqual([]);
    for (const { path, bytes } of results.variants) expect(readFileSync(join(root, 'demo-out', path!)).length).toBe(bytes);
    expect(existsSync(join(root, 'demo-out/report.html'))).toBe(true);
    expect(results.variants.some(({ onFrontier }) => onFrontier)).toBe(true);
  });

  it('keeps its promises: accuracy, sizes, every figure measured', () => {
    const [baseline, half, perChannel, perTensor, calibrated, int4] = results.variants;
    expect(baseline!.accuracy!.value).toBeGreaterThan(0.95);
    expect(half!.bytes / baseline!.bytes).toBeLessThan(0.51);
    expect(perChannel!.bytes / baseline!.bytes).toBeLessThanOrEqual(0.28);
    expect(perTensor!.bytes / baseline!.bytes).toBeLessThanOrEqual(0.27);
    expect(calibrated!.bytes / baseline!.bytes).toBeLessThanOrEqual(0.32);
    expect(int4!.bytes / baseline!.bytes).toBeLessThanOrEqual(0.18);
    for (const { accuracy, latencyMs, loadMs, peakRssBytes } of results.variants) {
      expect(Math.abs(accuracy!.value - baseline!.accuracy!.value)).toBeLessThanOrEqual(0.02);
      expect(accuracy!.n).toBe(360);
      expect(Object.keys(latencyMs)).toEqual(['1', '64']);
      expect(loadMs).toBeGreaterThan(0);
      expect(peakRssBytes).toBeGreaterThan(20e6);
    }
  });
});
