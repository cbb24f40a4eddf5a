import { isModelDietError } from '@modeldiet/numfmt';
import type { Tensor } from '@modeldiet/tensor';
import { random } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import type { Model } from '../ir/model';
import { orderedNodes } from '../ir/order';
import {
  avgPool,
  batchNorm,
  clip,
  conv,
  dropout,
  embedding,
  flatten,
  gelu,
  globalAvgPool,
  hardSigmoid,
  hardSwish,
  layerNorm,
  leakyRelu,
  linear,
  logSoftmax,
  maxPool,
  relu,
  residual,
  scale,
  selfAttention,
  shift,
  sigmoid,
  softmax,
  squeezeExcite,
  tanh,
} from './layers';
import { sequential } from './sequential';
import { constantInit, drawWeight, fansOf, kaimingNormal, kaimingUniform, normalInit, xavierNormal, xavierUniform } from './weight-init';

const ops = (model: Model): string[] => orderedNodes(model.graph).map(({ opType }) => opType);
const weights = (model: Model): Map<string, Tensor> => new Map([...model.graph.initializers].map(({ name, initializer }) => [name, initializer as Tensor]));
const shapes = (model: Model): unknown =>
  [...model.graph.inputs, ...model.graph.outputs].map(({ name, type }) => [name, type && 'shape' in type ? type.shape : undefined]);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
};

test('an MLP: Gemm with PyTorch-shaped weights, names, symbolic batch, docs', () => {
  const model = sequential([scale(1 / 16), linear(64, 1024), relu(), linear(1024, 10)], { seed: 7 });
  expect(ops(model)).toEqual(['Mul', 'Gemm', 'Relu', 'Gemm']);
  expect(orderedNodes(model.graph).map(({ name }) => name)).toEqual(['/0/Mul', '/1/Gemm', '/2/Relu', '/3/Gemm']);
  expect([...weights(model)].map(([name, { dims }]) => [name, dims])).toEqual([
    ['0.factor', []],
    ['1.weight', [1024, 64]],
    ['1.bias', [1024]],
    ['3.weight', [10, 1024]],
    ['3.bias', [10]],
  ]);
  expect(shapes(model)).toEqual([
    ['input', ['batch', 64]],
    ['output', ['batch', 10]],
  ]);
  expect(orderedNodes(model.graph)[1]!.doc).toBe('linear(inFeatures: 64, outFeatures: 1024)');
});

test('same seed, same bytes; a layer added later does not shift the weights of the ones before', () => {
  const a = sequential([linear(8, 4), relu(), linear(4, 2)], { seed: 3 });
  const b = sequential([linear(8, 4), relu(), linear(4, 2), relu(), linear(2, 2)], { seed: 3 });
  const c = sequential([linear(8, 4)], { seed: 4 });
  expect(weights(b).get('0.weight')).toEqual(weights(a).get('0.weight'));
  expect(weights(b).get('2.bias')).toEqual(weights(a).get('2.bias'));
  expect(weights(c).get('0.weight')).not.toEqual(weights(a).get('0.weight'));
  expect(weights(a).get('0.weight')!.data).not.toEqual(weights(a).get('2.weight')!.data);
});

test('a conv net with residual, squeeze-excite and pools: extents as PyTorch computes them', () => {
  const model = sequential(
    [
      conv(3, 16, 3, { stride: 2, padding: 1, bias: false }),
      batchNorm(16),
      hardSwish(),
      residual([conv(16, 16, 3, { padding: 'same', groups: 16 }), squeezeExcite(16, 4), conv(16, 16, 1)]),
      residual([conv(16, 32, 3, { stride: 2, padding: 1 })], [conv(16, 32, 1, { stride: 2 })]),
      maxPool(3, { stride: 2, padding: 1, ceil: true }),
      avgPool(2),
      globalAvgPool(),
      flatten(),
      dropout(0.2),
      linear(32, 5),
      softmax(),
    ],
    { input: { name: 'image', dims: ['batch', 3, 32, 32] }, output: 'probabilities' },
  );
  expect(shapes(model)).toEqual([
    ['image', ['batch', 3, 32, 32]],
    ['probabilities', ['batch', 5]],
  ]);
  expect([...weights(model).keys()]).toEqual([
    '0.weight',
    '1.weight',
    '1.bias',
    '1.running_mean',
    '1.running_var',
    '3.0.weight',
    '3.0.bias',
    '3.1.1.weight',
    '3.1.1.bias',
    '3.1.3.weight',
    '3.1.3.bias',
    '3.2.weight',
    '3.2.bias',
    '4.0.weight',
    '4.0.bias',
    '4.shortcut.0.weight',
    '4.shortcut.0.bias',
    '9.ratio',
    '10.weight',
    '10.bias',
  ]);
  expect(weights(model).get('3.0.weight')!.dims).toEqual([16, 1, 3, 3]);
});

test('extents: stride, padding, dilation, ceil, one to three axes, symbolic ones', () => {
  const after = (layers: Parameters<typeof sequential>[0], dims: readonly (number | string)[]) =>
    (shapes(sequential(layers, { input: { dims } })) as [string, unknown][])[1]![1];
  // Computed with torch.nn (2.15): Conv2d(1,1,3,stride=2,padding=1,dilation=2) on 28x17, MaxPool2d(3,2,ceil_mode=True) on 6x7, MaxPool2d(2, 2, padding=1, ceil_mode=True) on 5x5, Conv1d(2,3,5), Conv3d(1,1,3,padding=1).
  expect(after([conv(1, 1, 3, { stride: 2, padding: 1, dilation: 2 })], ['n', 1, 28, 17])).toEqual(['n', 1, 13, 8]);
  expect(after([maxPool(3, { stride: 2, ceil: true })], ['n', 1, 6, 7])).toEqual(['n', 1, 3, 3]);
  expect(after([maxPool(2, { stride: 2, padding: 1, ceil: true })], ['n', 1, 5, 5])).toEqual(['n', 1, 3, 3]);
  expect(after([conv(2, 3, [5])], ['n', 2, 20])).toEqual(['n', 3, 16]);
  expect(after([conv(1, 1, [3, 3, 3], { padding: 1 })], ['n', 1, 4, 5, 6])).toEqual(['n', 1, 4, 5, 6]);
  expect(after([conv(3, 8, 3, { padding: 1 }), conv(8, 8, 3, { stride: 2 })], ['n', 3, 'h', 'w'])).toEqual(['n', 8, 'h_1', 'w_1']);
  expect(after([conv(3, 8, [3, 5], { padding: 'same' })], ['n', 3, 9, 9])).toEqual(['n', 8, 9, 9]);
});

test('a transformer block over token ids', () => {
  const block = [residual([layerNorm(16), selfAttention(16, 4)]), residual([layerNorm(16), linear(16, 64), gelu(), linear(64, 16)])];
  const model = sequential([embedding(100, 16), ...block, tanh(), logSoftmax()]);
  expect(shapes(model)).toEqual([
    ['input', ['batch', 'seq']],
    ['output', ['batch', 'seq', 16]],
  ]);
  expect(model.graph.inputs[0]!.type).toMatchObject({ dtype: 'int64' });
  expect(weights(model).get('1.1.q.weight')!.dims).toEqual([16, 16]);
  expect(weights(model).get('2.1.weight')!.dims).toEqual([16, 64]);
  expect(ops(model).filter((op) => op === 'Softmax')).toHaveLength(1);
});

test('element-wise layers leave it to the next one what goes in', () => {
  const model = sequential([shift(-8), leakyRelu(), clip(0, 6), sigmoid(), hardSigmoid(), linear(3, 1)]);
  expect(ops(model)).toEqual(['Add', 'LeakyRelu', 'Clip', 'Sigmoid', 'HardSigmoid', 'Gemm']);
  expect(shapes(model)).toEqual([
    ['input', ['batch', 3]],
    ['output', ['batch', 1]],
  ]);
});

test('what does not fit is said with the layer and its place', () => {
  expect(codeOf(() => sequential([]))).toBe('onnx-io/empty-sequence');
  expect(codeOf(() => sequential([relu()]))).toBe('onnx-io/layer-input');
  expect(() => sequential([linear(64, 10), relu(), linear(11, 2)])).toThrow("linear '2'");
  expect(codeOf(() => sequential([conv(3, 8, 3), linear(8, 2)]))).toBe('no error');
  expect(codeOf(() => sequential([linear(4, 4), conv(4, 8, 3)]))).toBe('onnx-io/layer-input');
  expect(codeOf(() => sequential([residual([linear(4, 5)])]))).toBe('onnx-io/layer-input');
  for (const make of [
    () => linear(0, 3),
    () => linear(2.5, 3),
    () => conv(4, 6, 3, { groups: 4 }),
    () => conv(4, 4, 3, { stride: 0 }),
    () => conv(4, 4, [3, 3], { padding: [1] }),
    () => selfAttention(10, 3),
    () => embedding(0, 4),
  ])
    expect(codeOf(make)).toBe('onnx-io/layer-option');
});

test('initialisations have the spread that their papers give', () => {
  const dims = [200, 300];
  const std = (init: Parameters<typeof drawWeight>[1]): number => {
    const { data } = drawWeight(dims, init, random(1));
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    return Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length);
  };
  expect(fansOf([8, 4, 3, 3])).toEqual({ in: 36, out: 72 });
  expect(std(kaimingUniform())).toBeCloseTo(Math.sqrt(2 / 300), 3);
  expect(std(kaimingNormal())).toBeCloseTo(Math.sqrt(2 / 300), 3);
  expect(std(xavierUniform())).toBeCloseTo(Math.sqrt(2 / 500), 3);
  expect(std(xavierNormal({ gain: 2 }))).toBeCloseTo(2 * Math.sqrt(2 / 500), 2);
  expect(std(normalInit({ std: 3 }))).toBeCloseTo(3, 1);
  const model = sequential([linear(4, 4), layerNorm(4)], { init: constantInit(5), seed: 1 });
  expect(weights(model).get('0.weight')!.data).toEqual(new Float32Array(16).fill(5));
  expect(weights(model).get('1.weight')!.data).toEqual(new Float32Array(4).fill(1));
});
