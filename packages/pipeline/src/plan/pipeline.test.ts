import { fromArrays } from '@modeldiet/data';
import { linear, type Model, relu, saveModel, sequential } from '@modeldiet/onnx-io';
import { nodeBackend } from '@modeldiet/runtime/node';
import { tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { pipeline } from './pipeline';
import { type Step, type StepName, stepRows, stepText } from './steps';

const model: Model = sequential([linear(16, 64), relu(), linear(64, 4)], { seed: 1 });
const rows = 48;
const x = tensor(
  'float32',
  Float32Array.from({ length: rows * 16 }, (_, i) => Math.sin(i * 1.7)),
  [rows, 16],
);
const label = tensor(
  'int64',
  BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 4)),
  [rows],
);
const dataset = fromArrays({ x, label });
const bytesOf = async (made: Model): Promise<Uint8Array> => (await saveModel(made)).bytes;

describe('pipeline', () => {
  it('runs steps one after the other, and is the same after a trip through JSON', async () => {
    const plan = pipeline([
      { step: 'pruneStructured', amount: 0.5, importance: 'l1' },
      { step: 'quantizeDynamic', granularity: 'perTensor' },
    ]);
    const { model: small, reports } = await plan.run(model);
    expect(reports.map((report) => 'transform' in report && report.transform)).toEqual(['pruneStructured', 'quantizeDynamic']);
    expect((await bytesOf(small)).length).toBeLessThan((await bytesOf(model)).length / 2.5);
    const again = await pipeline(JSON.parse(JSON.stringify(plan.steps)) as Step[]).run(model);
    expect(await bytesOf(again.model)).toEqual(await bytesOf(small));
  });

  it('holds the masks of a pruning while it trains on', { timeout: 30_000 }, async () => {
    const backend = await nodeBackend();
    const plan = pipeline([
      { step: 'pruneUnstructured', amount: 0.6 },
      { step: 'fineTune', epochs: 2, lr: 0.01 },
    ]);
    const { model: tuned } = await plan.run(model, { backend, dataset, validation: dataset });
    let zeros = 0;
    for (const { initializer } of tuned.graph.initializers)
      if (initializer && 'data' in initializer && initializer.type === 'float32' && initializer.dims.length === 2)
        zeros += initializer.data.filter((value) => value === 0).length;
    expect(zeros).toBeGreaterThanOrEqual(Math.round(0.6 * (16 * 64 + 64 * 4)));
  });

  it.each(Object.keys(stepRows) as StepName[])('%s is a row that runs', { timeout: 30_000 }, async (step) => {
    const backend = await nodeBackend();
    const chosen: Record<string, Step> = {
      pruneStructured: { step: 'pruneStructured', amount: 0.25 },
      pruneUnstructured: { step: 'pruneUnstructured', amount: 0.25 },
      fineTune: { step: 'fineTune', epochs: 1 },
      quantizeTrained: { step: 'quantizeTrained', epochs: 1 },
    };
    const run = pipeline([chosen[step] ?? ({ step } as Step)]).run(model, { backend, dataset });
    const { model: made, reports } = await run;
    expect([made === model, reports.length]).toEqual([false, 1]);
    // A chain of Gemm and Relu is as simple as it gets.
    if (step !== 'simplify') expect(await bytesOf(made)).not.toEqual(await bytesOf(model));
  });

  it('says a step in words', () => {
    expect(stepText({ step: 'pruneStructured', amount: 0.3 })).toBe('pruneStructured amount 0.3');
    expect(stepText({ step: 'quantizeDynamic', granularity: undefined })).toBe('quantizeDynamic');
  });
});

describe('errors', () => {
  it.each([
    ['pipeline/no-steps', () => pipeline([])],
    ['pipeline/unknown-step', () => pipeline([{ step: 'shrink' } as never])],
  ])('%s', (code, run) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });

  it('pipeline/step-needs, before any step has run', async () => {
    const backend = await nodeBackend();
    const steps: Step[] = [{ step: 'quantizeStatic' }];
    await expect(pipeline(steps).run(model)).rejects.toMatchObject({ code: 'pipeline/step-needs', where: { option: 'dataset' } });
    await expect(pipeline(steps).run(model, { dataset })).rejects.toMatchObject({ code: 'pipeline/step-needs', where: { option: 'backend' } });
    const unlabelled = fromArrays({ x });
    await expect(pipeline([{ step: 'fineTune' }]).run(model, { dataset: unlabelled, backend })).rejects.toMatchObject({
      code: 'pipeline/step-needs',
      expected: "a column 'label'",
    });
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(pipeline([{ step: 'quantizeDynamic' }]).run(model, { signal: stop.signal })).rejects.toThrow('enough');
  });
});
