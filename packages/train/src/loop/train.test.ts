import { readFileSync } from 'node:fs';
import { batch, fromArrays, fromFeeds } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { constantOf, edit, findValue, graphBuilder, linear, loadModel, type Model, relu, saveModel, scale, sequential } from '@modeldiet/onnx-io';
import { accuracy, type Backend, evaluate, type Session } from '@modeldiet/runtime';
import { cast, type Feeds, type Progress, random, type Tensor, tensor, toFloat32, type Warning } from '@modeldiet/tensor';
import { describe, expect, it, vi } from 'vitest';
import { crossEntropy } from '../losses/cross-entropy';
import type { Loss } from '../losses/loss';
import { mse } from '../losses/mse';
import { adam } from '../optimizers/adam';
import { cosine } from '../optimizers/schedule';
import { sgd } from '../optimizers/sgd';
import { backend } from '../testing/finite-differences';
import type { TrainOptions } from './options';
import { train } from './train';
import { openTrainer } from './trainer';

const code = (c: string) => expect.objectContaining({ code: c });

/** Three clouds in the plane, one class each. */
function clouds(n: number, seed: number): { readonly x: Tensor<'float32'>; readonly label: Tensor<'int64'> } {
  const r = random(seed);
  const x = new Float32Array(n * 2);
  const label = new BigInt64Array(n);
  for (let i = 0; i < n; i++) {
    const c = i % 3;
    label[i] = BigInt(c);
    x[2 * i] = Math.cos((2 * Math.PI * c) / 3) * 2 + r.normal() * 0.5;
    x[2 * i + 1] = Math.sin((2 * Math.PI * c) / 3) * 2 + r.normal() * 0.5;
  }
  return { x: tensor('float32', x, [n, 2]), label: tensor('int64', label, [n]) };
}
const mlp = (more: object = {}): Model => sequential([linear(2, 8), relu(), linear(8, 3)], { seed: 3, ...more });
const dataset = fromArrays(clouds(150, 1));
const validation = fromArrays(clouds(60, 2));
const base: TrainOptions = { dataset, backend, optimizer: adam({ lr: 0.02 }), epochs: 6, batchSize: 32, seed: 5 };
const bytesOf = async (model: Model): Promise<Uint8Array> => (await saveModel(model)).bytes;
const weight = (model: Model, name: string): Float32Array => toFloat32(constantOf(findValue(model.graph, name)!) as Tensor);

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
    await expect(train(mlp(), { ...base, dataset: clouds2(), cacheBytes: 100 })).rejects.toThrow(code('data/spent'));
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

describe('what goes wrong', () => {
  const rejects = (c: string, more: Partial<TrainOptions>, model = mlp()) => expect(train(model, { ...base, ...more })).rejects.toThrow(code(c));
  const { x, label } = clouds(12, 1);
  it('data', async () => {
    await rejects('train/empty-dataset', { dataset: [] });
    await rejects('train/column-missing', { dataset: fromArrays({ x }) });
    await rejects('train/column-missing', { validation: fromArrays({ x }) });
    await rejects('train/label-range', {
      dataset: fromArrays({
        x,
        label: tensor(
          'int64',
          label.data.map((c, i) => (i === 7 ? 3n : c)),
          [12],
        ),
      }),
    });
    await rejects('train/label-range', {
      dataset: fromArrays({
        x,
        label: tensor(
          'int64',
          label.data.map((c, i) => (i === 7 ? -1n : c)),
          [12],
        ),
      }),
    });
    await rejects('train/label-range', {
      validation: fromArrays({
        x,
        label: tensor(
          'int64',
          label.data.map((c) => c * 2n),
          [12],
        ),
      }),
    });
    await rejects('train/label-type', {
      dataset: fromArrays({
        x,
        label: tensor(
          'string',
          Array.from({ length: 12 }, () => 'a'),
          [12],
        ),
      }),
    });
    await rejects('train/empty-dataset', { dataset: fromArrays({ x, label }), batchSize: undefined }, mlp({ input: { dims: [32, 2] } }));
  });
  it('options', async () => {
    for (const more of [{ epochs: 0 }, { batchSize: 1.5 }, { patience: 0, validation }, { patience: 3 }]) await rejects('train/option', more);
    await rejects('train/option', { batchSize: 16 }, mlp({ input: { dims: [32, 2] } }));
    await rejects('train/no-match', { wrt: ['input'] });
    const mask = tensor('uint8', new Uint8Array(4), [2, 2]);
    await rejects('train/mask-mismatch', { masks: { nothing: mask } });
    await rejects('train/mask-mismatch', { masks: { '0.weight': mask } });
    expect(() => crossEntropy({ labelSmoothing: 1 })).toThrow(code('train/option'));
  });
  it('a loss that is no number says when', async () => {
    await expect(train(mlp(), { ...base, optimizer: sgd({ lr: 1e30 }) })).rejects.toThrow(/(NaN|Infinity) at epoch 1, step [23]/);
    await rejects('train/not-finite', { optimizer: sgd({ lr: 1e30 }) });
  });
  it('a weight that is no number is named', async () => {
    const model = mlp();
    edit.setInitializer(findValue(model.graph, '2.bias')!, tensor('float32', Float32Array.of(0, Number.NaN, 0), [3]));
    await rejects('train/bad-weight', {}, model);
    await expect(train(model, base)).rejects.toThrow(/'2\.bias'.*NaN at 1/);
  });
  it('without WebAssembly it is slower, and the same', async () => {
    const simd = await train(mlp(), { ...base, epochs: 1 });
    vi.stubGlobal('WebAssembly', undefined);
    try {
      const { model, report } = await train(mlp(), { ...base, epochs: 1 });
      expect(report.kernels).toBe('plain');
      expect(report.warnings.map((warning) => warning.code)).toEqual(['train/plain-kernels']);
      expect(await bytesOf(model)).toEqual(await bytesOf(simd.model));
    } finally {
      vi.unstubAllGlobals();
    }
  });
  it('a mask with infinities is left alone, unless it is named', async () => {
    const masked = (): Model => {
      const g = graphBuilder();
      const waves = (n: number): Tensor =>
        tensor(
          'float32',
          Float32Array.from({ length: n * 3 }, (_, i) => Math.sin(i + n)),
          [n, 3],
        );
      const h = g.op('MatMul', [g.input('x', 'float32', ['n', 2]), g.constant('w', waves(2))]);
      const mask = g.constant('mask', tensor('float32', Float32Array.of(0, 0, Number.NEGATIVE_INFINITY), [3]));
      g.output(g.op('MatMul', [g.op('Softmax', [g.op('Add', [h, mask])]), g.constant('v', waves(3))]), 'y', { dims: ['n', 3] });
      return g.model();
    };
    const { report } = await train(masked(), { ...base, epochs: 2 });
    expect(report.trained).toEqual(['w', 'v']);
    expect(report.frozen).toEqual([{ name: 'mask', reason: 'infinite' }]);
    await rejects('train/bad-weight', { wrt: ['w', 'mask'] }, masked());
  });
  it('an abort stops it at once, with its reason, and frees the session', async () => {
    const open: Session[] = [];
    let released = 0;
    const watched: Backend = {
      ...backend,
      async createSession(...given) {
        const session = await backend.createSession(...given);
        open.push(session);
        return { ...session, release: () => session.release().then(() => void released++) };
      },
    };
    const controller = new AbortController();
    const reason = new Error('enough');
    let steps = 0;
    const onProgress = ({ done }: Progress): void => {
      steps = done;
      if (done > 10) controller.abort(reason);
    };
    await expect(train(mlp(), { ...base, backend: watched, epochs: 1000, signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(steps).toBeLessThan(5000);
    expect([open.length, released]).toEqual([1, 1]);
    await expect(train(mlp(), { ...base, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('digits', () => {
  it('64-1024-10 reaches 0.96 of the test digits, mean of five seeds', async () => {
    const { train: examples, validation: held, test } = digitsSplit();
    const scores: number[] = [];
    for (let seed = 0; seed < 5; seed++) {
      const model = sequential([scale(1 / 16), linear(64, 1024), relu(), linear(1024, 10)], { seed });
      const { model: trained, report } = await train(model, {
        dataset: examples,
        validation: held,
        backend,
        optimizer: adam({ lr: 3e-3, schedule: cosine() }),
        epochs: 20,
        seed,
      });
      expect(report.trained).toHaveLength(4);
      scores.push((await evaluate(trained, { dataset: batch(test, 60), metric: accuracy(), backend })).value);
    }
    expect(scores.reduce((a, b) => a + b) / 5).toBeGreaterThanOrEqual(0.96);
  });
  it("scikit-learn's export goes on learning", async () => {
    const model = await loadModel(readFileSync('fixtures/models/skl-mlp.onnx'));
    const { train: examples, validation: held } = digitsSplit();
    const { model: trained, report } = await train(model, { dataset: examples, validation: held, backend, epochs: 2 });
    expect(report.trained).toEqual(['coefficient', 'intercepts', 'coefficient1', 'intercepts1', 'coefficient2', 'intercepts2']);
    expect(report.loss[1]).toBeLessThan(report.loss[0]!);
    expect(report.warnings.map((warning) => warning.code)).toEqual(['train/softmax-input']);
    expect([...trained.graph.nodes].map(({ opType }) => opType)).toEqual([...model.graph.nodes].map(({ opType }) => opType));
  });
});
