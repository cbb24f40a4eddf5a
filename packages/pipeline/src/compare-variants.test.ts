import { fromArrays } from '@modeldiet/data';
import { type Dim, edit, graphBuilder, linear, type Model, relu, sequential } from '@modeldiet/onnx-io';
import { convertFloat } from '@modeldiet/quantize';
import { accuracy } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { tensor } from '@modeldiet/tensor';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { compareVariants } from './compare-variants';
import { freshProcess } from './node/fresh-process';
import { counted } from './testing';

let backend: Awaited<ReturnType<typeof nodeBackend>>;
let baseline: Model;
let half: Model;
const rows = 40;
const dataset = fromArrays({
  x: tensor(
    'float32',
    Float32Array.from({ length: rows * 16 }, (_, i) => Math.sin(i * 1.7)),
    [rows, 16],
  ),
  label: tensor(
    'int64',
    BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 4)),
    [rows],
  ),
});
const quick = { minSamples: 6, minTimeMs: 0, maxTimeMs: 50, maxWarmupMs: 10 };

beforeAll(async () => {
  backend = await nodeBackend();
  baseline = sequential([linear(16, 128), relu(), linear(128, 4)], { seed: 1 });
  half = (await convertFloat(baseline)).model;
});

describe('compareVariants', () => {
  it('measures every column of every variant', async () => {
    const tracked = counted(backend);
    const variants = [
      { name: 'float32', model: baseline },
      { name: 'float16', model: half, steps: ['convertFloat'], path: 'half.onnx' },
    ];
    const progress = vi.fn();
    const results = await compareVariants(variants, {
      task: 't',
      backend: tracked,
      dataset,
      metric: accuracy(),
      batches: [1, 8],
      measure: quick,
      onProgress: progress,
    });
    expect(tracked.open()).toBe(0);
    expect(results.variants.map(({ name, steps, path }) => [name, steps, path])).toEqual([
      ['float32', [], null],
      ['float16', ['convertFloat'], 'half.onnx'],
    ]);
    const [a, b] = results.variants;
    expect(b!.bytes).toBeLessThan(a!.bytes * 0.62);
    expect(a!.gzipBytes).toBeLessThan(a!.bytes);
    expect(a!.parameters).toBe(16 * 128 + 128 + 128 * 4 + 4);
    for (const { latencyMs, accuracy: score, loadMs, firstRunMs, peakRssBytes } of results.variants) {
      expect(Object.keys(latencyMs)).toEqual(['1', '8']);
      for (const { median, ci95 } of Object.values(latencyMs)) {
        expect(ci95[0]).toBeLessThanOrEqual(median);
        expect(ci95[1]).toBeGreaterThanOrEqual(median);
      }
      expect(score!.n).toBe(rows);
      expect(score!.ci95[0]).toBeLessThan(score!.value);
      expect([loadMs! > 0, firstRunMs! > 0, peakRssBytes]).toEqual([true, true, null]);
    }
    expect(results.environment).toMatchObject({ ort: backend.runtime, backend: 'cpu', threads: 1 });
    expect(progress).toHaveBeenCalled();
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  it('finds the frontier: smaller and as accurate', async () => {
    const { variants } = await compareVariants(
      [
        { name: 'float32', model: baseline },
        { name: 'float16', model: half },
      ],
      { task: 't', backend, dataset, batches: [1], measure: quick },
    );
    expect(variants[0]!.agreement).toMatchObject({ metric: 'top-1', value: 1, n: rows });
    expect(variants[1]!.agreement!.value).toBeGreaterThan(0.9);
    expect(variants[1]!.onFrontier).toBe(true);
    expect(variants[0]!.accuracy).toBeNull();
  });

  it('needs no data: random feeds, and speed on the frontier', async () => {
    const { variants } = await compareVariants([{ name: 'only', model: baseline }], { task: 't', backend, batches: [1, 4], measure: quick });
    expect(variants[0]).toMatchObject({ accuracy: null, onFrontier: true });
    expect(variants[0]).not.toHaveProperty('agreement');
  });

  it('opens each model in fresh processes', { timeout: 30_000 }, async () => {
    const coldStart = freshProcess({ ort: backend.resolved.path, processes: 1 });
    const { variants } = await compareVariants([{ name: 'only', model: baseline }], { task: 't', backend, dataset, batches: [1], measure: quick, coldStart });
    expect(variants[0]!.loadMs).toBeGreaterThan(0);
    expect(variants[0]!.peakRssBytes).toBeGreaterThan(30e6);
  });

  it('frees its sessions when stopped or when a variant does not open', async () => {
    const tracked = counted(backend);
    const stop = new AbortController();
    const stopped = compareVariants([{ name: 'a', model: baseline }], {
      task: 't',
      backend: tracked,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
      measure: quick,
    });
    await expect(stopped).rejects.toThrow('enough');
    const broken = sequential([linear(4, 4)], { seed: 1 });
    edit.setOpset(broken, '', 99);
    await expect(
      compareVariants(
        [
          { name: 'a', model: baseline },
          { name: 'b', model: broken },
        ],
        { task: 't', backend: tracked },
      ),
    ).rejects.toMatchObject({ kind: expect.any(String) });
    expect(tracked.open()).toBe(0);
  });
});

const plain = (dims: readonly Dim[]): Model => {
  const g = graphBuilder();
  g.output(g.op('Relu', [g.input('x', 'float32', dims)]), 'y');
  return g.model();
};

describe('errors', () => {
  const options = { task: 't', measure: quick };
  it.each([
    ['pipeline/no-variants', () => compareVariants([], { ...options, backend })],
    [
      'pipeline/same-name',
      () =>
        compareVariants(
          [
            { name: 'a', model: baseline },
            { name: 'a', model: half },
          ],
          { ...options, backend },
        ),
    ],
    ['pipeline/too-few-rows', () => compareVariants([{ name: 'a', model: baseline }], { ...options, backend, dataset, metric: accuracy(), batches: [64] })],
    ['pipeline/fixed-batch', () => compareVariants([{ name: 'a', model: plain([1, 4]) }], { ...options, backend, batches: [1, 2] })],
    [
      'pipeline/child-failed',
      () =>
        compareVariants([{ name: 'a', model: baseline }], {
          ...options,
          backend,
          batches: [1],
          coldStart: freshProcess({ ort: '/nowhere/ort.js', processes: 1 }),
        }),
    ],
  ])('%s', async (code, run) => {
    await expect(run()).rejects.toMatchObject({ code });
  });

  it('pipeline/no-outputs', async () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 4]);
    g.output(g.op('Relu', [x]), 'a');
    g.output(g.op('Neg', [x]), 'b');
    const h = graphBuilder();
    const z = h.input('x', 'float32', ['n', 4]);
    h.output(h.op('Relu', [z]), 'c');
    h.output(h.op('Neg', [z]), 'd');
    const items = fromArrays({ x: tensor('float32', new Float32Array(8), [2, 4]) });
    await expect(
      compareVariants(
        [
          { name: 'a', model: g.model() },
          { name: 'b', model: h.model() },
        ],
        { ...options, backend, dataset: items, batches: [1] },
      ),
    ).rejects.toMatchObject({ code: 'pipeline/no-outputs' });
  });
});
