import { edit, type Model } from '@modeldiet/onnx-io';
import { lazyTensor, type Tensor, tensor } from '@modeldiet/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, codeOf, modelOf, normals } from './testing';
import { keepMask, thresholdFor } from './threshold';
import { pruneUnstructured } from './unstructured';

const mlp = (): Model =>
  modelOf((g) => {
    const hidden = g.op('Relu', [
      g.op('Gemm', [g.input('x', 'float32', ['batch', 32]), g.constant('w1', normals('w1', [64, 32])), g.constant('b1', normals('b1', [64]))], { transB: 1 }),
    ]);
    return g.op('MatMul', [
      hidden,
      g.constant(
        'w2',
        tensor(
          'float32',
          normals('w2', [64, 10]).data.map((x) => x / 10),
          [64, 10],
        ),
      ),
    ]);
  });
const weight = (model: Model, name: string): Float32Array =>
  ([...model.graph.initializers].find((value) => value.name === name)!.initializer as Tensor<'float32'>).data;
const zeros = (x: Float32Array): number => x.filter((v) => v === 0).length;

test('the threshold is the k-th smallest magnitude, whatever the numbers and however they are split', async () => {
  const numbers = fc.array(fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, 1.5)), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(numbers, fc.nat(), fc.nat(), async (list, cut, wanted) => {
      const x = Float32Array.from(list);
      const k = wanted % (x.length + 1);
      const at = cut % x.length;
      const parts = [x.subarray(0, at), x.subarray(at)].map((part, i) => ({ name: `${i}`, values: async () => part.slice() }));
      const { mask, pruned } = keepMask(x, await thresholdFor(parts, k));
      expect(pruned).toBe(k);
      const gone = [...x.filter((_, i) => mask[i] === 0)].map(Math.abs);
      const kept = [...x.filter((_, i) => mask[i] === 1)].map(Math.abs);
      if (gone.length && kept.length) expect(Math.max(...gone)).toBeLessThanOrEqual(Math.min(...kept));
    }),
  );
});

test('global: one threshold, exactly the share asked for; biases stay; masks say where', async () => {
  const before = mlp();
  const { model, report, masks } = await pruneUnstructured(before, { amount: 0.4 });
  const [w1, w2] = [weight(model, 'w1'), weight(model, 'w2')];
  expect(zeros(w1) + zeros(w2)).toBe(Math.round(0.4 * (w1.length + w2.length)));
  expect(zeros(w2) / w2.length).toBeGreaterThan(zeros(w1) / w1.length);
  expect(weight(model, 'b1')).toEqual(weight(before, 'b1'));
  expect([...masks.w1!.data].filter((m) => m === 0)).toHaveLength(zeros(w1));
  expect(report.changed.map(({ opType }) => opType)).toEqual(['Gemm', 'MatMul']);
  expect((await bytesOf(model)).length).toBe((await bytesOf(before)).length);
});

test('per layer: each weight loses the same share', async () => {
  const { model } = await pruneUnstructured(mlp(), { amount: 0.75, scope: 'perLayer' });
  for (const name of ['w1', 'w2']) expect(zeros(weight(model, name)) / weight(model, name).length).toBe(0.75);
});

test('lazy weights stay lazy and give the same bytes; a Constant node holds its pruned weight', async () => {
  const eager = await bytesOf((await pruneUnstructured(mlp(), { amount: 0.5 })).model);
  const before = mlp();
  for (const value of before.graph.initializers) {
    const held = value.initializer as Tensor;
    edit.setInitializer(
      value,
      lazyTensor(held.type, held.dims, async () => held),
    );
  }
  expect(await bytesOf((await pruneUnstructured(before, { amount: 0.5 })).model)).toEqual(eager);
  const held = modelOf((g) => g.op('MatMul', [g.input('x', 'float32', ['n', 8]), g.op('Constant', [], { value: normals('w', [8, 8]) })]));
  const { model } = await pruneUnstructured(held, { amount: 0.5 });
  const constant = [...model.graph.nodes].find(({ opType }) => opType === 'Constant')!.attributes.get('value')!.value as Tensor<'float32'>;
  expect(zeros(constant.data)).toBe(32);
});

test('bad input', async () => {
  for (const amount of [1, -0.1, Number.NaN]) expect(await codeOf(() => pruneUnstructured(mlp(), { amount }))).toBe('prune/amount');
  expect(await codeOf(() => pruneUnstructured(mlp(), { amount: 0.5, scope: 'layer' as 'global' }))).toBe('prune/bad-option');
  expect(await codeOf(() => pruneUnstructured(mlp(), { amount: 0 }))).toBe('onnx-io/nothing-changed');
  const broken = modelOf((g) =>
    g.op('MatMul', [g.input('x', 'float32', ['n', 8]), g.constant('w', tensor('float32', new Float32Array(64).fill(Number.NaN), [8, 8]))]),
  );
  expect(await codeOf(() => pruneUnstructured(broken, { amount: 0.5 }))).toBe('prune/not-finite');
  expect((await pruneUnstructured(mlp(), { amount: 0.5, exclude: ['MatMul'] })).report.changed).toHaveLength(1);
});
