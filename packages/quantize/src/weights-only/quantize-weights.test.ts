import { edit, type Model, saveModel } from '@modeldiet/onnx-io';
import { cpu, webgpu } from '@modeldiet/runtime';
import { cast, lazyTensor, tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { codeOf, dietOf, modelOf, normals, opTypes, skips } from '../testing';
import { quantizeWeights } from './quantize-weights';

const x = normals('x', [4, 100]);
/** K = 100 is no whole number of blocks. */
const mlp = (opset = 21): Model =>
  modelOf((g) => {
    const hidden = g.op('Relu', [
      g.op('Gemm', [g.input('x', 'float32', ['batch', 100]), g.constant('w1', normals('w1', [128, 100])), normals('b1', [128])], {
        transB: 1,
        alpha: 0.5,
        beta: 2,
      }),
    ]);
    return g.op('MatMul', [hidden, normals('w2', [128, 64])]);
  }, opset);

describe('8 bits', () => {
  for (const granularity of ['perAxis', 'perTensor'] as const)
    test(`${granularity}: the operators stay, a quarter of the bytes`, async () => {
      const before = mlp();
      const { model } = await quantizeWeights(before, { granularity });
      expect(opTypes(model)).toEqual(['Cast', 'Cast', 'Gemm', 'MatMul', 'Mul', 'Mul', 'Relu']);
      const diet = await dietOf(before, model, { x });
      expect(diet.sqnrDb).toBeGreaterThan(35);
      expect(diet.ratio).toBeLessThan(0.3);
    });
  test('Conv, ConvTranspose and embeddings', async () => {
    const before = modelOf((g) =>
      g.op('ConvTranspose', [g.op('Conv', [g.input('x', 'float32', [1, 4, 8, 8]), normals('w', [32, 4, 3, 3])]), normals('w2', [32, 8, 2, 2])]),
    );
    const { model, report } = await quantizeWeights(before);
    expect(report.changed).toHaveLength(2);
    expect((await dietOf(before, model, { x: normals('i', [1, 4, 8, 8]) })).sqnrDb).toBeGreaterThan(30);
  });
});

describe('4 and 2 bits', () => {
  for (const scheme of ['symmetric', 'asymmetric'] as const)
    for (const [bits, blockSize, least] of [
      [4, 32, 15],
      [4, 16, 16],
      [2, 32, 1],
    ] as const)
      test(`MatMulNBits, ${bits} bits, blocks of ${blockSize}, ${scheme}`, async () => {
        const before = mlp();
        const { model, report } = await quantizeWeights(before, { bits, blockSize, scheme });
        expect(opTypes(model)).toEqual(['Add', 'MatMulNBits', 'MatMulNBits', 'Mul', 'Relu']);
        expect(model.opsets.get('com.microsoft')).toBe(1);
        expect(report.changed).toHaveLength(2);
        const diet = await dietOf(before, model, { x });
        expect(diet.sqnrDb).toBeGreaterThan(least);
        expect(diet.ratio).toBeLessThan(bits === 4 ? 0.25 : 0.18);
      });

  test('blocks with DequantizeLinear, where the target says so or where it is asked; the opset is raised', async () => {
    const before = mlp(17);
    const { model } = await quantizeWeights(before, { bits: 4, form: 'dequantize' });
    expect(model.opsets.get('')).toBe(21);
    expect(opTypes(model)).toEqual(['DequantizeLinear', 'DequantizeLinear', 'Gemm', 'MatMul', 'Relu']);
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(15);
    const only = { ...cpu(), weightFormats: cpu().weightFormats.filter(({ op }) => op === 'DequantizeLinear') };
    expect(opTypes((await quantizeWeights(before, { bits: 4, target: only })).model)).toContain('DequantizeLinear');
  });

  test("accuracy level is the target's", async () => {
    const levels = async (target = cpu()): Promise<unknown[]> =>
      [...(await quantizeWeights(mlp(), { bits: 4, target })).model.graph.nodes]
        .filter(({ opType }) => opType === 'MatMulNBits')
        .map(({ attributes }) => attributes.get('accuracy_level')?.value);
    expect(await levels()).toEqual([4, 4]);
    expect(await levels(webgpu())).toEqual(webgpu().weightFormats.some(({ accuracyLevel }) => accuracyLevel) ? [4, 4] : [undefined, undefined]);
  });

  test('a float16 model, a transposed input and weight', async () => {
    const before = modelOf((g) => {
      const half = g.op('Cast', [g.input('x', 'float32', [64, 4])], { to: 10 });
      const w = g.op('Transpose', [g.constant('w', cast(normals('w', [96, 64]), 'float16'))]);
      return g.op('Cast', [g.op('Gemm', [half, w], { transA: 1 })], { to: 1 });
    });
    const { model } = await quantizeWeights(before, { bits: 4 });
    expect(opTypes(model)).toContain('MatMulNBits');
    expect((await dietOf(before, model, { x: normals('t', [64, 4]) })).sqnrDb).toBeGreaterThan(15);
  });

  test('a lazy weight is read once, when it is saved, and gives the same bytes', async () => {
    for (const scheme of ['symmetric', 'asymmetric'] as const) {
      const eager = (await saveModel((await quantizeWeights(mlp(), { bits: 4, scheme })).model)).bytes;
      const before = mlp();
      let loads = 0;
      for (const value of before.graph.initializers) {
        const held = value.initializer!;
        if (!('data' in held) || held.dims.length !== 2) continue;
        edit.setInitializer(
          value,
          lazyTensor(held.type, held.dims, async () => {
            loads++;
            return held;
          }),
        );
      }
      const { model } = await quantizeWeights(before, { bits: 4, scheme });
      expect(loads).toBe(0);
      expect((await saveModel(model)).bytes).toEqual(eager);
      expect(loads).toBe(2);
    }
  });
});

test('what is refused', async () => {
  expect(await codeOf(() => quantizeWeights(mlp(), { bits: 4, blockSize: 48 }))).toBe('quantize/target-lacks');
  expect(await codeOf(() => quantizeWeights(mlp(), { bits: 2, form: 'dequantize' }))).toBe('quantize/target-lacks');
  expect(await codeOf(() => quantizeWeights(mlp(), { bits: 5 as 4 }))).toBe('quantize/bad-option');
  expect(await codeOf(() => quantizeWeights(mlp(), { bits: 4, form: 'dequantize', scheme: 'asymmetric' }))).toBe('quantize/bad-option');
  const broken = modelOf((g) =>
    g.op('MatMul', [g.input('x', 'float32', ['n', 64]), g.constant('w', tensor('float32', new Float32Array(64 * 64).fill(Number.NaN), [64, 64]))]),
  );
  for (const bits of [8, 4] as const) expect(await codeOf(() => quantizeWeights(broken, { bits }))).toBe('quantize/not-finite');
  const stays = modelOf((g) => {
    const input = g.input('x', 'float32', ['n', 64]);
    return g.op('MatMul', [g.op('MatMul', [input, normals('w', [64, 1])]), g.op('Slice', [g.op('Transpose', [input]), [0], [1]])]);
  });
  const { report } = await quantizeWeights(stays, { bits: 4, allowEmpty: true });
  expect(skips(report).sort()).toEqual(['too-small', 'weight-not-constant']);
});
