import { batch, fromArrays, fromFeeds } from '@modeldiet/data';
import { constantOf, edit, findValue, graphBuilder, linear, sequential } from '@modeldiet/onnx-io';
import { accuracy, evaluate } from '@modeldiet/runtime';
import { cast, type Feeds, type Progress, type Tensor, tensor, type Warning } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import type { Loss } from '../losses/loss';
import { mse } from '../losses/mse';
import { adam } from '../optimizers/adam';
import { cosine } from '../optimizers/schedule';
import { sgd } from '../optimizers/sgd';
import { base, bytesOf, clouds, mlp, validation, weight } from '../testing/clouds';
import { backend } from '../testing/finite-differences';
import type { TrainOptions } from './options';
import { train } from './train';
import { openTrainer } from './trainer';

describe('train', () => {
  it('learns, reports, and leaves the model it was given', async () => {
    const model = mlp();
    const before = await bytesOf(model);
    const told: Progress[] = [];
    const { model: trained, report } = await train(model, { ...base, validation, onProgress: (p) => told.push(p) });
    expect(await bytesOf(model)).toEqual(before);
    expect(report).toMatchObject({
      seed: 5,
      epochs: 6,
      steps: 30,
      batchSize: 32,
      lossName: 'crossEntropy',
      kernels: 'simd',
      stoppedEarly: false,
      prediction: 'output',
    });
    expect(report.trained).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect(report.loss).toHaveLength(6);
    expect(report.loss[5]).toBeLessThan(report.loss[0]! / 3);
    expect(report.metric!.value).toBeGreaterThan(0.95);
    expect(report.metric!.n).toBe(60);
    // The report's figure is that of the model that comes back.
    const { value } = await evaluate(trained, { dataset: batch(validation, 16), metric: accuracy(), backend });
    expect(value).toBe(report.metric!.value);
    expect(told.at(-1)).toMatchObject({ phase: 'train', done: 30, total: 30, unit: 'steps' });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
  it('same seed, same bytes; another seed, others', async () => {
    const run = async (seed: number, more: Partial<TrainOptions> = {}): Promise<Uint8Array> =>
      bytesOf((await train(mlp(), { ...base, epochs: 2, seed, ...more })).model);
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1, { kernels: 'plain' })).toEqual(await run(1));
    expect(await run(2)).not.toEqual(await run(1));
  });
  it('a stream trains as columns in memory do, but for the order', async () => {
    const stream = fromFeeds(() => [clouds(100, 1), clouds(50, 4)]);
    const { report } = await train(mlp(), { ...base, dataset: stream, cacheBytes: 100 });
    expect(report.steps).toBe(30);
    expect(report.loss[5]).toBeLessThan(report.loss[0]! / 3);
    await expect(train(mlp(), { ...base, dataset: clouds2(), cacheBytes: 100 })).rejects.toThrow(expect.objectContaining({ code: 'data/spent' }));
  });
  it.each([
    ['sgd', sgd({ lr: 0.2 })],
    ['momentum', sgd({ lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3 })],
    ['adam', adam({ lr: 0.02, weightDecay: 1e-3, schedule: cosine() })],
  ])('%s: the nodes form does what the fused form does', async (_, optimizer) => {
    const fused = await train(mlp(), { ...base, optimizer, validation });
    const nodes = await train(mlp(), { ...base, optimizer, validation, form: 'nodes' });
    expect(nodes.report.kernels).toBe('nodes');
    for (const name of fused.report.trained) {
      const [a, b] = [weight(fused.model, name), weight(nodes.model, name)];
      a.forEach((x, i) => {
        expect(b[i]).toBeCloseTo(x, 4);
      });
    }
    expect(nodes.report.loss[5]).toBeCloseTo(fused.report.loss[5]!, 4);
  });
  it.each(['fused', 'nodes'] as const)('masks hold weights at zero, %s', async (form) => {
    const mask = tensor(
      'uint8',
      Uint8Array.from({ length: 16 }, (_, i) => i % 2),
      [8, 2],
    );
    const { model } = await train(mlp(), { ...base, masks: { '0.weight': mask }, form });
    const trained = weight(model, '0.weight');
    expect(Array.from(trained).every((x, i) => (i % 2 ? x !== 0 : Object.is(x, 0)))).toBe(true);
  });
  it('stops when validation no longer improves, and keeps the best epoch', async () => {
    // Labels turned round: what helps on the dataset hurts on validation.
    const { x, label } = clouds(60, 2);
    const turned = fromArrays({
      x,
      label: tensor(
        'int64',
        label.data.map((c) => (c + 1n) % 3n),
        [60],
      ),
    });
    const { report } = await train(mlp(), { ...base, validation: turned, patience: 2, epochs: 20 });
    expect(report.stoppedEarly).toBe(true);
    expect(report.epochs).toBe(report.bestEpoch + 2);
    expect(report.metric!.value).toBe(Math.max(...report.validation!.map(({ metric }) => metric!)));
  });
  it('float16 and float64 weights, and weights in Constant nodes, keep their type and place', async () => {
    const half = mlp();
    for (const name of ['0.weight', '2.weight']) {
      const value = findValue(half.graph, name)!;
      const wide = edit.insertAfter(value, { opType: 'Cast', attributes: { to: { kind: 'int', value: 1 } } }).outputs[0]!;
      edit.setInitializer(value, cast(value.initializer as Tensor, 'float16'));
      edit.setType(wide, { kind: 'tensor', dtype: 'float32' });
    }
    const { model, report } = await train(half, base);
    expect(findValue(model.graph, '0.weight')!.initializer!.type).toBe('float16');
    expect(report.loss[5]).toBeLessThan(report.loss[0]! / 3);

    const g = graphBuilder();
    const w = g.op(
      'Constant',
      [],
      {
        value: tensor(
          'float64',
          Float64Array.from({ length: 6 }, (_, i) => Math.sin(i)),
          [2, 3],
        ),
      },
      { output: 'w' },
    );
    g.output(g.op('Cast', [g.op('MatMul', [g.op('Cast', [g.input('x', 'float32', ['n', 2])], { to: 11 }), w])], { to: 1 }), 'y', { dims: ['n', 3] });
    const double = await train(g.model(), base);
    expect((constantOf(findValue(double.model.graph, 'w')!) as Tensor).type).toBe('float64');
    expect(double.report.warnings.map((warning) => warning.code)).toEqual(['train/narrowed']);
    expect(double.report.loss[5]).toBeLessThan(double.report.loss[0]!);
  });
  it('an old opset is raised for training alone', async () => {
    const waves = (dims: readonly number[]): Tensor =>
      tensor(
        'float32',
        Float32Array.from({ length: dims[0]! * dims[1]! }, (_, i) => Math.sin(i)),
        dims,
      );
    const g = graphBuilder({ opset: 11 });
    const h = g.op('Clip', [g.op('Gemm', [g.input('x', 'float32', ['n', 2]), g.constant('fixed', waves([2, 8]))]), 0, 6]);
    const y = g.op('Gemm', [h, g.constant('w', waves([8, 3]))]);
    g.output(g.op('Softmax', [y], { axis: 1 }), 'p', { dims: ['n', 3] });
    const { model, report } = await train(g.model(), { ...base, freeze: ['fixed'] });
    expect(model.opsets.get('')).toBe(11);
    expect(report.trained).toEqual(['w']);
    expect(report.loss[5]).toBeLessThan(report.loss[0]!);
  });
  it('a fixed batch: whole batches are trained on, validation is filled up', async () => {
    const warnings: Warning[] = [];
    const { report } = await train(mlp({ input: { dims: [32, 2] } }), {
      ...base,
      batchSize: undefined,
      validation,
      onWarning: (warning) => warnings.push(warning),
    });
    expect(report).toMatchObject({ batchSize: 32, steps: 24, metric: { n: 60 } });
    expect(warnings.map((warning) => [warning.code, warning.count])).toEqual([['train/rest-left-out', 22]]);
    expect(report.metric!.value).toBeGreaterThan(0.9);
  });
  it('regression', async () => {
    const x = tensor(
      'float32',
      Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * 1.7)),
      [64, 2],
    );
    const label = tensor(
      'float32',
      Float32Array.from({ length: 64 }, (_, i) => 2 * x.data[2 * i]! - x.data[2 * i + 1]! + 0.5),
      [64, 1],
    );
    const data = fromArrays({ x, label });
    const { report, model } = await train(sequential([linear(2, 1)], { seed: 1 }), {
      ...base,
      dataset: data,
      validation: data,
      loss: mse(),
      optimizer: sgd({ lr: 0.3 }),
      epochs: 60,
    });
    expect(report.metric!.name).toBe('mse');
    expect(report.metric!.value).toBeLessThan(1e-4);
    expect(weight(model, '0.bias')[0]).toBeCloseTo(0.5, 1);
  });
  it('a loss may bring a weight of its own, which the model does not get', async () => {
    const projected: Loss = {
      name: 'projected',
      options: {},
      onLogits: true,
      build({ e, prediction, column, parameter }) {
        const p = parameter(
          'projection',
          tensor(
            'float32',
            Float32Array.from({ length: 6 }, (_, i) => Math.sin(i)),
            [3, 2],
          ),
        );
        const error = e.op('Sub', [e.op('MatMul', [prediction, p]), column('target', 'float32', ['batch', 2])]);
        return e.mean(e.op('Mul', [error, error]));
      },
    };
    const { x } = clouds(150, 1);
    const model = mlp();
    const result = await train(model, { ...base, dataset: fromArrays({ input: x, target: x }), loss: projected });
    expect(result.report.trained).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect(result.report.loss[5]).toBeLessThan(result.report.loss[0]! / 2);
    expect([...result.model.graph.initializers].map(({ name }) => name)).toEqual([...model.graph.initializers].map(({ name }) => name));
  });
  it('own loops: a trainer, step by step', async () => {
    const trainer = await openTrainer(mlp(), { backend, optimizer: sgd({ lr: 0.1 }) });
    try {
      const feeds = trainer.bind(clouds(30, 1));
      const losses: number[] = [];
      for (let step = 1; step <= 10; step++) losses.push(await trainer.step(feeds, { step, steps: 10 }));
      expect((await trainer.evaluate(feeds)).loss).toBeLessThan(losses[9]!);
      expect(losses[9]).toBeLessThan(losses[0]!);
      expect(weight(await trainer.model(), '0.bias')).toEqual((await trainer.read()).get('0.bias'));
    } finally {
      await trainer.release();
    }
  });
});

async function* clouds2(): AsyncGenerator<Feeds> {
  yield clouds(30, 1);
}
