// The reference interpreter against ONNX Runtime: whole models, and the com.microsoft ops that no node case has.
import { type GraphBuilder, graphBuilder, materializeModel, type Value } from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { feedsFor, runInOrt, testModels } from './ops-models';
import { distance } from './ops-node';

describe('models', () => {
  it.each(testModels.map(({ name, ...rest }) => [name, rest] as const))('%s', { timeout: 120_000 }, async (_, { load, dims }) => {
    const model = await materializeModel(await load());
    const feeds = feedsFor(model, dims(model));
    const fetches = model.graph.outputs.filter(({ type }) => type?.kind === 'tensor').map(({ name }) => name);
    const [seen, results] = [await runInOrt(model, feeds, fetches), interpret(model.graph, feeds, { fetches })];
    for (const name of fetches) expect(distance(results[name]!, seen[name]!), name).toBeLessThan(1e-4);
  });
});

const r = random('kernels');
const floats = (...dims: number[]): Tensor =>
  tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.normal()),
    dims,
  );
const bytes = (...dims: number[]): Tensor =>
  tensor(
    'uint8',
    Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.int(256)),
    dims,
  );
const signed = (...dims: number[]): Tensor =>
  tensor(
    'int8',
    Int8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.int(255) - 127),
    dims,
  );
const small = (...dims: number[]): Tensor =>
  tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0.01 + r.next() / 50),
    dims,
  );
const scalar = (x: number): Tensor => tensor('float32', Float32Array.of(x), []);
const u8 = (x: number): Tensor => tensor('uint8', Uint8Array.of(x), []);
const at = (...values: number[]): Tensor => tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
type Attributes = Record<string, number | string | readonly number[]>;

/** op, inputs, attributes, and what a quantized result may differ by (in its steps; float: share of the largest). */
const nodes: readonly (readonly [string, string, readonly (Tensor | undefined)[], Attributes?, number?])[] = [
  ['Gelu', 'com.microsoft:Gelu', [floats(2, 5)]],
  ['BiasGelu', 'com.microsoft:BiasGelu', [floats(2, 5), floats(5)]],
  ['FastGelu', 'com.microsoft:FastGelu', [floats(2, 5), floats(5)]],
  ['QuickGelu', 'com.microsoft:QuickGelu', [floats(2, 5)], { alpha: 1.5 }],
  ['FusedConv with Z', 'com.microsoft:FusedConv', [floats(1, 2, 5, 5), floats(3, 2, 3, 3), floats(3), floats(1, 3, 3, 3)], { activation: 'Relu' }],
  ['FusedConv', 'com.microsoft:FusedConv', [floats(1, 2, 5, 5), floats(3, 2, 3, 3)], { activation: 'LeakyRelu', activation_params: [0.2] }],
  ['FusedGemm', 'com.microsoft:FusedGemm', [floats(2, 3), floats(4, 3), floats(4)], { activation: 'Relu', transB: 1, alpha: 0.5 }],
  ['FusedMatMul', 'com.microsoft:FusedMatMul', [floats(2, 4, 3), floats(2, 5, 3)], { transB: 1, alpha: 0.25 }],
  ['FusedMatMul, batch moved', 'com.microsoft:FusedMatMul', [floats(3, 2, 4), floats(2, 4, 5)], { transBatchA: 1 }],
  [
    'DynamicQuantizeMatMul',
    'com.microsoft:DynamicQuantizeMatMul',
    [floats(3, 8), bytes(8, 4), small(4), tensor('uint8', Uint8Array.of(128, 120, 130, 127)), floats(4)],
  ],
  [
    'MatMulIntegerToFloat',
    'com.microsoft:MatMulIntegerToFloat',
    [bytes(3, 8), bytes(8, 4), scalar(0.02), small(4), u8(120), tensor('uint8', Uint8Array.of(128, 120, 130, 127)), floats(4)],
  ],
  ['MatMulNBits, 4 bits', 'com.microsoft:MatMulNBits', [floats(3, 40), bytes(5, 3, 8), small(15)], { K: 40, N: 5, bits: 4, block_size: 16 }],
  ['MatMulNBits, zero points', 'com.microsoft:MatMulNBits', [floats(3, 32), bytes(5, 2, 8), small(10), bytes(5)], { K: 32, N: 5, bits: 4, block_size: 16 }],
  ['MatMulNBits, 8 bits', 'com.microsoft:MatMulNBits', [floats(2, 32), bytes(5, 1, 32), small(5)], { K: 32, N: 5, bits: 8, block_size: 32 }],
  [
    'GatherBlockQuantized',
    'com.microsoft:GatherBlockQuantized',
    [bytes(6, 16), at(4, 0, -1), small(6, 2)],
    { bits: 4, block_size: 16, quantize_axis: 1, gather_axis: 0 },
  ],
  ['SkipLayerNormalization', 'com.microsoft:SkipLayerNormalization', [floats(2, 3, 8), floats(2, 3, 8), floats(8), floats(8), floats(8)], { epsilon: 1e-5 }],
  ['SkipSimplifiedLayerNormalization', 'com.microsoft:SkipSimplifiedLayerNormalization', [floats(2, 3, 8), floats(2, 3, 8), floats(8)], { epsilon: 1e-5 }],
  ['QLinearAdd', 'com.microsoft:QLinearAdd', [bytes(2, 4), scalar(0.03), u8(10), bytes(4), scalar(0.02), u8(100), scalar(0.05), u8(30)], {}, 1.01 / 255],
  [
    'QLinearMul',
    'com.microsoft:QLinearMul',
    [
      signed(2, 4),
      scalar(0.03),
      tensor('int8', Int8Array.of(3), []),
      signed(2, 4),
      scalar(0.02),
      tensor('int8', Int8Array.of(-5), []),
      scalar(0.08),
      tensor('int8', Int8Array.of(1), []),
    ],
    {},
    1.01 / 100,
  ],
  ['QLinearSigmoid', 'com.microsoft:QLinearSigmoid', [bytes(2, 8), scalar(0.05), u8(120), scalar(0.004), u8(0)], {}, 1.01 / 200],
  ['QLinearLeakyRelu', 'com.microsoft:QLinearLeakyRelu', [bytes(2, 8), scalar(0.05), u8(120), scalar(0.04), u8(20)], { alpha: 0.2 }, 1.01 / 200],
  ['QuantizeLinear', 'com.microsoft:QuantizeLinear', [floats(2, 8), scalar(0.02), u8(120)], {}, 1.01 / 200],
  ['DequantizeLinear', 'com.microsoft:DequantizeLinear', [bytes(2, 8), scalar(0.02), u8(120)]],
  ['MultiHeadAttention', 'com.microsoft:MultiHeadAttention', [floats(2, 3, 8), floats(2, 5, 8), floats(2, 5, 8)], { num_heads: 2 }],
  [
    'MultiHeadAttention, bias and scale',
    'com.microsoft:MultiHeadAttention',
    [floats(2, 3, 8), floats(2, 5, 8), floats(2, 5, 8), floats(24)],
    { num_heads: 4, scale: 0.3 },
  ],
  ['SimplifiedLayerNormalization', 'SimplifiedLayerNormalization', [floats(2, 8), floats(8)], { axis: -1 }],
];

describe('nodes', () => {
  for (const [name, op, inputs, attributes = {}, allowed = 1e-5] of nodes)
    it(name, async () => {
      const g: GraphBuilder = graphBuilder({ opsets: { 'com.microsoft': 1 } });
      const feeds: Record<string, Tensor> = {};
      const values: (Value | undefined)[] = inputs.map((t, i) => {
        if (!t) return undefined;
        if (i > 0) return g.constant(`c${i}`, t);
        feeds.x = t;
        return g.input('x', t.type, t.dims);
      });
      if (op.includes(':')) g.output(g.op(op, values as Value[], attributes), 'y');
      else {
        const { attr, edit } = await import('@modeldiet/onnx-io');
        const node = edit.addNode(g.graph, {
          opType: op,
          inputs: values,
          outputs: [{ name: 'y', type: { kind: 'tensor', dtype: 'float32' } }],
          attributes: { axis: attr.int(-1) },
        });
        edit.addOutput(g.graph, node.outputs[0]!);
      }
      const model = g.model();
      const seen = await runInOrt(model, feeds);
      expect(distance(interpret(model.graph, feeds).y!, seen.y!)).toBeLessThan(allowed);
    });
});
