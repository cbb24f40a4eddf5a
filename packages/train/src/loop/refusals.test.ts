import { fromArrays } from '@modeldiet/data';
import { edit, findValue, graphBuilder, type Model } from '@modeldiet/onnx-io';
import type { Backend, Session } from '@modeldiet/runtime';
import { type Progress, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it, vi } from 'vitest';
import { crossEntropy } from '../losses/cross-entropy';
import { sgd } from '../optimizers/sgd';
import { base, bytesOf, clouds, mlp, validation } from '../testing/clouds';
import { backend } from '../testing/finite-differences';
import type { TrainOptions } from './options';
import { train } from './train';

const code = (c: string) => expect.objectContaining({ code: c });

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
