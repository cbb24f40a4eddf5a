import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { constantOf, isOverridable } from '../ir/constant';
import * as edit from '../ir/edit';
import { inputOf, numberParam, numbersParam, opsetOf, param, stringParam } from './param';

const int64 = (...values: number[]) => ({ type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }) as const;

test('the same name, whether attribute or input', () => {
  const old = graphBuilder({ opset: 11 });
  const before = old.op('Squeeze', [old.input('x', 'float32', [1, 2])], { axes: [0] }).producer!;
  expect(param(before, 'axes')).toEqual({ kind: 'ints', value: [0] });
  expect(numbersParam(before, 'axes')).toEqual([0]);
  const now = graphBuilder({ opset: 13 });
  const x = now.input('x', 'float32', [1, 2]);
  const after = now.op('Squeeze', [x, [0]]).producer!;
  expect(param(after, 'axes')).toEqual(int64(0));
  expect(numbersParam(after, 'axes')).toEqual([0]);
  expect(opsetOf(after)).toBe(13);
  expect(inputOf(after, 'axes')).toBe(after.inputs[1]);
  expect(inputOf(after, 'nothing')).toBeUndefined();
});

test('constants through Constant and Identity nodes; dynamic inputs are said to be so', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [1, 2]);
  const axes = g.op('Identity', [g.op('Constant', [], { value_ints: [0, -1] })]);
  expect(numbersParam(g.op('Squeeze', [x, axes]).producer!, 'axes')).toEqual([0, -1]);
  const dynamic = g.op('Squeeze', [x, g.op('Shape', [x])]).producer!;
  expect(param(dynamic, 'axes')).toBe('dynamic');
  expect(numbersParam(dynamic, 'axes')).toBe('dynamic');
  expect(param(g.op('Squeeze', [x]).producer!, 'axes')).toBeUndefined();
});

test('defaults of the schema, at the version that holds', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2, 2]);
  const gemm = g.op('Gemm', [x, x]).producer!;
  expect(['alpha', 'beta', 'transA', 'transB'].map((name) => numberParam(gemm, name))).toEqual([1, 1, 0, 0]);
  const norm = g.op('LayerNormalization', [x, [1, 1]]).producer!;
  expect(numberParam(norm, 'epsilon')).toBe(Math.fround(1e-5));
  const conv = g.op('Conv', [x, x]).producer!;
  expect(stringParam(conv, 'auto_pad')).toBe('NOTSET');
  expect([param(conv, 'pads'), param(conv, 'group')]).toEqual([undefined, { kind: 'int', value: 1 }]);
  const softmax = (opset: number) => {
    const b = graphBuilder({ opset });
    return numberParam(b.op('Softmax', [b.input('x', 'float32', [2, 2])]).producer!, 'axis');
  };
  expect([softmax(11), softmax(13)]).toEqual([1, -1]);
});

test('com.microsoft ops have names and defaults too', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2, 32]);
  const b = g.constant('b', { type: 'uint8', dims: [1, 1, 16], data: new Uint8Array(16) });
  const node = g.op('com.microsoft:MatMulNBits', [x, b, { type: 'float32', dims: [1], data: Float32Array.of(1) }], { K: 32, N: 1, block_size: 32 }).producer!;
  expect([numberParam(node, 'bits'), numberParam(node, 'accuracy_level'), numberParam(node, 'K')]).toEqual([4, 0, 32]);
  expect(inputOf(node, 'scales')).toBe(node.inputs[2]);
});

test('numbers of float16 constants are decoded', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float16', [2]);
  const node = g.op('Clip', [x, -1.5, 6]).producer!;
  expect([numberParam(node, 'min'), numberParam(node, 'max')]).toEqual([-1.5, 6]);
  expect(stringParam(node, 'min')).toBeUndefined();
});

test("a function's attribute is the caller's: dynamic", () => {
  const g = graphBuilder();
  const fn = g.function({ domain: 'd', name: 'F', inputs: ['a'], attributes: { slope: undefined } }, (b, a) =>
    b.op('Elu', [a], { alpha: edit.attr.ref('slope', 'float') }),
  );
  const elu = [...fn.nodes][0]!;
  expect([param(elu, 'alpha'), numberParam(elu, 'alpha')]).toEqual(['dynamic', 'dynamic']);
});

test('every form of Constant', () => {
  const g = graphBuilder();
  const c = (attributes: Record<string, never> | object) => constantOf(g.op('Constant', [], attributes as object));
  expect(c({ value: int64(1, 2) })).toEqual(int64(1, 2));
  expect(c({ value_float: 1.5 })).toEqual({ type: 'float32', dims: [], data: Float32Array.of(1.5) });
  expect(c({ value_floats: [1, 2] })).toEqual({ type: 'float32', dims: [2], data: Float32Array.of(1, 2) });
  expect(c({ value_int: 3 })).toEqual({ type: 'int64', dims: [], data: BigInt64Array.of(3n) });
  expect(c({ value_ints: [2 ** 40] })).toEqual(int64(2 ** 40));
  expect(c({ value_string: 'a' })).toEqual({ type: 'string', dims: [], data: ['a'] });
  expect(c({ value_strings: ['a', 'b'] })).toEqual({ type: 'string', dims: [2], data: ['a', 'b'] });
  expect(c({})).toBeUndefined();
  const bad = g.op('Constant', [], { value_string: { kind: 'string', value: Uint8Array.of(0xff) } as const });
  expect(constantOf(bad)).toBeUndefined();
});

test('an initializer that a caller may override is no constant, but in files before IR 4', () => {
  for (const [irVersion, overridable] of [
    [10, true],
    [3, false],
  ] as const) {
    const g = graphBuilder({ irVersion });
    const x = g.input('x', 'float32', [2]);
    const axes = g.input('axes', 'int64', [1]);
    edit.setInitializer(axes, int64(0));
    const node = g.op('Squeeze', [x, axes]).producer!;
    expect(isOverridable(axes)).toBe(overridable);
    expect(param(node, 'axes')).toEqual(overridable ? 'dynamic' : int64(0));
  }
});
