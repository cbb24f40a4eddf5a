import { edit, type Model, saveModel } from '@modeldiet/onnx-io';
import { cpu } from '@modeldiet/runtime';
import { type Feeds, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { backend, codeOf, dietOf, modelOf, normals, opTypes } from '../testing';
import { calibrate, calibratedValues } from './calibrate';
import { minMax, percentile } from './calibrator';
import { quantizeStatic } from './quantize-static';

const items = (dims: readonly number[], count = 8): Feeds[] => Array.from({ length: count }, (_, i) => ({ x: normals(`item ${i}`, dims) }));
const mlp = (): Model =>
  modelOf((g) => {
    const hidden = g.op('Relu', [
      g.op('Gemm', [g.input('x', 'float32', ['batch', 64]), g.constant('w1', normals('w1', [128, 64])), normals('b1', [128])], { transB: 1 }),
    ]);
    return g.op('MatMul', [hidden, normals('w2', [128, 32])]);
  });
const convNet = (): Model =>
  modelOf((g) => {
    const input = g.input('x', 'float32', ['batch', 8, 12, 12]);
    const a = g.op('Relu', [g.op('Conv', [input, normals('w1', [16, 8, 3, 3]), normals('b1', [16])], { pads: [1, 1, 1, 1] })]);
    const b = g.op('Clip', [g.op('Conv', [a, normals('w2', [16, 1, 3, 3])], { group: 16, pads: [1, 1, 1, 1] }), 0, 6]);
    const c = g.op('Add', [a, b]);
    const pooled = g.op('MaxPool', [c], { kernel_shape: [2, 2], strides: [2, 2] });
    const flat = g.op('Flatten', [g.op('GlobalAveragePool', [g.op('Conv', [pooled, normals('w3', [32, 16, 1, 1])])])]);
    return g.op('Gemm', [flat, normals('w4', [32, 10]), normals('b4', [10])]);
  });

describe('quantizeStatic', () => {
  test('an MLP: integer weights and bias, a pair around each value that an integer kernel reads', async () => {
    const before = mlp();
    const { model, report, calibration } = await quantizeStatic(before, { dataset: items([16, 64]), backend });
    expect(Object.keys(calibration.ranges)).toHaveLength(2);
    expect(calibration.items).toBe(8);
    expect(opTypes(model)).toEqual([
      'DequantizeLinear',
      'DequantizeLinear',
      'DequantizeLinear',
      'DequantizeLinear',
      'DequantizeLinear',
      'Gemm',
      'MatMul',
      'QuantizeLinear',
      'QuantizeLinear',
      'Relu',
    ]);
    expect([...model.graph.initializers].filter(({ initializer }) => initializer?.type === 'float32' && initializer.dims.length > 1)).toEqual([]);
    expect(report.changed.map(({ opType }) => opType)).toEqual(['Gemm', 'MatMul']);
    const diet = await dietOf(before, model, items([16, 64])[0]!);
    expect(diet.sqnrDb).toBeGreaterThan(30);
    expect(diet.ratio).toBeLessThan(0.36);
  });

  for (const granularity of ['perAxis', 'perTensor'] as const)
    for (const target of [cpu(), cpu({ saturatesU8S8: false })])
      test(`a conv net, ${granularity}, ${target.saturatesU8S8 ? 7 : 8} bits: no float weight is left`, async () => {
        const before = convNet();
        const data = items([4, 8, 12, 12]);
        const { model, report } = await quantizeStatic(before, { dataset: data, backend, granularity, target });
        expect(report.changed.map(({ opType }) => opType).sort()).toEqual(['Add', 'Conv', 'Conv', 'Conv', 'Flatten', 'Gemm', 'GlobalAveragePool', 'MaxPool']);
        expect([...model.graph.initializers].filter(({ initializer }) => initializer?.type === 'float32' && initializer.dims.length > 1)).toEqual([]);
        expect((await dietOf(before, model, data[0]!)).sqnrDb).toBeGreaterThan(target.saturatesU8S8 ? 24 : 8);
      });

  test('a MaxPool has the scale of what it reads', async () => {
    const { model } = await quantizeStatic(convNet(), { dataset: items([4, 8, 12, 12]), backend });
    const pool = [...model.graph.nodes].find(({ opType }) => opType === 'MaxPool')!;
    const [quantize] = [...pool.outputs[0]!.uses].map(({ node }) => node);
    expect(quantize!.inputs[1]).toBe(pool.inputs[0]!.producer!.inputs[1]);
  });

  test('a Conv whose output is the graph output: it keeps its name, behind the pair', async () => {
    const before = modelOf((g) => g.op('Conv', [g.input('x', 'float32', [1, 4, 6, 6]), normals('w', [32, 4, 3, 3])]));
    const { model } = await quantizeStatic(before, { dataset: items([1, 4, 6, 6]), backend });
    expect(model.graph.outputs.map(({ name, producer }) => [name, producer!.opType])).toEqual([['y', 'DequantizeLinear']]);
    expect((await dietOf(before, model, items([1, 4, 6, 6])[0]!)).sqnrDb).toBeGreaterThan(28);
  });

  test('an old opset is raised; an embedding in front stays float', async () => {
    const before = modelOf((g) => g.op('MatMul', [g.op('Gather', [normals('table', [50, 32]), g.input('x', 'int64', ['n'])]), normals('w', [32, 32])]), 11);
    const dataset = [
      {
        x: tensor(
          'int64',
          BigInt64Array.from({ length: 50 }, (_, i) => BigInt(i)),
          [50],
        ),
      },
    ];
    const { model } = await quantizeStatic(before, { dataset, backend });
    expect(model.opsets.get('')).toBe(13);
    expect((await dietOf(before, model, dataset[0]!)).sqnrDb).toBeGreaterThan(30);
  });

  test('the same table gives the same bytes, whatever the order of the items', async () => {
    const data = items([16, 64]);
    for (const calibrator of [minMax(), percentile(99.9)]) {
      const forth = await calibrate(mlp(), { dataset: data, backend, calibrator });
      expect(await calibrate(mlp(), { dataset: data.toReversed(), backend, calibrator })).toEqual(forth);
      const bytes = async (): Promise<Uint8Array> => (await saveModel((await quantizeStatic(mlp(), { calibration: forth })).model)).bytes;
      expect(await bytes()).toEqual(await bytes());
    }
  });

  test('what is inside of a subgraph stays float, and is said', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', ['batch', 64]);
      const body = (name: string) => g.subgraph(name, (b) => b.op('MatMul', [input, b.constant(`w_${name}`, normals(name, [64, 32]))]));
      const chosen = g.op('If', [g.op('Greater', [g.op('ReduceMax', [input], { keepdims: 0 }), 0])], { then_branch: body('then'), else_branch: body('else') });
      return g.op('MatMul', [chosen, normals('w', [32, 16])]);
    });
    const { report } = await quantizeStatic(before, { dataset: items([16, 64]), backend });
    expect(report.skipped.map(({ code }) => code)).toEqual(['in-subgraph', 'in-subgraph']);
    expect(report.changed).toHaveLength(1);
  });

  test('exclude leaves a node in float', async () => {
    const { report } = await quantizeStatic(mlp(), { dataset: items([16, 64]), backend, exclude: ['Gemm'] });
    expect(report.changed.map(({ opType }) => opType)).toEqual(['MatMul']);
  });
});

test('fewer bits are smaller and worse; 8 on a target that saturates is said', async () => {
  const before = mlp();
  const calibration = await calibrate(before, { dataset: items([16, 64]), backend });
  const diets = [];
  for (const bits of [8, 7, 4, 2] as const) {
    const { model, report } = await quantizeStatic(before, { calibration, bits, target: cpu({ saturatesU8S8: false }) });
    expect(report.warnings).toEqual([]);
    expect(report.options).toMatchObject({ bits });
    expect(model.opsets.get('')).toBe(21);
    diets.push(await dietOf(before, model, items([16, 64])[0]!));
  }
  const [eight, seven, four, two] = diets;
  expect(four!.bytes).toBeLessThan(0.7 * eight!.bytes);
  expect(seven!.sqnrDb).toBeGreaterThan(four!.sqnrDb + 10);
  expect(four!.sqnrDb).toBeGreaterThan(two!.sqnrDb + 6);
  const { report } = await quantizeStatic(before, { calibration, bits: 8 });
  expect(report.warnings.map(({ code }) => code)).toEqual(['quantize/may-saturate']);
  const old = modelOf((g) => g.op('MatMul', [g.input('x', 'float32', ['n', 64]), normals('w', [64, 32])]), 13);
  expect((await quantizeStatic(old, { dataset: items([16, 64]), backend, bits: 4 })).model.opsets.get('')).toBe(21);
});

describe('calibrators', () => {
  const spread = Float32Array.from({ length: 10_001 }, (_, i) => (i - 5000) / 5000);
  test('minMax sees the ends, percentile clips the tails, both in parts as in one', () => {
    for (const [calibrator, end] of [
      [minMax(), 1],
      [percentile(99), 0.99],
      [percentile(50), 0.5],
    ] as const) {
      const whole = calibrator.begin();
      whole.add(spread);
      const parts = calibrator.begin();
      parts.add(spread.subarray(4000));
      parts.add(spread.subarray(0, 4000));
      expect(parts.range()).toEqual(whole.range());
      expect(whole.range().max).toBeCloseTo(end, 2);
      expect(whole.range().min).toBeCloseTo(-end, 2);
    }
  });
  test('one outlier in ten thousand is clipped by default, and a one-sided range stays one-sided', () => {
    const tally = percentile().begin();
    tally.add(Float32Array.from({ length: 100_000 }, (_, i) => (i === 7 ? 1000 : i / 100_000)));
    expect(tally.range().max).toBeLessThan(1.01);
    expect(tally.range().min).toBe(0);
  });
  test('nothing seen is the range of zero', () => {
    expect([minMax().begin().range(), percentile().begin().range()]).toEqual([
      { min: 0, max: 0 },
      { min: 0, max: 0 },
    ]);
  });
});

test('bad input', async () => {
  const nan: Tensor = tensor('float32', new Float32Array(64).fill(Number.NaN), [1, 64]);
  expect(await codeOf(() => quantizeStatic(mlp(), {}))).toBe('quantize/no-calibration');
  expect(await codeOf(() => quantizeStatic(mlp(), { dataset: [], backend }))).toBe('runtime/empty-dataset');
  expect(await codeOf(() => quantizeStatic(mlp(), { dataset: [{ x: nan }], backend }))).toBe('quantize/calibration-not-finite');
  expect(await codeOf(() => quantizeStatic(mlp(), { dataset: items([1, 63]), backend }))).toBe('runtime/feeds-mismatch');
  const table = await calibrate(mlp(), { dataset: items([16, 64]), backend });
  expect(await codeOf(() => quantizeStatic(mlp(), { calibration: { ...table, ranges: {} } }))).toBe('quantize/not-calibrated');
  expect(await codeOf(() => quantizeStatic(mlp(), { calibration: table, granularity: 'perBlock' as 'perAxis' }))).toBe('quantize/bad-option');
  expect(() => percentile(0)).toThrow('percent');
  const none = modelOf((g) => g.op('Exp', [g.input('x', 'float32', [1])]));
  expect(calibratedValues(none)).toEqual([]);
  expect(await codeOf(() => quantizeStatic(none, { dataset: items([1]), backend }))).toBe('onnx-io/nothing-changed');
  const big = mlp();
  const w1 = [...big.graph.initializers].find(({ name }) => name === 'w1')!;
  edit.setInitializer(w1, tensor('float32', new Float32Array(128 * 64).fill(Number.POSITIVE_INFINITY), [128, 64]));
  expect(await codeOf(() => quantizeStatic(big, { calibration: table }))).toBe('quantize/not-finite');
});
