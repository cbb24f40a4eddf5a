import { edit, findValue, loadModel, type Model, saveModel } from '@modeldiet/onnx-io';
import { compareModels, cpu } from '@modeldiet/runtime';
import { type Feeds, lazyTensor, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { calibrate } from '../static/calibrate';
import { quantizeStatic } from '../static/quantize-static';
import { backend, codeOf, modelOf, normals, opTypes, skips } from '../testing';
import { convertQat } from './convert-qat';
import { prepareQat } from './prepare-qat';

const items = (dims: readonly number[], count = 4): Feeds[] => Array.from({ length: count }, (_, i) => ({ x: normals(`item ${i}`, dims) }));
const mlp = (opset = 21): Model =>
  modelOf((g) => {
    const hidden = g.op('Relu', [
      g.op('Gemm', [g.input('x', 'float32', ['batch', 64]), g.constant('w1', normals('w1', [48, 64])), g.constant('b1', normals('b1', [48]))], { transB: 1 }),
    ]);
    return g.op('MatMul', [hidden, g.constant('w2', normals('w2', [48, 10]))]);
  }, opset);
const convNet = (): Model =>
  modelOf((g) => {
    const input = g.input('x', 'float32', ['batch', 8, 12, 12]);
    const a = g.op('Relu', [g.op('Conv', [input, g.constant('w1', normals('w1', [16, 8, 3, 3])), normals('b1', [16])], { pads: [1, 1, 1, 1] })]);
    const b = g.op('Clip', [g.op('Conv', [a, g.constant('w2', normals('w2', [16, 1, 3, 3]))], { group: 16, pads: [1, 1, 1, 1] }), 0, 6]);
    const pooled = g.op('MaxPool', [g.op('Add', [a, b])], { kernel_shape: [2, 2], strides: [2, 2] });
    const flat = g.op('Flatten', [g.op('GlobalAveragePool', [pooled])]);
    return g.op('Gemm', [flat, g.constant('w3', normals('w3', [16, 10])), normals('b3', [10])]);
  });

/** SQNR of the worst output. */
async function sqnr(a: Model, b: Model, feeds: Feeds): Promise<number> {
  const bytes = await Promise.all([a, b].map(async (model) => (await saveModel(model)).bytes));
  const { outputs, notCompared } = await compareModels(bytes[0]!, bytes[1]!, { feeds: [feeds], backend });
  expect(notCompared).toEqual([]);
  return Math.min(...outputs.map(({ sqnrDb }) => sqnrDb ?? Number.POSITIVE_INFINITY));
}

/** The codes that DequantizeLinear nodes read, by the type and numbers alone. */
const storedWeights = (model: Model): string[] =>
  [...model.graph.initializers]
    .filter(({ name, initializer }) => name.includes('_quantized') && initializer)
    .map(({ initializer }) => {
      const weight = initializer!;
      if (!('data' in weight)) throw new Error('not resident');
      return `${weight.type} [${weight.dims}] ${Array.from<unknown>(weight.data).join()}`;
    })
    .sort();

describe('prepareQat', () => {
  test('pairs where quantizeStatic has them, weights and biases still float, and it answers alike', async () => {
    const [before, data] = [mlp(), items([16, 64])];
    const { model, report, calibration } = await prepareQat(before, { dataset: data, backend });
    for (const name of ['w1', 'w2', 'b1']) expect(findValue(model.graph, name)!.initializer, name).toBe(findValue(before.graph, name)!.initializer);
    expect(report.transform).toBe('prepareQat');
    expect(report.changed.map(({ opType, what }) => `${opType}: ${what}`)).toEqual(['Gemm: fake int8, weight w1', 'MatMul: fake int8, weight w2']);
    const after = await quantizeStatic(before, { calibration });
    expect(await sqnr(after.model, model, data[0]!)).toBeGreaterThan(50);
    const again = await loadModel((await saveModel(model)).bytes);
    expect(opTypes(again)).toEqual(opTypes(model));
  });

  test('a weight that two nodes read goes through one pair', async () => {
    const before = modelOf((g) => {
      const w = g.constant('w', normals('w', [32, 32]));
      return g.op('MatMul', [g.op('MatMul', [g.input('x', 'float32', ['n', 32]), w]), w]);
    });
    const { model } = await prepareQat(before, { dataset: items([4, 32]), backend });
    expect(opTypes(model).filter((type) => type === 'Abs')).toHaveLength(1);
    const { model: integer } = await convertQat(model);
    expect(storedWeights(integer)).toHaveLength(1);
    expect(findValue(integer.graph, 'w')).toBeUndefined();
  });

  test('exclude leaves a node in float, through conversion too', async () => {
    const { model } = await prepareQat(mlp(), { dataset: items([16, 64]), backend, exclude: ['Gemm'] });
    const { model: integer, report } = await convertQat(model);
    expect(findValue(integer.graph, 'w1')!.initializer!.type).toBe('float32');
    expect(report.changed.map(({ opType }) => opType)).toEqual(['MatMul']);
  });

  test('bad input', async () => {
    const nan = tensor('float32', new Float32Array(64).fill(Number.NaN), [1, 64]);
    const table = await calibrate(mlp(), { dataset: items([16, 64]), backend });
    const [first] = Object.keys(table.ranges);
    expect(await codeOf(() => prepareQat(mlp(), {}))).toBe('quantize/no-calibration');
    expect(await codeOf(() => prepareQat(mlp(), { dataset: [], backend }))).toBe('runtime/empty-dataset');
    expect(await codeOf(() => prepareQat(mlp(), { dataset: [{ x: nan }], backend }))).toBe('quantize/calibration-not-finite');
    expect(await codeOf(() => prepareQat(mlp(), { dataset: items([1, 63]), backend }))).toBe('runtime/feeds-mismatch');
    expect(await codeOf(() => prepareQat(mlp(), { calibration: { ...table, ranges: {} } }))).toBe('quantize/not-calibrated');
    const holed = { ...table, ranges: { ...table.ranges, [first!]: { min: Number.NaN, max: 1 } } };
    expect(await codeOf(() => prepareQat(mlp(), { calibration: holed }))).toBe('quantize/calibration-not-finite');
    expect(await codeOf(() => prepareQat(mlp(), { calibration: table, bits: 1 as 2 }))).toBe('quantize/bad-option');
    const none = modelOf((g) => g.op('Exp', [g.input('x', 'float32', [1])]));
    expect(await codeOf(() => prepareQat(none, { dataset: items([1]), backend }))).toBe('onnx-io/nothing-changed');
  });
});

describe('convertQat', () => {
  test('a division by 1, as 2 bits have it, may have been taken away', async () => {
    const { model } = await prepareQat(mlp(), { dataset: items([16, 64]), backend, bits: 2 });
    const direct = await convertQat(model);
    for (const node of [...model.graph.nodes].filter(({ opType }) => opType === 'Div')) {
      edit.replaceUses(node.outputs[0]!, node.inputs[0]!);
      edit.removeNode(node);
    }
    expect(storedWeights((await convertQat(model)).model)).toEqual(storedWeights(direct.model));
  });

  const nets = { mlp: [mlp(), [16, 64]], 'conv net': [convNet(), [4, 8, 12, 12]] } as const;
  for (const [name, [before, dims]] of Object.entries(nets))
    for (const granularity of ['perAxis', 'perTensor'] as const)
      for (const bits of [8, 7, 5, 4, 2] as const)
        test(`${name}, ${granularity}, ${bits} bits: untrained, it holds the very numbers that quantizeStatic stores`, async () => {
          const data = items(dims);
          const options = { granularity, bits, target: cpu({ saturatesU8S8: false }) };
          const after = await quantizeStatic(before, { ...options, dataset: data, backend });
          const { model: prepared } = await prepareQat(before, { ...options, calibration: after.calibration });
          const { model: integer, report } = await convertQat(await loadModel((await saveModel(prepared)).bytes));
          expect(report.transform).toBe('convertQat');
          expect(storedWeights(integer)).toEqual(storedWeights(after.model));
          expect(opTypes(integer)).toEqual(opTypes(after.model));
          expect([...integer.graph.initializers].length).toBe([...after.model.graph.initializers].length);
          expect(integer.opsets).toEqual(after.model.opsets);
          expect(await sqnr(after.model, integer, data[0]!)).toBe(Number.POSITIVE_INFINITY);
        });

  test('weights that moved: the codes are of the new numbers, none is clamped', async () => {
    const data = items([16, 64]);
    const { model } = await prepareQat(mlp(), { dataset: data, backend });
    const moved = tensor(
      'float32',
      normals('elsewhere', [48, 64]).data.map((x) => x * 9),
      [48, 64],
    );
    edit.setInitializer(findValue(model.graph, 'w1')!, moved);
    const { model: integer } = await convertQat(model);
    expect(await sqnr(model, integer, data[0]!)).toBeGreaterThan(50);
  });

  test('a weight of zeros, a transposed one, a Constant node, and the lowest opset', async () => {
    const before = modelOf((g) => {
      const zeros = g.op('Gemm', [g.input('x', 'float32', ['n', 16]), tensor('float32', new Float32Array(256), [16, 16]), normals('b', [16])]);
      const turned = g.op('MatMul', [zeros, g.op('Transpose', [g.constant('t', normals('t', [24, 16]))], { perm: [1, 0] })]);
      return g.op('MatMul', [turned, g.op('Constant', [], { value: normals('c', [24, 8]) })]);
    }, 11);
    const data = items([4, 16]);
    const after = await quantizeStatic(before, { dataset: data, backend });
    const { model: prepared } = await prepareQat(before, { dataset: data, backend });
    expect(prepared.opsets.get('')).toBe(13);
    const { model: integer } = await convertQat(prepared);
    expect(storedWeights(integer)).toEqual(storedWeights(after.model));
    expect(await sqnr(after.model, integer, data[0]!)).toBe(Number.POSITIVE_INFINITY);
  });

  test('a lazy weight stays lazy in the prepared model, and gives the same bytes when it is converted', async () => {
    const data = items([16, 64]);
    const calibration = await calibrate(mlp(), { dataset: data, backend });
    const lazy = mlp();
    let reads = 0;
    const value = findValue(lazy.graph, 'w1')!;
    const held = value.initializer as Tensor;
    edit.setInitializer(
      value,
      lazyTensor(held.type, held.dims, async () => {
        reads++;
        return held;
      }),
    );
    const [{ model: a }, { model: b }] = [await prepareQat(mlp(), { calibration }), await prepareQat(lazy, { calibration })];
    expect(reads).toBe(0);
    expect((await saveModel((await convertQat(b)).model)).bytes).toEqual((await saveModel((await convertQat(a)).model)).bytes);
  });

  test('a stopped run rejects with the reason', async () => {
    const { model } = await prepareQat(mlp(), { dataset: items([16, 64]), backend });
    const stop = new AbortController();
    const reason = new Error('enough');
    await expect(convertQat(model, { signal: stop.signal, onProgress: () => stop.abort(reason) })).rejects.toBe(reason);
    await expect(prepareQat(mlp(), { dataset: items([16, 64]), backend, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  /** As other tools write it: scales that are constants. */
  const foreign = (
    dims: readonly number[],
    attributes: { axis?: number; block_size?: number; output_dtype?: number },
    zero: 'int8' | 'uint8' | 'none' = 'int8',
  ): Model =>
    modelOf((g) => {
      const [n] = [dims.reduce((a, b) => a * b, 1)];
      const x = g.input('x', 'float32', ['n', 16]);
      const fake = (value: ReturnType<typeof g.input>, scale: ReturnType<typeof g.input>, at: ReturnType<typeof g.input>) =>
        g.op('DequantizeLinear', [g.op('QuantizeLinear', [value, scale, at]), scale, at]);
      const data = fake(x, g.constant('x_scale', tensor('float32', Float32Array.of(0.03), [])), g.constant('x_zero', tensor('uint8', Uint8Array.of(128), [])));
      const scale = g.constant(
        'w_scale',
        tensor(
          'float32',
          Float32Array.from({ length: n }, (_, i) => 0.02 + 0.001 * i),
          dims,
        ),
      );
      const zeroPoint = g.constant(
        'w_zero',
        zero === 'int8' ? tensor('int8', new Int8Array(n).fill(3), dims) : tensor('uint8', new Uint8Array(n).fill(120), dims),
      );
      const w = g.constant('w', normals('w', [16, 6]));
      const weight =
        zero === 'none'
          ? g.op('DequantizeLinear', [g.op('QuantizeLinear', [w, scale], attributes), scale], {
              ...(attributes.axis !== undefined && { axis: attributes.axis }),
            })
          : g.op('DequantizeLinear', [g.op('QuantizeLinear', [w, scale, zeroPoint], attributes), scale, zeroPoint], attributes);
      return g.op('Gemm', [data, weight, g.constant('b', normals('b', [6]))]);
    });
  for (const [name, model] of [
    ['one scale', foreign([], {})],
    ['a scale a column', foreign([6], { axis: 1 })],
    ['a scale a row', foreign([16], { axis: 0 }, 'uint8')],
    ['blocks', foreign([4, 6], { axis: 0, block_size: 4 })],
    ['no zero point', foreign([6], { axis: -1 }, 'none')],
    ['no zero point, int8', foreign([6], { axis: -1, output_dtype: 3 }, 'none')],
  ] as const)
    test(`scales that are constants are kept: ${name}`, async () => {
      const { model: integer } = await convertQat(model);
      expect(findValue(integer.graph, 'w')).toBeUndefined();
      expect(opTypes(integer).filter((type) => type === 'QuantizeLinear')).toHaveLength(1);
      expect(await sqnr(model, integer, { x: normals('x', [5, 16]) })).toBeGreaterThan(50);
      const bias = [...integer.graph.nodes].find(({ opType }) => opType === 'Gemm')!.inputs[2]!;
      expect(bias.producer?.opType === 'DequantizeLinear').toBe(name === 'one scale' || name === 'a scale a column' || name.startsWith('no zero point'));
      if (name === 'no zero point, int8') expect(storedWeights(integer).join()).toMatch(/int8 .*-\d/);
    });

  test('what no pair is around, and what is not known', async () => {
    expect(await codeOf(() => convertQat(mlp()))).toBe('quantize/no-fake-quantize');
    const { model: done } = await quantizeStatic(mlp(), { dataset: items([16, 64]), backend });
    expect(await codeOf(() => convertQat(done))).toBe('quantize/no-fake-quantize');
    const odd = modelOf((g) => {
      const x = g.input('x', 'float32', ['n', 16]);
      const scale = g.op('ReduceMean', [g.op('Abs', [x])], { keepdims: 0 });
      const zero = g.constant('zero', tensor('int8', new Int8Array(1), []));
      const w = g.op('DequantizeLinear', [g.op('QuantizeLinear', [g.constant('w', normals('w', [16, 6])), scale, zero]), scale, zero]);
      return g.op('MatMul', [x, w]);
    });
    expect(await codeOf(() => convertQat(odd))).toBe('onnx-io/nothing-changed');
    const { report } = await convertQat(odd, { allowEmpty: true });
    expect(skips(report)).toEqual(['scale-computed']);
    const float8 = foreign([6], { axis: -1, output_dtype: 17 }, 'none');
    expect(skips((await convertQat(float8, { allowEmpty: true })).report)).toEqual(['code-type']);
    // The largest code of no number of bits: not a scale that prepareQat makes.
    const { model: strange } = await prepareQat(mlp(), { dataset: items([16, 64]), backend });
    for (const name of ['w1_largest_code', 'w2_largest_code'])
      edit.setInitializer(findValue(strange.graph, name)!, tensor('float32', Float32Array.of(100), []));
    expect(skips((await convertQat(strange, { allowEmpty: true })).report)).toEqual(['scale-computed', 'scale-computed']);
    const { model: prepared } = await prepareQat(mlp(), { dataset: items([16, 64]), backend });
    edit.setInitializer(findValue(prepared.graph, 'w1')!, tensor('float32', new Float32Array(48 * 64).fill(Number.NaN), [48, 64]));
    expect(await codeOf(() => convertQat(prepared))).toBe('quantize/not-finite');
  });
});
