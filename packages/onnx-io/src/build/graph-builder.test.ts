import { isModelDietError } from '@modeldiet/numfmt';
import type { Tensor } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { attr } from '../ir/edit';
import type { Node, Value } from '../ir/model';
import { orderedNodes } from '../ir/order';
import { graphBuilder } from './graph-builder';

const floats = (dims: readonly number[]): Tensor => ({ type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
};
const producerOf = (value: Value): Node => value.producer!;

test('a model of one MatMul: names, types, opset, IR', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['batch', 64]);
  const w = g.constant('w', floats([64, 10]));
  g.output(g.op('MatMul', [x, w]), 'logits', { dims: ['batch', 10] });
  const model = g.model();
  expect([model.irVersion, model.opsets.get('')]).toEqual([10, 21]);
  expect(model.graph.inputs[0]).toMatchObject({ name: 'x', type: { kind: 'tensor', dtype: 'float32', shape: ['batch', 64] } });
  expect(model.graph.outputs[0]).toMatchObject({ name: 'logits', type: { kind: 'tensor', dtype: 'float32', shape: ['batch', 10] } });
  expect(orderedNodes(model.graph).map(({ name, opType }) => [name, opType])).toEqual([['MatMul_logits', 'MatMul']]);
  expect([...model.graph.initializers]).toEqual([w]);
});

test('attributes take the kind of the schema, whatever the number looks like', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [1, 3, 8, 8]);
  const gemm = producerOf(g.op('Gemm', [g.input('a', 'float32', [2, 2]), floats([2, 2])], { alpha: 1, transB: true }));
  expect(gemm.attributes.get('alpha')).toEqual({ kind: 'float', value: 1 });
  expect(gemm.attributes.get('transB')).toEqual({ kind: 'int', value: 1 });
  const conv = producerOf(g.op('Conv', [x, floats([4, 3, 3, 3])], { pads: [1, 1, 1, 1], auto_pad: 'NOTSET' }));
  expect(conv.attributes.get('pads')).toEqual({ kind: 'ints', value: [1, 1, 1, 1] });
  expect(conv.attributes.get('auto_pad')).toEqual({ kind: 'string', value: new TextEncoder().encode('NOTSET') });
  const elu = producerOf(g.op('Elu', [x], { alpha: 0.1 }));
  expect(elu.attributes.get('alpha')).toEqual({ kind: 'float', value: Math.fround(0.1) });
  const fill = producerOf(g.op('ConstantOfShape', [[2, 3]], { value: floats([1]) }));
  expect(fill.attributes.get('value')!.kind).toBe('tensor');
  expect(fill.inputs[0]!.initializer).toEqual({ type: 'int64', dims: [2], data: BigInt64Array.from([2n, 3n]) });
});

test('without a schema the kind is what the value looks like, or what attr says', () => {
  const g = graphBuilder({ opsets: { acme: 2 } });
  const x = g.input('x', 'float32');
  const node = producerOf(g.op('acme:Frob', [x], { n: 1, f: 0.5, one: attr.float(1), names: ['a'], flag: true, list: [1, 2], mixed: [1, 2.5] }));
  expect([...node.attributes].map(([name, { kind }]) => [name, kind])).toEqual([
    ['n', 'int'],
    ['f', 'float'],
    ['one', 'float'],
    ['names', 'strings'],
    ['flag', 'int'],
    ['list', 'ints'],
    ['mixed', 'floats'],
  ]);
  expect(node.domain).toBe('acme');
  expect(g.model().opsets.get('acme')).toBe(2);
  expect(codeOf(() => g.op('acme:Frob', [x], { empty: [] as number[] }))).toBe('onnx-io/attribute-value');
});

test('numbers become initializers of the element type that the inputs ask for', () => {
  const g = graphBuilder();
  const half = g.input('x', 'float16', [2]);
  const scaled = g.op('Mul', [half, 0.5]);
  expect(producerOf(scaled).inputs[1]!.initializer).toEqual({ type: 'float16', dims: [], data: Uint16Array.from([0x3800]) });
  // The element type is carried through nodes: Mul's output is float16, so is Clip's.
  expect(producerOf(g.op('Clip', [scaled, -1, 1])).inputs[2]!.initializer!.type).toBe('float16');
  expect(producerOf(g.op('Reshape', [half, [0, -1]])).inputs[1]!.initializer!.type).toBe('int64');
  expect(producerOf(g.op('Add', [g.op('Cast', [half], { to: 7 }), 3])).inputs[1]!.initializer!.type).toBe('int64');
  expect(producerOf(g.op('Gather', [half, [0, 1]])).inputs[1]!.initializer!.type).toBe('int64');
  expect(producerOf(g.op('Pow', [half, 2])).inputs[1]!.initializer!.type).toBe('float16');
  expect(codeOf(() => g.op('Range', [0, 10, 1]))).toBe('onnx-io/input-value');
  expect(codeOf(() => g.op('Reshape', [half, [0.5]]))).toBe('onnx-io/input-value');
  expect(codeOf(() => g.constant('bad', undefined))).toBe('onnx-io/input-value');
});

test('several outputs', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [8]);
  const [values, indices] = g.op('TopK', [x, [3]], { largest: 1 }, { outputs: ['values', 'indices'] });
  expect([values!.name, indices!.name]).toEqual(['values', 'indices']);
  expect(g.op('Split', [x], { num_outputs: 4 }, { outputs: 4 })).toHaveLength(4);
  const lstm = g.op('LSTM', [g.input('s', 'float32', [1, 1, 2]), floats([1, 8, 2]), floats([1, 8, 2])], { hidden_size: 2 }, { outputs: [undefined, 'h'] });
  expect(lstm.map(({ name }) => name)).toEqual(['h']);
  expect(producerOf(lstm[0]!).outputs[0]).toBeUndefined();
});

test('the schema of the opset is enforced', () => {
  const g = graphBuilder({ opset: 11 });
  const x = g.input('x', 'float32', [1, 2]);
  expect(producerOf(g.op('Squeeze', [x], { axes: [0] })).attributes.get('axes')).toEqual({ kind: 'ints', value: [0] });
  expect(codeOf(() => graphBuilder({ opset: 13 }).op('Squeeze', [x], { axes: [0] }))).toBe('onnx-io/unknown-attribute');
  expect(codeOf(() => g.op('Gelu', [x]))).toBe('onnx-io/unknown-op');
  expect(codeOf(() => g.op('Upsample', [x, [1, 2]]))).toBe('onnx-io/unknown-op');
  expect(codeOf(() => g.op('Nonsense', [x]))).toBe('onnx-io/unknown-op');
  // @ts-expect-error: two inputs are required
  expect(codeOf(() => g.op('MatMul', [x]))).toBe('onnx-io/input-count');
  expect(codeOf(() => g.op('MatMul', [undefined, x]))).toBe('onnx-io/input-count');
  // @ts-expect-error: Relu takes one input
  expect(codeOf(() => g.op('Relu', [x, x]))).toBe('onnx-io/input-count');
  // @ts-expect-error: no such attribute
  expect(codeOf(() => g.op('Relu', [x], { alpha: 1 }))).toBe('onnx-io/unknown-attribute');
  // @ts-expect-error: axis is required
  expect(codeOf(() => g.op('Concat', [x, x], {}))).toBe('onnx-io/missing-attribute');
  // @ts-expect-error: not a number
  expect(codeOf(() => g.op('Concat', [x, x], { axis: 'first' }))).toBe('onnx-io/attribute-value');
  expect(codeOf(() => g.op('Concat', [x, x], { axis: 0.5 }))).toBe('onnx-io/attribute-value');
  expect(codeOf(() => graphBuilder({ opset: 0 }))).toBe('onnx-io/unknown-op');
});

test('domains are imported as ops need them', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [1, 2]);
  g.op('ai.onnx.ml:Scaler', [x], { offset: [0], scale: [1] });
  g.op('com.microsoft:Gelu', [x]);
  g.op('com.microsoft:SomethingNew', [x]);
  expect([...g.model().opsets]).toEqual([
    ['', 21],
    ['ai.onnx.ml', 3],
    ['com.microsoft', 1],
  ]);
});

test('subgraphs see outer values and are owned by their node', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const c = g.input('c', 'bool', []);
  const y = g.op('If', [c], {
    then_branch: g.subgraph('then', (b) => b.op('Relu', [x], undefined, { output: 'r' })),
    else_branch: g.subgraph('else', () => x),
  });
  g.output(y, 'y', { dtype: 'float32', dims: [2] });
  const node = producerOf(y);
  const body = (name: string) => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === 'graph' ? attribute.value : undefined;
  };
  expect(body('then_branch')!.parent).toBe(node);
  expect(body('then_branch')!.outputs[0]!.name).toBe('r');
  // an outer value goes out through an Identity
  expect(producerOf(body('else_branch')!.outputs[0]!).opType).toBe('Identity');
  expect(x.uses.size).toBe(2);
});

test('functions: constants as nodes, attribute references, calls', () => {
  const g = graphBuilder();
  const fn = g.function({ domain: 'acme', name: 'Scaled', inputs: ['a'], attributes: { alpha: attr.float(2) } }, (b, a) =>
    b.op('Mul', [b.op('Elu', [a], { alpha: attr.ref('alpha', 'float') }), b.constant('two', 2)]),
  );
  expect(fn.initializers.size).toBe(0);
  const x = g.input('x', 'float32', [2]);
  const y = g.op('acme:Scaled', [x], { alpha: 0.5 });
  g.output(y, 'y');
  expect(producerOf(y).attributes.get('alpha')).toEqual({ kind: 'float', value: 0.5 });
  expect([...g.model().opsets.keys()]).toEqual(['', 'acme']);
  expect(codeOf(() => g.function({ domain: 'acme', name: 'Scaled', inputs: [] }, () => []))).toBe('onnx-io/duplicate-name');
});

test('outputs: renamed, passed through, given twice', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const y = g.output(g.op('Relu', [x]), 'y');
  expect(g.output(y, 'again').producer).toMatchObject({ opType: 'Identity' });
  expect(g.output(x, 'same').producer).toMatchObject({ opType: 'Identity' });
  expect(codeOf(() => g.output(y))).toBe('onnx-io/duplicate-name');
  expect(codeOf(() => g.output(g.op('Relu', [x]), 'y'))).toBe('onnx-io/duplicate-name');
  expect(g.model().graph.outputs.map(({ name }) => name)).toEqual(['y', 'again', 'same']);
});
