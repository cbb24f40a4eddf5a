import { graphBuilder, type Model, saveModel } from '@modeldiet/onnx-io';
import { cpu, type Target, webgpu } from '@modeldiet/runtime';
import { type Tensor, tensor, type Warning } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { codeOf, dietOf, modelOf, normals, opTypes, skips } from '../testing';
import { convertFloat } from './convert-float';

const x = normals('x', [4, 64]);
const net = (): Model =>
  modelOf((g) => {
    const a = g.op('Gemm', [g.input('x', 'float32', ['batch', 64]), normals('w', [64, 64]), normals('b', [64])]);
    return g.op('Softmax', [g.op('LayerNormalization', [a, normals('g', [64]), normals('h', [64])])]);
  });
const typesOf = (model: Model): string[] => [...model.graph.initializers].map(({ initializer }) => initializer!.type).sort();

describe('storage', () => {
  test('float16 weights behind Casts, the arithmetic stays', async () => {
    const before = net();
    const { model } = await convertFloat(before);
    expect(typesOf(model)).toEqual(['float16', 'float16', 'float16', 'float16']);
    const diet = await dietOf(before, model, { x });
    expect(diet.sqnrDb).toBeGreaterThan(55);
    expect(diet.ratio).toBeLessThan(0.6);
  });

  test('bfloat16 raises the opset to the one whose Cast knows it', async () => {
    const before = modelOf((g) => g.op('MatMul', [g.input('x', 'float32', ['batch', 64]), normals('w', [64, 64])]), 11);
    const { model } = await convertFloat(before, { format: 'bfloat16' });
    expect(model.opsets.get('')).toBe(13);
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(40);
  });

  test('constants in nodes and subgraphs too; small ones stay', async () => {
    const g = graphBuilder();
    const input = g.input('x', 'float32', ['batch', 64]);
    const then = g.subgraph('then', (b) => b.op('MatMul', [input, b.op('Constant', [], { value: normals('w', [64, 64]) })]));
    const other = g.subgraph('else', (b) => b.op('MatMul', [input, b.constant('w2', normals('w2', [64, 64]))]));
    const y = g.op('If', [g.input('flag', 'bool', [])], { then_branch: then, else_branch: other });
    g.output(g.op('Mul', [y, g.constant('half', [0.5])]), 'y');
    const before = g.model();
    const { model, report } = await convertFloat(before);
    expect(report.changed).toHaveLength(2);
    expect(skips(report)).toEqual(['too-small']);
    for (const flag of [0, 1]) expect((await dietOf(before, model, { x, flag: tensor('bool', new Uint8Array([flag]), []) })).sqnrDb).toBeGreaterThan(55);
  });

  test('what float16 cannot hold becomes its largest number, counted', async () => {
    const big = normals('w', [64, 64]).data.slice();
    big[3] = 1e6;
    big[9] = -1e30;
    const warnings: Warning[] = [];
    const before = modelOf((g) => g.op('MatMul', [g.input('x', 'float32', ['batch', 64]), g.constant('w', tensor('float32', big, [64, 64]))]));
    const { model, report } = await convertFloat(before, { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toMatchObject([{ code: 'tensor/saturated', count: 2, where: { value: 'w' } }]);
    expect(report.warnings).toEqual(warnings);
    const half = [...model.graph.initializers].find(({ initializer }) => initializer!.type === 'float16')!.initializer as Tensor<'float16'>;
    expect([half.data[3], half.data[9]]).toEqual([0x7bff, 0xfbff]);
  });
});

describe('the whole graph', () => {
  test('inputs and outputs keep their names and types', async () => {
    const before = net();
    const { model } = await convertFloat(before, { compute: 'float16' });
    expect(typesOf(model)).toEqual(['float16', 'float16', 'float16', 'float16']);
    expect(model.graph.inputs.map(({ name, type }) => [name, type])).toEqual([['x', { kind: 'tensor', dtype: 'float32', shape: ['batch', 64] }]]);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['y']);
    const diet = await dietOf(before, model, { x });
    expect(diet.sqnrDb).toBeGreaterThan(45);
    expect(diet.ratio).toBeLessThan(0.6);
  });

  test('an operator without a float16 form computes in float32; its float constant stays', async () => {
    const before = modelOf((g) => {
      const input = g.input('x', 'float32', [1, 1, 4, 4]);
      const up = g.op(
        'Resize',
        [g.op('Mul', [input, normals('m', [1, 1, 4, 4])]), undefined, g.constant('scales', tensor('float32', new Float32Array([1, 1, 2, 2]), [4]))],
        { mode: 'nearest' },
      );
      return g.op('acme:Twice' as 'Relu', [up]);
    });
    const { model, report } = await convertFloat(before, { compute: 'float16' });
    expect(typesOf(model)).toEqual(['float16', 'float32']);
    expect(report.skipped.map(({ opType, code }) => [opType, code])).toEqual([
      ['Resize', 'no-float16'],
      ['Twice', 'no-float16'],
    ]);
    expect(opTypes(model).filter((type) => type === 'Cast')).toHaveLength(2);
  });

  test('Cast, ConstantOfShape, Constant and subgraphs follow', async () => {
    const g = graphBuilder();
    const input = g.input('x', 'float32', ['batch', 64]);
    const ids = g.input('ids', 'int64', ['batch', 64]);
    const counted = g.op('Cast', [ids], { to: 1 });
    const filled = g.op('ConstantOfShape', [g.op('Shape', [input])], { value: tensor('float32', new Float32Array([0.5]), [1]) });
    const half = g.op('Constant', [], { value_float: 0.5 });
    const sum = g.op('Add', [g.op('Add', [g.op('Mul', [counted, half]), filled]), input]);
    const then = g.subgraph('then', (b) => b.op('MatMul', [sum, b.constant('w', normals('w', [64, 64]))]));
    const other = g.subgraph('else', (b) => b.op('Identity', [input]));
    g.output(g.op('If', [g.input('flag', 'bool', [])], { then_branch: then, else_branch: other }), 'y');
    g.output(counted, 'counted');
    const before = g.model();
    const { model } = await convertFloat(before, { compute: 'float16' });
    const numbers = tensor(
      'int64',
      BigInt64Array.from({ length: 256 }, (_, i) => BigInt(i % 7)),
      [4, 64],
    );
    for (const flag of [0, 1])
      expect((await dietOf(before, model, { x, ids: numbers, flag: tensor('bool', new Uint8Array([flag]), []) })).sqnrDb).toBeGreaterThan(45);
  });

  test('a variance or an epsilon outside of the range of float16 keeps its node in float32', async () => {
    const before = modelOf((g) => {
      const wide = tensor(
        'float32',
        Float32Array.from({ length: 8 }, (_, i) => (i === 2 ? 1e-9 : i === 3 ? 1e7 : 1)),
        [8],
      );
      const normed = g.op(
        'BatchNormalization',
        [
          g.input('x', 'float32', ['batch', 8, 4]),
          normals('s', [8]),
          normals('b', [8]),
          g.constant('mean', tensor('float32', new Float32Array(8), [8])),
          g.constant('var', wide),
        ],
        { epsilon: 1e-12 },
      );
      return g.op('Div', [normed, g.op('Sqrt', [g.op('Add', [g.op('Mul', [normed, normed]), g.constant('epsilon', [1e-9])])])]);
    });
    const { model, report } = await convertFloat(before, { compute: 'float16' });
    expect(report.skipped.map(({ opType, code }) => [opType, code])).toEqual([
      ['BatchNormalization', 'no-float16'],
      ['Add', 'no-float16'],
    ]);
    expect((await dietOf(before, model, { x: normals('x', [4, 8, 4]) })).sqnrDb).toBeGreaterThan(40);
  });

  test('what becomes zero is counted', async () => {
    const small = normals('w', [64, 64]).data.map((x, i) => (i % 1000 === 0 ? 1e-9 : x));
    const before = modelOf((g) => g.op('MatMul', [g.input('x', 'float32', ['batch', 64]), g.constant('w', tensor('float32', small, [64, 64]))]));
    expect((await convertFloat(before)).report.warnings).toMatchObject([{ code: 'quantize/underflow', count: 5, where: { value: 'w' } }]);
  });

  test('a target that only emulates float16 is said, one that has it is not', async () => {
    const said = async (target: Target): Promise<string[]> =>
      (await convertFloat(net(), { compute: 'float16', target })).report.warnings.map(({ code }) => code);
    expect(await said(cpu())).toEqual(['quantize/emulated-float16']);
    expect(await said(webgpu())).toEqual([]);
  });

  test('exclude keeps a node in float32', async () => {
    const before = net();
    const { model } = await convertFloat(before, { compute: 'float16', exclude: ['LayerNormalization'] });
    expect(typesOf(model)).toEqual(['float16', 'float16', 'float32', 'float32']);
    expect((await dietOf(before, model, { x })).sqnrDb).toBeGreaterThan(45);
  });
});

test('nothing to convert, words that are off', async () => {
  const before = modelOf((g) => g.op('Relu', [g.input('x', 'int32', [1])]));
  expect(await codeOf(() => convertFloat(before))).toBe('onnx-io/nothing-changed');
  expect((await convertFloat(before, { allowEmpty: true })).model).toBe(before);
  expect(await codeOf(() => convertFloat(net(), { format: 'float8' as 'float16' }))).toBe('quantize/bad-option');
  expect(await codeOf(() => convertFloat(net(), { format: 'bfloat16', compute: 'float16' }))).toBe('quantize/bad-option');
  expect((await saveModel(before)).bytes.length).toBeGreaterThan(0);
});
