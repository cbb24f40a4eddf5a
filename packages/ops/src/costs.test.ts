import { conv, graphBuilder, linear, relu, sequential } from '@modeldiet/onnx-io';
import { type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { annotate } from './annotate';
import { costs } from './costs';
import { inferShapes } from './shapes/infer';

describe('costs', () => {
  it('of an MLP are the sizes of its layers', () => {
    const model = sequential([linear(64, 128), relu(), linear(128, 10)], { seed: 1 });
    const bound = costs(model, { dims: { batch: 2 } });
    expect(bound.macs).toBe(2 * (64 * 128 + 128 * 10));
    expect(bound.weightBytes).toBe(4 * (64 * 128 + 128 + 128 * 10 + 10));
    expect(bound.byNode).toHaveLength(3);
    expect(costs(model).macs).toBe('9472*batch');
  });

  it('of a convolution are output size times kernel', () => {
    const model = sequential([conv(3, 8, 3, { padding: 1, stride: 2 })], { input: { dims: ['batch', 3, 32, 32] }, seed: 1 });
    expect(costs(model, { dims: { batch: 1 } }).macs).toBe(16 * 16 * 8 * 3 * 9);
  });

  it('peak: the most that is alive at once, aliases and outputs minded', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [1000]);
    const a = g.op('Relu', [x]); // x, a alive: 8000
    const b = g.op('Concat', [a, a, a], { axis: 0 }); // x is done: a, b: 16000
    const c = g.op('Reshape', [b, g.constant('s', [3n, 1000n])]); // an alias of b
    g.output(g.op('ReduceSum', [c, g.constant('axes', [1n])]), 'y'); // b, y: 12012
    expect(costs(g.model()).peakActivationBytes).toBe(16000);
  });

  it('a loop counts its body for every trip, an If its dearer branch', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [2, 4]);
    const w = g.constant('w', tensor('float32', new Float32Array(16), [4, 4]));
    const trips = g.constant('trips', tensor('int64', BigInt64Array.of(5n), []));
    const [last] = g.op(
      'Loop',
      [trips, undefined, x],
      {
        body: g.subgraph('body', (b) => {
          b.input('i', 'int64', []);
          const goOn = b.input('go', 'bool', []);
          const state = b.input('s', 'float32', [2, 4]);
          return [b.op('Identity', [goOn]), b.op('MatMul', [state, w])];
        }),
      },
      { outputs: 1 },
    );
    g.output(
      g.op('If', [g.input('c', 'bool', [])], {
        then_branch: g.subgraph('then', (b) => b.op('MatMul', [b.op('MatMul', [last!, w]), w])),
        else_branch: g.subgraph('else', (b) => b.op('MatMul', [last!, w])),
      }),
      'y',
    );
    expect(costs(g.model()).macs).toBe(5 * 32 + 2 * 32);
  });

  const codes = (type: 'uint8' | 'int8', ...dims: number[]): Tensor =>
    tensor(type, new { uint8: Uint8Array, int8: Int8Array }[type](dims.reduce((a, b) => a * b, 1)), dims);
  const scale = (...dims: number[]): Tensor => tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.1), dims);
  const floats = scale;
  const zero = codes('uint8');
  const quantized: readonly (readonly [string, number, readonly (Tensor | undefined)[], Record<string, number>?])[] = [
    ['ConvInteger', 2 * 6 * 6 * 8 * (4 * 9), [codes('uint8', 2, 4, 8, 8), codes('int8', 8, 4, 3, 3)]],
    ['QLinearConv', 2 * 6 * 6 * 8 * (4 * 9), [codes('uint8', 2, 4, 8, 8), scale(), zero, codes('int8', 8, 4, 3, 3), scale(8), codes('int8', 8), scale(), zero]],
    [
      'QLinearConv',
      2 * 6 * 6 * 8 * 9,
      [codes('uint8', 2, 8, 8, 8), scale(), zero, codes('int8', 8, 1, 3, 3), scale(), codes('int8'), scale(), zero],
      { group: 8 },
    ],
    [
      'com.microsoft:QLinearConv',
      2 * 6 * 6 * 8 * (4 * 9),
      [codes('uint8', 2, 8, 8, 4), scale(), zero, codes('int8', 8, 4, 3, 3), scale(), codes('int8'), scale(), zero],
      { channels_last: 1 },
    ],
    ['MatMulInteger', 5 * 3 * 7 * 4, [codes('uint8', 5, 3, 7), codes('uint8', 7, 4)]],
    ['QLinearMatMul', 3 * 7 * 4, [codes('uint8', 3, 7), scale(), zero, codes('int8', 7, 4), scale(), codes('int8'), scale(), zero]],
    ['com.microsoft:DynamicQuantizeMatMul', 3 * 7 * 4, [floats(3, 7), codes('uint8', 7, 4), scale()]],
    ['com.microsoft:MatMulIntegerToFloat', 3 * 7 * 4, [codes('uint8', 3, 7), codes('uint8', 7, 4), scale(), scale()]],
    ['com.microsoft:MatMulNBits', 3 * 32 * 4, [floats(3, 32), codes('uint8', 4, 1, 16), scale(4)], { K: 32, N: 4, bits: 4, block_size: 32 }],
    ['com.microsoft:QGemm', 3 * 7 * 4, [codes('uint8', 7, 3), scale(), zero, codes('int8', 7, 4), scale(), codes('int8')], { transA: 1 }],
    ['com.microsoft:FusedMatMul', 3 * 7 * 4, [floats(7, 3), floats(7, 4)], { transA: 1 }],
    ['com.microsoft:FusedConv', 6 * 6 * 8 * (4 * 9), [floats(1, 4, 8, 8), floats(8, 4, 3, 3)]],
    // The product with the packed weights, then scores and sums over 3 + 5 keys.
    [
      'com.microsoft:Attention',
      2 * 3 * 8 * 24 + 2 * (2 * 3 * 8 * 8),
      [floats(2, 3, 8), floats(8, 24), floats(24), undefined, floats(2, 2, 2, 5, 4)],
      { num_heads: 2 },
    ],
    ['com.microsoft:MultiHeadAttention', 2 * (2 * 3 * 5 * 8), [floats(2, 3, 8), floats(2, 5, 8), floats(2, 5, 8)], { num_heads: 2 }],
    [
      'com.microsoft:GroupQueryAttention',
      2 * (2 * 1 * 6 * 32),
      [
        floats(2, 1, 32),
        floats(2, 1, 16),
        floats(2, 1, 16),
        floats(2, 2, 9, 8),
        floats(2, 2, 9, 8),
        tensor('int32', Int32Array.of(5, 5), [2]),
        tensor('int32', Int32Array.of(6), []),
      ],
      { num_heads: 4, kv_num_heads: 2 },
    ],
  ];
  for (const [op, macs, inputs, attributes = {}] of quantized)
    it(`${op} of ${inputs.map((t) => t?.dims.join('x') ?? '-').join(', ')}: ${macs} MACs`, () => {
      const g = graphBuilder({ opsets: { 'com.microsoft': 1 } });
      const values = inputs.map((t, i) => (t ? (i === 0 ? g.input('x', t.type, t.dims) : g.constant(`c${i}`, t)) : undefined));
      g.output(g.op(op as string, values, attributes), 'y');
      expect(costs(g.model()).macs).toBe(macs);
    });

  it('intensity is MACs over bytes moved', () => {
    const g = graphBuilder();
    g.output(g.op('MatMul', [g.input('x', 'float32', [2, 4]), g.constant('w', tensor('float32', new Float32Array(16), [4, 4]))]), 'y');
    expect(costs(g.model()).byNode[0]!.intensity).toBe(32 / (32 + 64 + 32));
  });
});

describe('annotate', () => {
  it('gives a copy whose values carry their types', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['batch', 3]);
    g.output(g.op('Relu', [g.op('Concat', [x, x], { axis: 0 })]), 'y', { dims: undefined });
    const model = g.model();
    const typed = annotate(model, inferShapes(model));
    expect(typed).not.toBe(model);
    expect(typed.graph.outputs[0]!.type).toMatchObject({ kind: 'tensor', dtype: 'float32', shape: ['2*batch', 3] });
    expect([...typed.graph.nodes].map((node) => node.outputs[0]!.type)).toHaveLength(2);
  });
});
