import { describe, expect, it } from 'vitest';
import { gradientRules } from '../rules';
import { type Case, type Known, spread, worstError } from '../testing/finite-differences';
import { quantization } from './quantize';

const positive = (i: number, input: number): number => Math.abs(spread(i, input)) + 0.2;
const ints = (...xs: number[]): { type: 'int64'; dims: number[]; data: BigInt64Array } => ({
  type: 'int64',
  dims: [xs.length],
  data: BigInt64Array.from(xs, BigInt),
});

/** y = op(x0, x1, ...) with those attributes. */
const op =
  (type: string, attributes: Record<string, number | string | number[]> = {}): Case['y'] =>
  (g, x) =>
    g.op(type, x, attributes);
/** y = op(x0, constants...). */
const withInts =
  (type: string, constants: readonly (readonly number[])[], attributes: Record<string, number | string | number[]> = {}): Case['y'] =>
  (g, x) =>
    g.op(type, [...x, ...constants.map((list) => g.constant(ints(...list)))], attributes);
const unary = (type: string, more: Partial<Case> = {}, attributes: Record<string, number | string | number[]> = {}): Case => ({
  name: `${type}${Object.keys(attributes).length ? ` ${JSON.stringify(attributes)}` : ''}`,
  x: [[2, 3]],
  y: op(type, attributes),
  ...more,
});

const broadcasts: readonly (readonly [string, readonly (readonly number[])[]])[] = [
  [
    'same',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['row', [[2, 3], [3]]],
  ['scalar', [[], [2, 3]]],
  [
    'both ways',
    [
      [4, 1, 3],
      [2, 1],
    ],
  ],
  [
    'ones kept',
    [
      [1, 3],
      [2, 3],
    ],
  ],
];
const binary = (type: string, more: Partial<Case> = {}): Case[] => broadcasts.map(([how, x]) => ({ name: `${type}, ${how}`, x, y: op(type), ...more }));

const cases: readonly Case[] = [
  ...['Add', 'Sub', 'Mul', 'Sum', 'Mean'].flatMap((type) => binary(type, { real: type === 'Mean' ? 'float32' : type === 'Sum' ? 'float64' : undefined })),
  ...binary('Div', { values: positive }),
  ...binary('Pow', { values: positive }),
  {
    name: 'Pow of negative numbers by a constant',
    x: [[2, 3]],
    y: (g, [x]) => g.op('Pow', [x!, g.constant('three', { type: 'float64', dims: [], data: Float64Array.of(3) })]),
  },
  ...binary('Max'),
  ...binary('Min'),
  { name: 'Max of three', x: [[2, 3], [3], [2, 1]], y: op('Max') },
  { name: 'Where', x: [[2, 3], [3]], y: (g, [a, b]) => g.op('Where', [g.constant('c', { type: 'bool', dims: [2, 1], data: Uint8Array.of(1, 0) }), a!, b!]) },
  ...['Neg', 'Exp', 'Abs', 'Sigmoid', 'Tanh', 'Relu', 'Identity', 'Softmax', 'LogSoftmax', 'Dropout', 'Flatten', 'Transpose'].map((type) => unary(type)),
  ...['Log', 'Sqrt', 'Reciprocal'].map((type) => unary(type, { values: positive })),
  ...['Softplus', 'Erf', 'Elu', 'HardSwish'].map((type) => unary(type, { real: 'float32' })),
  unary('Elu', { real: 'float32' }, { alpha: 0.7 }),
  unary('LeakyRelu', { real: 'float32' }),
  unary('LeakyRelu', { real: 'float32' }, { alpha: 0.3 }),
  unary('HardSigmoid', { real: 'float32', values: (i) => spread(i) * 4 }, { alpha: 0.25, beta: 0.4 }),
  unary('HardSwish', { real: 'float32', values: (i) => spread(i) * 5 }),
  unary('Gelu', { real: 'float32' }),
  unary('Gelu', { real: 'float32' }, { approximate: 'tanh' }),
  {
    name: 'Clip',
    x: [[2, 4]],
    y: (g, [x]) =>
      g.op('Clip', [
        x!,
        g.constant('lo', { type: 'float64', dims: [], data: Float64Array.of(-0.5) }),
        g.constant('hi', { type: 'float64', dims: [], data: Float64Array.of(0.6) }),
      ]),
  },
  { name: 'Clip below', x: [[2, 4]], y: (g, [x]) => g.op('Clip', [x!, g.constant('lo', { type: 'float64', dims: [], data: Float64Array.of(-0.5) })]) },
  {
    name: 'Clip above',
    x: [[2, 4]],
    y: (g, [x]) => g.op('Clip', [x!, undefined, g.constant('hi', { type: 'float64', dims: [], data: Float64Array.of(0.5) })]),
  },
  { name: 'Cast there and back', x: [[2, 3]], y: (g, [x]) => g.op('Cast', [g.op('Tanh', [g.op('Cast', [x!], { to: 11 })])], { to: 1 }), real: 'float32' },
  {
    name: 'CastLike',
    x: [[2, 3]],
    y: (g, [x]) => g.op('CastLike', [g.op('Tanh', [g.op('CastLike', [x!, g.constant('like', { type: 'float64', dims: [], data: Float64Array.of(0) })])]), x!]),
    real: 'float32',
  },
  ...[
    [
      [2, 3],
      [3, 4],
    ],
    [
      [5, 2, 3],
      [3, 4],
    ],
    [
      [2, 5, 2, 3],
      [3, 1],
    ],
    [[3], [3, 4]],
    [[2, 3], [3]],
    [[5, 2, 3], [3]],
    [[3], [3]],
    [[3], [5, 3, 4]],
    [
      [5, 2, 3],
      [5, 3, 4],
    ],
    [
      [2, 1, 2, 3],
      [5, 3, 4],
    ],
    [
      [2, 3],
      [5, 3, 4],
    ],
  ].map((x) => ({ name: `MatMul ${JSON.stringify(x)}`, x, y: op('MatMul') })),
  ...[0, 1].flatMap((transA) =>
    [0, 1].map((transB) => ({
      name: `Gemm transA ${transA} transB ${transB}`,
      x: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4], [4]],
      y: op('Gemm', { transA, transB, alpha: 0.7, beta: 1.3 }),
    })),
  ),
  {
    name: 'Gemm without C',
    x: [
      [2, 3],
      [3, 4],
    ],
    y: op('Gemm'),
  },
  {
    name: 'Gemm with a column',
    x: [
      [2, 3],
      [3, 4],
      [2, 1],
    ],
    y: op('Gemm'),
  },
  { name: 'Gemm with a scalar', x: [[2, 3], [3, 4], []], y: op('Gemm') },
  ...['ReduceSum', 'ReduceMean', 'ReduceSumSquare', 'ReduceL2', 'ReduceL1', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMin'].flatMap((type): Case[] => {
    const real = type === 'ReduceL1' || type === 'ReduceL2' ? ('float32' as const) : undefined;
    return [
      { name: `${type} of all`, x: [[2, 3]], y: op(type), real },
      { name: `${type} of all, no dims kept`, x: [[2, 3]], y: op(type, { keepdims: 0 }), real },
      { name: `${type} of axes`, x: [[2, 3, 2]], y: withInts(type, [[0, -1]]), real },
      { name: `${type} of axes, no dims kept`, x: [[2, 3, 2]], y: withInts(type, [[1]], { keepdims: 0 }), real },
      { name: `${type} of nothing`, x: [[2, 3]], y: op(type, { noop_with_empty_axes: 1 }), real },
    ].filter(({ name }) => name !== 'ReduceLogSumExp of nothing' && !/(Square|L1|L2) of nothing/.test(name));
  }),
  { name: 'ReduceMean of opset 13, axes as attribute', x: [[2, 3, 2]], y: op('ReduceMean', { axes: [1], keepdims: 0 }), opset: 13 },
  unary('Softmax', { x: [[2, 3, 2]] }, { axis: 1 }),
  unary('LogSoftmax', { x: [[2, 3, 2]] }, { axis: 0 }),
  ...[-1, -2, 1].map(
    (axis): Case => ({
      name: `LayerNormalization over ${axis}`,
      x:
        axis === -1
          ? [[2, 3, 4], [4], [4]]
          : [
              [2, 3, 4],
              [3, 4],
              [3, 4],
            ],
      y: op('LayerNormalization', { axis, epsilon: 0.01 }),
    }),
  ),
  { name: 'LayerNormalization without bias', x: [[2, 4], [4]], y: op('LayerNormalization') },
  { name: 'Reshape', x: [[2, 3]], y: withInts('Reshape', [[3, -1]]) },
  { name: 'Squeeze', x: [[2, 1, 3]], y: withInts('Squeeze', [[1]]) },
  { name: 'Unsqueeze', x: [[2, 3]], y: withInts('Unsqueeze', [[0, -1]]) },
  unary('Flatten', { x: [[2, 3, 2]] }, { axis: 2 }),
  unary('Transpose', { x: [[2, 3, 4]] }, { perm: [2, 0, 1] }),
  { name: 'Expand', x: [[3, 1]], y: withInts('Expand', [[2, 1, 4]]) },
  {
    name: 'Concat',
    x: [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    y: op('Concat', { axis: 1 }),
  },
  {
    name: 'Concat from the end, the middle one a constant',
    x: [
      [2, 3],
      [4, 3],
    ],
    y: (g, [a, b]) => g.op('Concat', [a!, g.constant('c', { type: 'float64', dims: [1, 3], data: Float64Array.of(1, 2, 3) }), b!], { axis: -2 }),
  },
  { name: 'Concat of one', x: [[2, 3]], y: op('Concat', { axis: 0 }) },
  {
    name: 'Split',
    x: [[2, 5]],
    y: (g, [x]) => g.op('Mul', g.op('Split', [g.op('Concat', [x!, x!], { axis: 1 })], { axis: 1, num_outputs: 2 }, { outputs: 2 }) as [never, never]),
  },
  { name: 'Split, one part unused', x: [[2, 5]], y: (g, [x]) => g.op('Split', [x!, g.constant('sizes', ints(2, 2, 1))], { axis: 1 }, { outputs: 3 })[1]! },
  {
    name: 'Slice',
    x: [[4, 5]],
    y: withInts('Slice', [
      [1, 0],
      [4, 5],
      [0, 1],
      [2, 3],
    ]),
  },
  { name: 'Slice backwards', x: [[4, 5]], y: withInts('Slice', [[-1], [-6], [1], [-2]]) },
  { name: 'Gather rows, some twice', x: [[4, 3]], y: withInts('Gather', [[2, 0, 2, -1]]) },
  { name: 'Gather columns', x: [[2, 4, 3]], y: withInts('Gather', [[3, 1, 3]], { axis: 1 }) },
  {
    name: 'Gather by a matrix along the last axis',
    x: [[2, 4]],
    y: (g, [x]) => g.op('Gather', [x!, g.constant('at', { ...ints(0, 3, 3, 1, 0, 2), dims: [3, 2] })], { axis: -1 }),
  },
  { name: 'Gather one', x: [[4, 3]], y: (g, [x]) => g.op('Gather', [x!, g.constant('at', { ...ints(2), dims: [] })], { axis: 0 }) },
  {
    name: 'GatherElements',
    x: [[3, 3]],
    y: (g, [x]) => g.op('GatherElements', [x!, g.constant('at', { ...ints(0, 2, 0, 1, 1, 1), dims: [2, 3] })], { axis: 0 }),
  },
  { name: 'GatherND', x: [[3, 4]], y: (g, [x]) => g.op('GatherND', [x!, g.constant('at', { ...ints(0, 1, 2, 3, 0, 1), dims: [3, 2] })]) },
  { name: 'Tile', x: [[2, 3]], y: withInts('Tile', [[2, 3]]) },
  ...['Floor', 'Ceil', 'Round', 'Sign'].map((type) => ({
    name: `${type} stops the gradient of one way`,
    x: [[2, 3]],
    y: ((g, [x]) => g.op('Add', [g.op(type, [x!]), g.op('Mul', [x!, x!])])) as Case['y'],
  })),
  { name: 'a value used many times', x: [[2, 2]], y: (g, [x]) => g.op('Mul', [g.op('MatMul', [x!, x!]), g.op('Add', [x!, g.op('Exp', [x!])])]) },
];

const limit = (c: Case): number => (c.real === 'float32' ? 4e-3 : 1e-7);
/** Ranks that a rule has to know: with nothing known these are `train/unknown-rank`, or cannot be broadcast. */
const needsRank = (c: Case): boolean => /MatMul|LayerNormalization over 1|Gather columns|Gather by a matrix|a value used many times/.test(c.name);

describe('gradient rules against central differences', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    for (const known of ['dims', 'rank', 'nothing'] satisfies Known[]) {
      if (known === 'nothing' && needsRank(c)) continue;
      expect(await worstError(c, known), `with ${known} known`).toBeLessThan(limit(c));
    }
  });
  it('covers every row', () => {
    const seen = new Set(
      cases.flatMap(({ name, y }) => [name.split(/[ ,]/)[0]!, ...Array.from(String(y).matchAll(/["']([A-Z]\w+)["']/g), (match) => match[1]!)]),
    );
    // Rounding has no finite differences: quantize.test.ts holds these rows against the clamp they stand for.
    const straightThrough = new Set(Object.keys(quantization));
    expect(Object.keys(gradientRules).filter((key) => !seen.has(key) && !straightThrough.has(key))).toEqual([]);
  });
});
