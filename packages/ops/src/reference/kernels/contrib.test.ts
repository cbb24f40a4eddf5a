// com.microsoft ops that ONNX Runtime has no CPU kernel for (so that it can be no judge of them), against the standard ops they stand for.
import { graphBuilder, type Value } from '@modeldiet/onnx-io';
import { random, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { expect, it, test } from 'vitest';
import { inferShapes } from '../../shapes/infer';
import { table } from '../../table';
import { interpret } from '../interpret';
import { kernels } from '../kernels';

const r = random('contrib');
const floats = (...dims: number[]): Tensor =>
  tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.normal()),
    dims,
  );
type Builder = ReturnType<typeof graphBuilder>;

/** Two ways to say the same. */
function expectSame(x: Tensor, one: (g: Builder, x: Value) => Value, other: (g: Builder, x: Value) => Value): void {
  const g = graphBuilder({ opsets: { 'com.microsoft': 1 }, opset: 21 });
  const input = g.input('x', 'float32', x.dims);
  g.output(one(g, input), 'a');
  g.output(other(g, input), 'b');
  const { a, b } = interpret(g.model().graph, { x }) as { a: Tensor; b: Tensor };
  expect(a.dims).toEqual(b.dims);
  const wanted = toFloat64(b);
  for (const [i, value] of toFloat64(a).entries()) expect(value).toBeCloseTo(wanted[i]!, 5);
}

const bias = floats(6);
test('BiasAdd', () => {
  const skip = floats(2, 3, 6);
  expectSame(
    floats(2, 3, 6),
    (g, x) => g.op('com.microsoft:BiasAdd', [x, bias, skip]),
    (g, x) => g.op('Add', [g.op('Add', [x, bias]), skip]),
  );
});
test('BiasDropout without training', () => {
  const residual = floats(2, 6);
  expectSame(
    floats(2, 6),
    (g, x) => g.op('com.microsoft:BiasDropout', [x, bias, residual]),
    (g, x) => g.op('Add', [g.op('Add', [x, bias]), residual]),
  );
});
test('BiasSplitGelu', () => {
  expectSame(
    floats(2, 3, 6),
    (g, x) => g.op('com.microsoft:BiasSplitGelu', [x, bias]),
    (g, x) => {
      const [left, right] = g.op('Split', [g.op('Add', [x, bias]), [3, 3]], { axis: 2 }, { outputs: 2 });
      return g.op('Mul', [left!, g.op('Gelu', [right!])]);
    },
  );
});
test.each([
  ['inner', [2, 1, 5], 1],
  ['outer', [3, 5], 0],
] as const)('BiasSoftmax, the bias repeated over %s axes', (_, dims, inner) => {
  const b = floats(...dims);
  expectSame(
    floats(2, 3, 5),
    (g, x) => g.op('com.microsoft:BiasSoftmax', [x, b], { axis: 2, is_inner_broadcast: inner }),
    (g, x) => g.op('Softmax', [g.op('Add', [x, b])], { axis: -1 }),
  );
});
test.each([0, 1])('GroupNorm, activation %d', (activation) => {
  const [gamma, beta] = [floats(6), floats(6)];
  expectSame(
    floats(2, 4, 5, 6),
    (g, x) => g.op('com.microsoft:GroupNorm', [x, gamma, beta], { groups: 3, epsilon: 1e-5, activation }),
    (g, x) => {
      const y = g.op('GroupNormalization', [g.op('Transpose', [x], { perm: [0, 3, 1, 2] }), gamma, beta], { num_groups: 3 });
      const z = activation ? g.op('Mul', [y, g.op('Sigmoid', [y])]) : y;
      return g.op('Transpose', [z], { perm: [0, 2, 3, 1] });
    },
  );
});
test('FusedMatMulActivation', () => {
  const b = floats(4, 3);
  expectSame(
    floats(2, 3),
    (g, x) => g.op('com.microsoft:FusedMatMulActivation', [x, b], { transB: 1, alpha: 0.5, activation: 'Relu' }),
    (g, x) => g.op('Relu', [g.op('Gemm', [x, b], { transB: 1, alpha: 0.5 })]),
  );
});

it('MultiHeadAttention is the same of packed Q, K and V', () => {
  const [batch, tokens, heads, size] = [2, 3, 2, 4];
  const apart = (g: Builder, x: Value, i: number): Value =>
    g.op('Reshape', [g.op('Gather', [x, tensor('int64', BigInt64Array.of(BigInt(i)), [])], { axis: 3 }), [batch, tokens, heads * size]]);
  expectSame(
    floats(batch, tokens, heads, 3, size),
    (g, x) => g.op('com.microsoft:MultiHeadAttention', [x], { num_heads: heads }),
    (g, x) => g.op('com.microsoft:MultiHeadAttention', [apart(g, x, 0), apart(g, x, 1), apart(g, x, 2)], { num_heads: heads }),
  );
});
it('MultiHeadAttention is the same of packed K and V', () => {
  const [batch, tokens, heads, size] = [2, 5, 2, 4];
  const query = floats(batch, 3, heads * size);
  const apart = (g: Builder, x: Value, i: number): Value =>
    g.op('Reshape', [g.op('Gather', [x, tensor('int64', BigInt64Array.of(BigInt(i)), [])], { axis: 3 }), [batch, tokens, heads * size]]);
  expectSame(
    floats(batch, tokens, heads, 2, size),
    (g, x) => g.op('com.microsoft:MultiHeadAttention', [query, x], { num_heads: heads }),
    (g, x) => g.op('com.microsoft:MultiHeadAttention', [query, apart(g, x, 0), apart(g, x, 1)], { num_heads: heads }),
  );
});

// A map cannot be fed to a session from JavaScript: the first answer is that of onnxruntime 1.31.1 in Python, the second is by the text of the standard.
test.each<[string, Record<string, readonly string[] | readonly number[]>, ReadonlyMap<string | bigint, Tensor>, Tensor]>([
  [
    'texts',
    { string_vocabulary: ['b', 'a', 'z'] },
    new Map([
      ['a', { type: 'float32', dims: [], data: Float32Array.of(4.5) }],
      ['b', { type: 'float32', dims: [], data: Float32Array.of(-1) }],
      ['q', { type: 'float32', dims: [], data: Float32Array.of(3) }],
    ]),
    { type: 'float32', dims: [1, 3], data: Float32Array.of(-1, 4.5, 0) },
  ],
  [
    'numbers',
    { int64_vocabulary: [3, 1] },
    new Map([
      [1n, { type: 'float64', dims: [], data: Float64Array.of(2.5) }],
      [7n, { type: 'float64', dims: [], data: Float64Array.of(1) }],
    ]),
    { type: 'float64', dims: [1, 2], data: Float64Array.of(0, 2.5) },
  ],
])('DictVectorizer of %s', (_, vocabulary, x, expected) => {
  const g = graphBuilder({ opsets: { 'ai.onnx.ml': 1 } });
  g.output(g.op('ai.onnx.ml:DictVectorizer', [g.input('x', 'float32')], vocabulary), 'y');
  expect(interpret(g.model().graph, { x }).y).toEqual(expected);
});

// What ONNX Runtime computes on GPUs alone has nothing here to judge a kernel by; the others wait for a model that needs them.
const onGpus = [
  'PackedAttention',
  'PackedMultiHeadAttention',
  'RemovePadding',
  'RestorePadding',
  'LongformerAttention',
  'NhwcConv',
  'SkipGroupNorm',
  'GemmFastGelu',
  'ComplexMul',
  'ComplexMulConj',
];
const others = ['DecoderMaskedMultiHeadAttention', 'RelativePositionBias', 'MoE', 'QMoE', 'Inverse', 'TorchEmbedding'];

test('rows without a kernel: what decodes images, and some of com.microsoft', () => {
  const without = Object.keys(table).filter((key) => !Object.hasOwn(kernels, key));
  expect(without.sort()).toEqual(['ImageDecoder', ...[...onGpus, ...others].map((op) => `com.microsoft:${op}`)].sort());
});

// The answers are those of onnxruntime 1.31.1 in Python.
test.each<[string, Record<string, string | number>, Tensor]>([
  ['dense', { cast_to: 'TO_FLOAT', map_form: 'DENSE' }, { type: 'float32', dims: [1, 3], data: Float32Array.of(-1.5, 7, 2.75) }],
  ['sparse integers', { cast_to: 'TO_INT64', map_form: 'SPARSE', max_map: 4 }, { type: 'int64', dims: [1, 4], data: BigInt64Array.of(0n, -1n, 7n, 0n) }],
  [
    'sparse texts',
    { cast_to: 'TO_STRING', map_form: 'SPARSE', max_map: 7 },
    { type: 'string', dims: [1, 7], data: ['0.f', '-1.500000', '7.000000', '0.f', '0.f', '2.750000', '0.f'] },
  ],
])('CastMap, %s', (_, attributes, expected) => {
  const g = graphBuilder({ opsets: { 'ai.onnx.ml': 1 } });
  const y = g.output(g.op('ai.onnx.ml:CastMap', [g.input('x', 'float32')], attributes), 'y');
  const entries = [
    [5n, 2.75],
    [1n, -1.5],
    [2n, 7],
  ] as const;
  const x = new Map(entries.map(([key, value]) => [key, { type: 'float32', dims: [], data: Float32Array.of(value) } as Tensor]));
  expect(interpret(g.model().graph, { x }).y).toEqual(expected);
  const type = inferShapes(g.model()).of(y);
  expect(type).toMatchObject({ kind: 'tensor', dtype: expected.type });
  if (attributes.map_form === 'SPARSE') expect(type).toMatchObject({ shape: expected.dims });
});

test('integer powers are the low 64 bits, of any exponent', () => {
  const power = (a: bigint, b: bigint): bigint => {
    const g = graphBuilder();
    g.output(g.op('Pow', [g.input('a', 'int64', [1]), g.input('b', 'int64', [1])]), 'y');
    const [x, y] = [a, b].map((n) => tensor('int64', BigInt64Array.of(n), [1]));
    return (interpret(g.model().graph, { a: x!, b: y! }).y as Tensor<'int64'>).data[0]!;
  };
  for (const [a, b] of [
    [3n, 64n],
    [-3n, 41n],
    [7n, 0n],
    [2n, 63n],
    [10n, 18n],
  ] as const)
    expect(power(a, b)).toBe(BigInt.asIntN(64, a ** b));
  expect([power(-1n, -1n), power(-1n, -2n), power(1n, -9n), power(2n, -1n)]).toEqual([-1n, 1n, 1n, 0n]);
  // 3 to 2^62 is 1 modulo 2^64: the odd numbers have order 2^62 at the most.
  expect([power(3n, 2n ** 62n), power(2n, 10n ** 18n)]).toEqual([1n, 0n]);
});
