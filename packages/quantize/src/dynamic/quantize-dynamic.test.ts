import { attr, edit, graphBuilder, keyOf, loadModel, saveModel } from '@modeldiet/onnx-io';
import { cpu } from '@modeldiet/runtime';
import { cast, lazyTensor, tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { codeOf, dietOf, fixture, modelOf, normals, opTypes, skips } from '../testing';
import { quantizeDynamic } from './quantize-dynamic';
import type { DynamicRule } from './rule';

const x = normals('x', [4, 128]);
const mlp = () =>
  modelOf((g) => {
    const hidden = g.op('Relu', [g.op('Gemm', [g.input('x', 'float32', ['batch', 128]), normals('w1', [256, 128]), normals('b1', [256])], { transB: 1 })]);
    return g.op('MatMul', [hidden, normals('w2', [256, 64])]);
  });

describe('MatMul and Gemm', () => {
  test('u8 weights around 128 by default, and the numbers stay close', async () => {
    const before = mlp();
    const { model, report } = await quantizeDynamic(before);
    expect(opTypes(model)).toEqual([
      'Add',
      'Cast',
      'Cast',
      'DynamicQuantizeLinear',
      'DynamicQuantizeLinear',
      'MatMulInteger',
      'MatMulInteger',
      'Mul',
      'Mul',
      'Mul',
      'Mul',
      'Relu',
    ]);
    const types = [...model.graph.initializers].map(({ initializer }) => initializer?.type);
    expect(types.filter((type) => type === 'uint8')).toHaveLength(4);
    expect(report.changed.map(({ opType }) => opType)).toEqual(['Gemm', 'MatMul']);
    const diet = await dietOf(before, model, { x });
    expect(diet.sqnrDb).toBeGreaterThan(35);
    expect(diet.ratio).toBeLessThan(0.3);
    expect(before.graph.nodes.size).toBe(3);
  });

  test('s8 where the target does not saturate, one scale with perTensor', async () => {
    const before = mlp();
    const { model } = await quantizeDynamic(before, { target: cpu({ saturatesU8S8: false }), granularity: 'perTensor' });
    const constants = [...model.graph.initializers].map((value) => value.initializer!);
    expect(constants.filter(({ type }) => type === 'int8')).toHaveLength(4);
    expect(constants.filter(({ type, dims }) => type === 'float32' && dims.length === 0)).toHaveLength(2);
    // s8 may saturate on the CPU that runs this test, which costs more decibels than rounding does: only closeness is asked.
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(15);
  });

  test('alpha, beta, transA, a bias that is computed, a weight that is transposed', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', [128, 4]);
      const bias = g.op('ReduceMean', [input], { keepdims: 0 });
      const w = g.op('Transpose', [g.constant('w', normals('w', [64, 128]))], { perm: [1, 0] });
      return g.op('Gemm', [input, w, bias], { transA: 1, alpha: 0.5, beta: 2 });
    });
    const { model } = await quantizeDynamic(before);
    expect(opTypes(model)).not.toContain('Gemm');
    expect((await dietOf(before, model, { x: normals('t', [128, 4]) })).sqnrDb).toBeGreaterThan(35);
  });

  test('one DynamicQuantizeLinear for a value that three nodes read; a shared weight is quantized once', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', ['batch', 128]);
      const shared = g.constant('shared', normals('s', [128, 128]));
      const q = g.op('MatMul', [input, shared]);
      const k = g.op('MatMul', [input, normals('k', [128, 128])]);
      return g.op('Add', [g.op('MatMul', [g.op('Add', [q, k]), shared]), k]);
    });
    const { model } = await quantizeDynamic(before);
    expect(opTypes(model).filter((type) => type === 'DynamicQuantizeLinear')).toHaveLength(2);
    expect([...model.graph.initializers].filter(({ initializer }) => initializer?.type === 'uint8' && initializer.dims.length === 2)).toHaveLength(2);
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(35);
  });

  test('weights in Constant nodes, in float16, behind Cast', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', ['batch', 128]);
      const held = g.op('Constant', [], { value: cast(normals('w', [128, 128]), 'float16') });
      const half = g.op('MatMul', [g.op('Cast', [input], { to: 10 }), held]);
      const wide = g.op('Cast', [g.constant('w2', cast(normals('w2', [128, 64]), 'float16'))], { to: 1 });
      return g.op('MatMul', [g.op('Cast', [half], { to: 1 }), wide]);
    });
    const { model, report } = await quantizeDynamic(before);
    expect(report.changed).toHaveLength(2);
    expect(opTypes(model)).not.toContain('Constant');
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(35);
  });

  test('inside a subgraph, reading an outer value and an outer weight', async () => {
    const g = graphBuilder();
    const input = g.input('x', 'float32', ['batch', 128]);
    const flag = g.input('flag', 'bool', []);
    const w = g.constant('w', normals('w', [128, 64]));
    const branch = (name: string, by: number) => g.subgraph(name, (b) => b.op('Mul', [b.op('MatMul', [input, w]), b.constant(`by_${name}`, [by])]));
    g.output(g.op('If', [flag], { then_branch: branch('then', 1), else_branch: branch('else', -1) }), 'y');
    const before = g.model();
    const { model, report } = await quantizeDynamic(before);
    expect(report.changed.map(({ node }) => node.split('/')[1])).toEqual(['then_branch', 'else_branch']);
    for (const value of [true, false]) {
      const flagged = { x, flag: tensor('bool', new Uint8Array([value ? 1 : 0]), []) };
      expect((await dietOf(before, model, flagged)).sqnrDb).toBeGreaterThan(35);
    }
  });

  test('inside a function, whose constants are nodes', async () => {
    const g = graphBuilder({ opsets: { acme: 1 } });
    g.function({ domain: 'acme', name: 'Project', inputs: ['a'] }, (b, a) => b.op('MatMul', [a!, b.constant('w', normals('w', [128, 64]))]));
    g.output(g.op('acme:Project', [g.input('x', 'float32', ['batch', 128])]), 'y');
    const before = g.model();
    const { model, report } = await quantizeDynamic(before);
    expect(report.changed).toHaveLength(1);
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(35);
  });
});

describe('what stays, with its reason', () => {
  test('a computed weight, a small one, one that others read as float, a constant side', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', ['batch', 128]);
      const w = g.constant('w', normals('w', [128, 128]));
      const shared = g.constant('also', normals('s', [128, 128]));
      const scores = g.op('MatMul', [input, g.op('Transpose', [input])]);
      const own = g.op('MatMul', [scores, input]);
      const kept = g.op('Mul', [g.op('MatMul', [own, shared]), g.op('ReduceMean', [shared], { keepdims: 0 })]);
      return g.op('MatMul', [g.op('MatMul', [kept, w]), normals('small', [128, 1])]);
    });
    const { report } = await quantizeDynamic(before);
    expect(skips(report).sort()).toEqual(['no-rule', 'shared-weight', 'too-small', 'weight-not-constant', 'weight-not-constant']);
    expect(report.changed).toHaveLength(1);
  });

  test('an initializer that feeds may override', async () => {
    const before = mlp();
    const w2 = [...before.graph.initializers].find(({ initializer }) => initializer!.dims.join() === '256,64')!;
    (before.graph.inputs as unknown[]).push(w2);
    const { report } = await quantizeDynamic(before);
    expect(report.changed.map(({ opType }) => opType)).toEqual(['Gemm']);
    expect(skips(report)).toEqual(['weight-not-constant']);
  });

  test('include and exclude', async () => {
    const before = mlp();
    const gemm = [...before.graph.nodes].find(({ opType }) => opType === 'Gemm')!;
    const { report } = await quantizeDynamic(before, { include: [keyOf(gemm)] });
    expect(report.changed.map(({ opType }) => opType)).toEqual(['Gemm']);
    expect((await quantizeDynamic(before, { exclude: [/^Gemm/] })).report.changed.map(({ opType }) => opType)).toEqual(['MatMul']);
    expect(await codeOf(() => quantizeDynamic(before, { include: ['nowhere'] }))).toBe('onnx-io/no-match');
  });

  test('weights that no rule knows are said', async () => {
    const { report } = await quantizeDynamic(await fixture('lstm-gru.ts.onnx'), { allowEmpty: true });
    expect(report.changed).toEqual([]);
    expect(report.skipped.filter(({ code }) => code === 'no-rule').map(({ opType }) => opType)).toEqual(expect.arrayContaining(['LSTM', 'GRU']));
  });

  test('nothing to do is an error, unless allowed', async () => {
    const before = modelOf((g) => g.op('Relu', [g.input('x', 'float32', [1])]));
    expect(await codeOf(() => quantizeDynamic(before))).toBe('onnx-io/nothing-changed');
    expect((await quantizeDynamic(before, { allowEmpty: true })).model).toBe(before);
  });
});

describe('Conv', () => {
  const image = normals('image', [2, 16, 12, 12]);
  const net = (transposed = false) =>
    modelOf((g) => {
      const input = g.input('x', 'float32', ['batch', 16, 12, 12]);
      const a = g.op('Relu', [g.op('Conv', [input, normals('w1', [32, 16, 3, 3]), normals('b1', [32])], { pads: [1, 1, 1, 1] })]);
      const b = g.op('Relu', [g.op('Conv', [a, normals('w2', [32, 1, 5, 5]), normals('b2', [32])], { group: 32, pads: [2, 2, 2, 2] })]);
      return transposed
        ? g.op('ConvTranspose', [b, normals('w3', [32, 8, 4, 4]), normals('b3', [8])], { strides: [2, 2] })
        : g.op('Conv', [b, normals('w3', [64, 32, 1, 1])]);
    });
  const forms = { storage: ['Cast', 'Mul'], dequantize: ['DequantizeLinear'], integer: ['ConvInteger'] } as const;
  for (const conv of ['storage', 'dequantize', 'integer'] as const)
    for (const granularity of ['perAxis', 'perTensor'] as const)
      test(`${conv}, ${granularity}: close, and no float weight is left`, async () => {
        for (const before of [net(), net(true)]) {
          const { model } = await quantizeDynamic(before, { conv, granularity });
          expect(opTypes(model)).toEqual(expect.arrayContaining([...forms[conv]]));
          expect(
            [...model.graph.initializers].filter(
              ({ initializer }) => initializer?.type === 'float32' && initializer.dims.length === 4 && initializer.dims[1]! > 1,
            ),
          ).toEqual([]);
          const diet = await dietOf(before, model, { x: image });
          expect(diet.sqnrDb).toBeGreaterThan(28);
          expect(diet.ratio).toBeLessThan(0.4);
        }
      });
});

test('an embedding: rows with a scale each', async () => {
  const before = modelOf((g) =>
    g.op('MatMul', [g.op('Gather', [normals('table', [500, 64]), g.input('ids', 'int64', ['batch', 'seq'])]), normals('w', [64, 64])]),
  );
  const { model, report } = await quantizeDynamic(before);
  expect(report.changed.map(({ opType }) => opType)).toEqual(['Gather', 'MatMul']);
  const ids = tensor(
    'int64',
    BigInt64Array.from({ length: 12 }, (_, i) => BigInt(i * 40)),
    [3, 4],
  );
  const diet = await dietOf(before, model, { ids });
  expect(diet.sqnrDb).toBeGreaterThan(35);
  expect(diet.ratio).toBeLessThan(0.32);
});

test('an old opset is raised by conversion, and the report says so', async () => {
  const before = modelOf((g) => g.op('Clip', [g.op('MatMul', [g.input('x', 'float32', ['batch', 128]), normals('w', [128, 64])])], { min: -20, max: 20 }), 9);
  const { model, report } = await quantizeDynamic(before);
  expect(model.opsets.get('')).toBe(13);
  expect(report.changed.map(({ opType }) => opType)).toEqual(expect.arrayContaining(['Clip', 'MatMul']));
  expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(35);
});

test('a lazy weight is read once for its scale, again when it is saved, and gives the same bytes', async () => {
  const before = mlp();
  const eager = await saveModel((await quantizeDynamic(before)).model);
  let loads = 0;
  for (const value of before.graph.initializers) {
    const held = value.initializer;
    if (!held || !('data' in held) || held.dims.length !== 2) continue;
    edit.setInitializer(
      value,
      lazyTensor(held.type, held.dims, async () => {
        loads++;
        return held;
      }),
    );
  }
  const { model } = await quantizeDynamic(before);
  expect(loads).toBe(2);
  const lazy = await saveModel(model);
  expect(loads).toBe(4);
  expect(lazy.bytes).toEqual(eager.bytes);
  expect((await loadModel(lazy.bytes)).graph.nodes.size).toBe(12);
});

test('NaN in a weight, words that are off, a run that is stopped', async () => {
  const broken = normals('w', [128, 64]).data.slice();
  broken[70] = Number.NaN;
  const before = modelOf((g) => g.op('MatMul', [g.input('x', 'float32', ['batch', 128]), g.constant('w', tensor('float32', broken, [128, 64]))]));
  expect(await codeOf(() => quantizeDynamic(before))).toBe('quantize/not-finite');
  expect(await codeOf(() => quantizeDynamic(mlp(), { conv: 'fast' as 'integer' }))).toBe('quantize/bad-option');
  const stop = new AbortController();
  const reason = new Error('stopped');
  const stopped = quantizeDynamic(mlp(), { signal: stop.signal, onProgress: () => stop.abort(reason) });
  await expect(stopped).rejects.toBe(reason);
});

test("a rule of one's own", async () => {
  const before = modelOf((g) => g.op('Relu', [g.input('x', 'float32', [1])]));
  const mark: DynamicRule['rewrite'] = (node) => {
    edit.setAttribute(node, 'seen', attr.int(1));
    return { changed: 'seen' };
  };
  const { report } = await quantizeDynamic(before, { rules: { Relu: { weightInput: 1, rewrite: mark } } });
  expect(report.changed).toEqual([{ node: expect.any(String), opType: 'Relu', what: 'seen' }]);
});
