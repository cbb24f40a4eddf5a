import { take } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { graphBuilder, linear, type Model, relu, scale, sequential } from '@modeldiet/onnx-io';
import { nodeBackend } from '@modeldiet/runtime/node';
import { type Tensor, toFloat32 } from '@modeldiet/tensor';
import { adam, train } from '@modeldiet/train';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshProcess } from '../node/fresh-process';
import { webRuntimeFiles } from '../node/web-runtime-files';
import { resultsTable } from '../table';
import { counted } from '../testing';
import type { Budget, LimitName } from './budget';
import { optimize } from './optimize';
import { onnxruntimeWeb, type PresetName, presets } from './presets';
import { ordered, techniques } from './techniques';

let backend: Awaited<ReturnType<typeof nodeBackend>>;
let model: Model;
const data = digitsSplit({ seed: 1 });
const measure = { minSamples: 6, minTimeMs: 0, maxTimeMs: 30, maxWarmupMs: 10 };
const settings = () => ({ backend, measure });

beforeAll(async () => {
  backend = await nodeBackend();
  const untrained = sequential([scale(1 / 16), linear(64, 128), relu(), linear(128, 10)], { seed: 1 });
  ({ model } = await train(untrained, { dataset: data.train, validation: data.validation, backend, optimizer: adam({ lr: 0.003 }), epochs: 6, seed: 1 }));
}, 60_000);

describe('optimize', () => {
  const { float16, int8 } = techniques;

  it('stops at the cheapest technique that meets the budget', { timeout: 60_000 }, async () => {
    const tracked = counted(backend);
    const { chosen, variants, verdict, results, skipped } = await optimize(model, {
      ...settings(),
      backend: tracked,
      budget: { sizeBytes: 15_000, drop: 0.02 },
      dataset: data.train,
      validation: data.validation,
    });
    expect(tracked.open()).toBe(0);
    expect(chosen?.name).toBe('int8');
    expect(chosen!.bytes.length).toBeLessThanOrEqual(15_000);
    expect(variants.map(({ name }) => name)).toEqual(['original', 'float16', 'int8']);
    expect(skipped).toEqual([{ technique: 'simplify', code: 'same-file', reason: "it gives the same file as 'original'" }]);
    expect(verdict).toMatchObject({
      met: true,
      binding: [],
      limits: [
        { limit: 'sizeBytes', by: 'int8', met: true },
        { limit: 'drop', met: true },
      ],
    });
    expect(results).toMatchObject({ chosen: 'int8', judgedOn: 'validation', budget: { drop: 0.02 } });
    expect(results.variants[0]!.accuracy!.n).toBe(360);
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  it('says what binds when the budget cannot be met: the limit, the best value, by which variant', { timeout: 60_000 }, async () => {
    const run = (budget: Budget) => optimize(model, { ...settings(), budget, techniques: { float16, int8 }, dataset: data.train, validation: data.validation });
    const tooSmall = await run({ sizeBytes: 2000, latencyMs: 1000 });
    expect(tooSmall.chosen).toBeUndefined();
    expect(tooSmall.verdict).toMatchObject({ met: false, binding: ['sizeBytes'] });
    expect(tooSmall.verdict!.limits[0]).toMatchObject({ limit: 'sizeBytes', by: 'int8', met: false });
    expect(tooSmall.verdict!.says).toMatch(/sizeBytes .* the best is .* by 'int8'/);
    expect(tooSmall.results).not.toHaveProperty('chosen');
  });

  it('each limit met by some variant and none meeting all is said too', { timeout: 60_000 }, async () => {
    // Half of the channels gone: small, and wrong without tuning.
    const techniques = { halved: { steps: [{ step: 'pruneStructured', amount: 0.9 }] } } as const;
    const { verdict } = await optimize(model, { ...settings(), budget: { sizeBytes: 8000, drop: 0.001 }, techniques, validation: data.validation });
    expect(verdict).toMatchObject({ met: false, binding: [expect.any(String)] });
    expect(verdict!.limits.every(({ met }) => met)).toBe(true);
    expect(verdict!.says).toMatch(/none meets all/);
  });

  it('the original may do', { timeout: 30_000 }, async () => {
    const { chosen, variants } = await optimize(model, { ...settings(), preset: 'mobile', validation: data.validation });
    expect([chosen?.name, variants.length]).toEqual(['original', 1]);
  });

  it('needs no data and no budget: every label-free technique, judged by agreement on random feeds, nothing chosen', { timeout: 60_000 }, async () => {
    const { chosen, verdict, variants, frontier, skipped, results } = await optimize(model, settings());
    expect([chosen, verdict]).toEqual([undefined, undefined]);
    const names = variants.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['original', 'float16', 'int8', 'int4 weights', 'pruned 30 %', 'pruned 30 % + int8']));
    expect(frontier.length).toBeGreaterThan(1);
    expect(skipped).toContainEqual({ technique: 'static int8', code: 'pipeline/step-needs', reason: expect.stringContaining('data') });
    expect(names.length + skipped.length).toBe(Object.keys(techniques).length + 1);
    expect(results.variants[0]!.agreement).toMatchObject({ metric: 'top-1', value: 1, n: 32 });
    const titles = resultsTable(results).columns.map(({ title }) => title);
    expect(titles).toContain('agreement (top-1; random feeds: unreliable)');
  });

  it('takes a function of one item as metric: more is better, and drop is what its mean loses', { timeout: 30_000 }, async () => {
    // The largest score: pruning 90 % of the channels takes most of it.
    const metric = (outputs: Readonly<Record<string, Tensor>>) => Math.max(...toFloat32(Object.values(outputs)[0]!));
    const halved = { steps: [{ step: 'pruneStructured', amount: 0.9 }] } as const;
    const { results, verdict } = await optimize(model, {
      ...settings(),
      techniques: { halved },
      metric,
      budget: { sizeBytes: 8000, drop: 0.5 },
      validation: take(data.validation, 30),
    });
    const [before, after] = results.variants.map(({ accuracy }) => accuracy!);
    expect(before!.n).toBe(30);
    expect(before!.value - after!.value).toBeGreaterThan(0.5);
    expect(verdict).toMatchObject({ met: false, binding: expect.any(Array) });
  });

  it('tunes what it pruned where there are labels', { timeout: 60_000 }, async () => {
    const { 'pruned 30 %, tuned': tuned } = techniques;
    const { variants, results } = await optimize(model, { ...settings(), techniques: { tuned }, dataset: data.train });
    expect(variants.map(({ name }) => name)).toEqual(['original', 'tuned']);
    expect(results.judgedOn).toBe('a fifth of the dataset');
    const [before, after] = results.variants;
    expect(after!.parameters).toBeLessThan(before!.parameters * 0.75);
    expect(after!.accuracy!.value).toBeGreaterThan(before!.accuracy!.value - 0.05);
  });

  it('outputs without classes are compared by cosine; a fixed batch is kept; a technique that does not apply is named with its reason', {
    timeout: 60_000,
  }, async () => {
    const g = graphBuilder();
    g.output(g.op('Sigmoid', [g.input('x', 'float32', [2, 3, 4])]), 'y');
    const { results, skipped } = await optimize(g.model(), settings());
    expect(Object.keys(results.variants[0]!.latencyMs)).toEqual(['2']);
    expect(results.variants[0]!.agreement!.metric).toBe('cosine');
    expect(skipped).toContainEqual({ technique: 'int8', code: 'onnx-io/nothing-changed', reason: expect.any(String) });
  });

  it('judges on what it calibrates on only where there is too little to hold out, and says so', { timeout: 30_000 }, async () => {
    const warnings: string[] = [];
    const { results } = await optimize(model, {
      ...settings(),
      techniques: { int8 },
      dataset: take(data.train, 3),
      onWarning: ({ code }) => warnings.push(code),
    });
    expect(warnings).toContain('pipeline/judged-on-calibration');
    expect(results.judgedOn).toBe('dataset');
  });

  it('limits memory, measured in processes of their own', { timeout: 60_000 }, async () => {
    const coldStart = freshProcess({ ort: backend.resolved.path, processes: 1 });
    const { verdict } = await optimize(model, { ...settings(), techniques: { int8 }, budget: { memoryBytes: 1e6 }, coldStart });
    expect(verdict).toMatchObject({ met: false, binding: ['memoryBytes'] });
    expect(verdict!.limits[0]!.reached).toBeGreaterThan(20e6);
  });

  it('stops when told to, and frees its sessions', { timeout: 30_000 }, async () => {
    const tracked = counted(backend);
    const stop = new AbortController();
    const stopped = optimize(model, {
      ...settings(),
      backend: tracked,
      signal: stop.signal,
      onProgress: ({ phase, done }) => phase === 'optimize' && done > 1 && stop.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(tracked.open()).toBe(0);
  });
});

describe('a page', () => {
  it('pays for the runtime too: the row is what onnxruntime-web weighs', { timeout: 30_000 }, async () => {
    const files = await webRuntimeFiles(import.meta.dirname);
    expect(files.name).toMatch(/^onnxruntime-web \d+\.\d+/);
    if (files.name === onnxruntimeWeb.name) {
      expect(files.bytes).toBe(onnxruntimeWeb.bytes);
      expect(Math.abs(files.gzipBytes / onnxruntimeWeb.gzipBytes - 1)).toBeLessThan(0.05);
    }
    const { verdict, results } = await optimize(model, { ...settings(), preset: 'web', techniques: { int8: techniques.int8 }, runtimeFiles: files });
    expect(verdict!.met).toBe(true);
    const download = verdict!.limits.find(({ limit }) => limit === 'downloadBytes')!;
    expect(download.reached).toBe(files.gzipBytes + results.variants[0]!.gzipBytes);
    expect(verdict!.limits.find(({ limit }) => limit === 'largestFileBytes')!.reached).toBe(files.bytes);
  });

  it('pipeline/no-web-runtime', async () => {
    await expect(webRuntimeFiles('/')).rejects.toMatchObject({ code: 'pipeline/no-web-runtime' });
  });
});

describe('the tables', () => {
  it('presets try techniques that exist, and their budgets make sense', () => {
    for (const { tryFirst, budget } of Object.values(presets)) {
      expect(Object.keys(techniques)).toEqual(expect.arrayContaining([...tryFirst]));
      expect(Object.values(budget).every((value) => value > 0)).toBe(true);
    }
  });

  it('what needs nothing is tried before what needs data, and that before training, but for what comes first', () => {
    const names = ordered(techniques, presets.laptop.tryFirst).map(([name]) => name);
    expect(names.slice(0, 2)).toEqual(['int4 weights', 'int8']);
    expect(names.indexOf('pruned 30 %')).toBeLessThan(names.indexOf('static int8'));
    expect(names.indexOf('static int8')).toBeLessThan(names.indexOf('pruned 30 %, tuned'));
    expect(names).toHaveLength(Object.keys(techniques).length);
  });
});

describe('errors', () => {
  it.each<[Budget, LimitName | 'budget']>([
    [{ sizeBytes: -1 }, 'sizeBytes'],
    [{ latencyMs: Number.NaN }, 'latencyMs'],
    [{ memoryBytes: Number.POSITIVE_INFINITY }, 'memoryBytes'],
    [{ drop: 1 }, 'drop'],
    [{ drop: -0.1 }, 'drop'],
    [{ gzipBytes: 0 }, 'gzipBytes'],
    [{ speed: 3 } as never, 'speed' as never],
    [{}, 'budget'],
  ])('pipeline/budget %j', async (budget, limit) => {
    const option = limit === 'budget' ? 'budget' : `budget.${limit}`;
    await expect(optimize(model, { ...settings(), budget })).rejects.toMatchObject({ code: 'pipeline/budget', kind: 'argument', where: { option } });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['pipeline/budget-impossible', () => optimize(model, { ...settings(), preset: 'web', budget: { downloadBytes: 1e6 } })],
    ['pipeline/not-measured', () => optimize(model, { ...settings(), preset: 'laptop' })],
    ['pipeline/unknown-preset', () => optimize(model, { ...settings(), preset: 'fridge' as PresetName })],
    ['pipeline/same-name', () => optimize(model, { ...settings(), techniques: { original: techniques.int8 } })],
    ['pipeline/unknown-step', () => optimize(model, { ...settings(), techniques: { odd: { steps: [{ step: 'shrink' } as never] } } })],
  ])('%s', async (code, run) => {
    await expect(run()).rejects.toMatchObject({ code });
  });
});
