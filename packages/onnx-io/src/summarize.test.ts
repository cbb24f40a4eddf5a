import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { graphBuilder } from './build/graph-builder';
import { batchNorm, conv, flatten, linear, relu, scale } from './build/layers';
import { sequential } from './build/sequential';
import { loadModel } from './load';
import { constantBytes, summarize } from './summarize';

const floats = (...dims: number[]) => ({ type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) }) as const;

test('64-128-10 is 9,610 parameters', () => {
  const summary = summarize(sequential([scale(1 / 16), linear(64, 128), relu(), linear(128, 10)]));
  expect(summary.parameters).toBe(9_610);
  expect(summary.bytes).toBe(9_610 * 4 + 4);
  expect(summary.bytesAs).toEqual({ float32: 38_444, float16: 19_224, int8: 9_614, int4: 4_805 + 4 });
  expect(summary.opTypes).toEqual({ Mul: 1, Gemm: 2, Relu: 1 });
  expect(summary.byNode).toEqual([
    { node: '/0/Mul', opType: 'Mul', parameters: 0, bytes: 4 },
    { node: '/1/Gemm', opType: 'Gemm', parameters: 64 * 128 + 128, bytes: 4 * (64 * 128 + 128) },
    { node: '/3/Gemm', opType: 'Gemm', parameters: 1290, bytes: 5160 },
  ]);
});

test('running statistics are no parameters, as in PyTorch', () => {
  const summary = summarize(sequential([conv(3, 8, 3), batchNorm(8), relu(), flatten()]));
  expect(summary.parameters).toBe(3 * 8 * 9 + 8 + 16);
  expect(summary.bytes).toBe(4 * (3 * 8 * 9 + 8 + 32));
});

test('shared weights count once; Constant nodes, subgraphs and functions count', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [1, 4]);
  const w = g.constant('w', floats(4, 4));
  const a = g.op('MatMul', [g.op('MatMul', [x, w], undefined, { name: 'first' }), w]);
  const b = g.op('MatMul', [a, g.op('Constant', [], { value: floats(4, 3) })], undefined, { name: 'constant' });
  g.function({ domain: 'd', name: 'F', inputs: ['p'] }, (f, p) => f.op('Add', [p, f.constant('k', floats(3))], undefined, { name: 'add' }));
  const body = g.subgraph('t', (s) => s.op('Add', [g.op('d:F', [b]), s.constant('inner', floats(3))], undefined, { name: 'inner' }));
  g.output(g.op('If', [g.input('c', 'bool', [])], { then_branch: body, else_branch: g.subgraph('e', () => b) }, { name: 'if' }), 'y');
  const summary = summarize(g.model());
  expect([summary.parameters, summary.bytes, summary.nodes]).toEqual([16 + 12 + 3 + 3, 4 * 34, 10]);
  expect(summary.byNode.map(({ node, parameters }) => [node, parameters])).toEqual([
    ['first', 16],
    ['constant', 12],
    ['if/then_branch/inner', 3],
    ['fn:d:F/add', 3],
  ]);
});

test('quantized weights: the numbers they hold, not their scales, at the node that computes with them', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [1, 64]);
  const w8 = g.constant('w8', { type: 'int8', dims: [64, 32], data: new Int8Array(64 * 32) });
  const scales = g.constant('scales', floats(32));
  const zeros = g.constant('zeros', { type: 'int8', dims: [32], data: new Int8Array(32) });
  const h = g.op('MatMul', [x, g.op('DequantizeLinear', [w8, scales, zeros], { axis: 1 })], undefined, { name: 'int8' });
  const bias = g.op('DequantizeLinear', [{ type: 'int32', dims: [32], data: new Int32Array(32) }, 0.1]);
  const packed = g.constant('packed', { type: 'uint8', dims: [10, 1, 16], data: new Uint8Array(160) });
  g.output(
    g.op(
      'com.microsoft:MatMulNBits',
      [g.op('Add', [h, bias], undefined, { name: 'bias' }), packed, floats(10)],
      { K: 32, N: 10, bits: 4, block_size: 32 },
      { name: 'int4' },
    ),
    'y',
  );
  const summary = summarize(g.model());
  expect(summary.parameters).toBe(64 * 32 + 32 + 320);
  expect(Object.fromEntries(summary.byNode.map(({ node, parameters }) => [node, parameters]))).toEqual({ int8: 2048, bias: 32, int4: 320 });
  expect(summary.bytesByType).toEqual({ int8: 2080, float32: 128 + 4 + 40, int32: 128, uint8: 160 });
});

test('scales beside codes and integer products are no parameters either; a learned factor is', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [1, 8]);
  const codes = (...dims: number[]) => ({ type: 'int8', dims, data: new Int8Array(dims.reduce((a, b) => a * b, 1)) }) as const;
  const [q, scale, zero] = g.op('DynamicQuantizeLinear', [x], {}, { outputs: 3 });
  const product = g.op('Cast', [g.op('MatMulInteger', [q!, codes(8, 4), zero!])], { to: 1 });
  const dynamic = g.op('Mul', [product, g.op('Mul', [scale!, floats(4)])]);
  const stored = g.op('MatMul', [dynamic, g.op('Mul', [g.op('Cast', [codes(4, 6)], { to: 1 }), g.op('Constant', [], { value: floats(6) })])]);
  const index = g.input('i', 'int64', [1]);
  const rows = g.op('Mul', [g.op('Cast', [g.op('Gather', [codes(5, 6), index])], { to: 1 }), g.op('Gather', [floats(5, 1), index])]);
  g.output(g.op('Mul', [g.op('Add', [stored, rows]), floats(6)], undefined, { name: 'learned' }), 'y');
  const summary = summarize(g.model());
  expect(summary.parameters).toBe(8 * 4 + 4 * 6 + 5 * 6 + 6);
  expect(summary.byNode.find(({ node }) => node === 'learned')?.parameters).toBe(6);
});

test('shapes, indices, scalars, strings and sparse constants', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n', 4]);
  const y = g.op('Add', [g.op('Reshape', [x, [0, 2, 2]]), floats(1)]);
  const sparse = { type: 'sparse', dims: [100], values: floats(3), indices: { type: 'int64', dims: [3], data: BigInt64Array.of(1n, 2n, 3n) } } as const;
  g.output(g.op('Add', [y, g.op('Constant', [], { sparse_value: sparse })]), 'y');
  const words = { type: 'string', dims: [2], data: ['a', 'é'] } as const;
  g.output(g.op('Identity', [words]), 'words');
  expect(constantBytes(words)).toBe(3);
  expect(summarize(g.model())).toMatchObject({ parameters: 3, bytes: 24 + 4 + 12 + 24 + 3, bytesByType: { int64: 24, float32: 4, sparse: 36, string: 3 } });
});

test.each([
  ['skl-mlp.onnx', 64 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10],
  ['skl-forest.onnx', 0],
])('%s', async (file, parameters) => {
  const model = await loadModel(readFileSync(new URL(`../../../fixtures/models/${file}`, import.meta.url)));
  expect(summarize(model).parameters).toBe(parameters);
});
