// Folded weights against the unfolded model, by the reference interpreter.
import { type AttributeArg, edit, type GraphBuilder, graphBuilder, type Model, type Value } from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { lazyTensor, random, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { build, runPass } from '../testing';
import { foldArithmetic, foldConstants } from './folding';

const draw = (seed: string, ...dims: number[]): Tensor<'float32'> => {
  const r = random(seed);
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.normal()),
    dims,
  );
};
const positive = (seed: string, n: number): Tensor<'float32'> =>
  tensor(
    'float32',
    Float32Array.from(draw(seed, n).data, (x) => Math.abs(x) + 0.5),
    [n],
  );

function same(a: Model, b: Model, feeds: Record<string, Tensor>): void {
  const [x, y] = [interpret(a.graph, feeds), interpret(b.graph, feeds)];
  for (const [name, datum] of Object.entries(x)) {
    const [p, q] = [toFloat64(datum as Tensor), toFloat64(y[name] as Tensor)];
    expect(q.length).toBe(p.length);
    p.forEach((v, i) => {
      expect(Math.abs(v - q[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(v)));
    });
  }
}

const bn = (g: GraphBuilder, x: Value, channels: number): Value =>
  g.op('BatchNormalization', [x, draw('s', channels), draw('b', channels), draw('m', channels), positive('v', channels)], { epsilon: 1e-3 });

const layers: Readonly<Record<string, readonly [dims: number[], channels: number, write: (g: GraphBuilder, x: Value) => Value]>> = {
  Conv: [[2, 3, 5, 5], 4, (g, x) => g.op('Conv', [x, draw('w', 4, 3, 3, 3)])],
  'Conv with bias': [[2, 3, 5, 5], 4, (g, x) => g.op('Conv', [x, draw('w', 4, 3, 3, 3), draw('c', 4)])],
  'depthwise Conv': [[2, 4, 5, 5], 4, (g, x) => g.op('Conv', [x, draw('w', 4, 1, 3, 3)], { group: 4 })],
  'one-dimensional Conv': [[2, 3, 7], 4, (g, x) => g.op('Conv', [x, draw('w', 4, 3, 3)])],
  ConvTranspose: [[2, 3, 4, 4], 5, (g, x) => g.op('ConvTranspose', [x, draw('w', 3, 5, 2, 2), draw('c', 5)])],
  'ConvTranspose in groups': [[2, 4, 4, 4], 6, (g, x) => g.op('ConvTranspose', [x, draw('w', 4, 3, 2, 2)], { group: 2 })],
  Gemm: [[2, 3], 4, (g, x) => g.op('Gemm', [x, draw('w', 3, 4)])],
  'Gemm, transposed, alpha and beta': [[2, 3], 4, (g, x) => g.op('Gemm', [x, draw('w', 4, 3), draw('c', 1, 4)], { transB: 1, alpha: 0.5, beta: 2 })],
  'Gemm with a scalar bias': [[2, 3], 4, (g, x) => g.op('Gemm', [x, draw('w', 3, 4), draw('c', 1)])],
};

test.each(Object.entries(layers))('%s takes a BatchNormalization and arithmetic by channel', async (_, [dims, channels, write]) => {
  const c = (seed: string) => draw(seed, ...(dims.length > 2 ? [channels, ...dims.slice(2).map(() => 1)] : [channels]));
  const model = build((g) => {
    const y = bn(g, write(g, g.input('x', 'float32', dims)), channels);
    const z = g.op('Sub', [c('minuend'), g.op('Div', [g.op('Add', [c('added'), g.op('Mul', [y, c('factor')])]), 4])]);
    g.output(g.op('Sub', [z, 1]), 'y');
  });
  const { model: out, ops, outputs } = await runPass(foldArithmetic, model);
  expect([ops.length, outputs]).toEqual([1, ['y']]);
  same(model, out, { x: draw('x', ...dims) });
});

const conv = (g: GraphBuilder) => g.op('Conv', [g.input('x', 'float32', [1, 3, 5, 5]), g.constant('w', draw('w', 4, 3, 3, 3))]);
const refusals: Readonly<Record<string, readonly [code: string, write: (g: GraphBuilder) => Value]>> = {
  'a conv that others read': ['other-use', (g) => ((y) => g.op('Add', [bn(g, y, 4), y]))(conv(g))],
  'a weight that another conv shares': [
    'shared-weight',
    (g) => g.op('Add', [bn(g, conv(g), 4), g.op('Conv', [g.graph.inputs[0]!, [...g.graph.initializers][0]!])]),
  ],
  'statistics that are fed': [
    'not-constant',
    (g) => ((y) => g.op('BatchNormalization', [y, draw('s', 4), draw('b', 4), g.input('mean', 'float32', [4]), positive('v', 4)]))(conv(g)),
  ],
  'a weight that is fed': ['not-constant', (g) => bn(g, g.op('Conv', [g.input('x', 'float32', [1, 3, 5, 5]), g.input('w', 'float32', [4, 3, 3, 3])]), 4)],
  'a factor by row': ['not-per-channel', (g) => g.op('Mul', [conv(g), draw('k', 1, 1, 3, 1)])],
  'a factor that widens': ['not-per-channel', (g) => g.op('Mul', [conv(g), draw('k', 1, 1, 1, 1, 1)])],
  'a division by zero': ['not-per-channel', (g) => g.op('Div', [conv(g), 0])],
  'training mode': [
    'training',
    (g) => g.op('BatchNormalization', [conv(g), draw('s', 4), draw('b', 4), draw('m', 4), positive('v', 4)], { training_mode: 1 }, { outputs: 3 })[0]!,
  ],
};
test.each(Object.entries(refusals))('stays: %s', async (_, [code, write]) => {
  const model = build((g) => {
    g.output(g.op('Relu', [write(g)]), 'y');
  });
  const { skipped, changed } = await runPass(foldArithmetic, model);
  expect([changed, skipped.map((skip) => skip.code)]).toEqual([[], [`simplify/${code}`]]);
});

test('float16: folded in float16, unless a weight would overflow', async () => {
  const half = (values: number[], dims: number[]) => tensor('float16', Uint16Array.from(values), dims);
  const model = (bits: number) =>
    build((g) => {
      const x = g.input('x', 'float16', [1, 1]);
      g.output(g.op('Relu', [g.op('Mul', [g.op('Gemm', [x, half([0x7800], [1, 1])]), half([bits], [1])])]), 'y');
    });
  expect((await runPass(foldArithmetic, model(0x3800))).ops).toEqual(['Gemm', 'Relu']);
  expect((await runPass(foldArithmetic, model(0x4800))).skipped.map(({ code }) => code)).toEqual(['simplify/not-representable']);
});

test('a lazy weight stays lazy, and comes out the same', async () => {
  const resident = draw('w', 4, 3, 3, 3);
  const [lazy, plain] = [true, false].map((isLazy) =>
    build((g) => {
      const x = g.input('x', 'float32', [1, 3, 5, 5]);
      const w = g.constant('w', resident);
      if (isLazy)
        edit.setInitializer(
          w,
          lazyTensor('float32', resident.dims, async () => resident),
        );
      g.output(bn(g, g.op('Conv', [x, w]), 4), 'y');
    }),
  );
  const weightOf = async (model: Model) => [...(await runPass(foldArithmetic, model)).model.graph.initializers].find(({ name }) => name === 'w')!.initializer!;
  const folded = await weightOf(lazy!);
  expect('data' in folded).toBe(false);
  expect(await (folded as { load(): Promise<Tensor> }).load()).toEqual(await weightOf(plain!));
});

test('constants: what inputs or shapes say is computed, up to a size', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', ['n', 3, 4]);
    const extents = g.op('Gather', [g.op('Shape', [x]), [1, 2]]);
    const target = g.op('Concat', [[-1], g.op('ReduceProd', [extents], { keepdims: 1 })], { axis: 0 });
    const y = g.op('Reshape', [x, target]);
    const k = g.op('Sqrt', [g.op('Mul', [tensor('float32', Float32Array.of(2)), tensor('float32', Float32Array.of(8))])]);
    g.output(g.op('Add', [y, k]), 'y');
    // n is only known when the model runs
    g.output(g.op('Gather', [g.op('Shape', [x]), 0]), 'n');
  });
  const { model: out, ops } = await runPass(foldConstants, model);
  expect(ops).toEqual(['Shape', 'Reshape', 'Add', 'Shape', 'Gather']);
  const add = [...out.graph.nodes].find(({ opType }) => opType === 'Add')!;
  expect(add.inputs[1]!.initializer).toEqual(tensor('float32', Float32Array.of(4)));
  expect(add.inputs[0]!.producer!.inputs[1]!.initializer).toEqual(tensor('int64', BigInt64Array.of(-1n, 12n)));
});

test('constants: not what would grow the file, is random, dequantizes, or is an output', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [1]);
    const large = g.op('ConstantOfShape', [[100, 100]]);
    const noise = g.op('RandomNormalLike', [tensor('float32', Float32Array.of(1))]);
    const weight = g.op('DequantizeLinear', [{ type: 'int8', dims: [2], data: Int8Array.of(1, 2) }, 0.5]);
    g.output(g.op('Sum', [x, g.op('ReduceSum', [large]), noise, weight]), 'y');
    g.output(g.op('Neg', [g.constant('k', 1)]), 'k_out');
  });
  const { ops, skipped } = await runPass(foldConstants, model);
  expect([...ops].sort()).toEqual(['ConstantOfShape', 'DequantizeLinear', 'Neg', 'RandomNormalLike', 'ReduceSum', 'Sum']);
  expect(skipped.map(({ code }) => code).sort()).toEqual(['simplify/carries-output', 'simplify/too-large']);
});

test('constants: a lazy weight that is transposed stays lazy; one that is computed with stays', async () => {
  const resident = draw('w', 4, 3);
  const model = build((g) => {
    const x = g.input('x', 'float32', [2, 4]);
    const w = g.constant('w', resident);
    edit.setInitializer(
      w,
      lazyTensor('float32', resident.dims, async () => resident),
    );
    g.output(g.op('Gemm', [x, g.op('Transpose', [w], { perm: [1, 0] })], { transB: 1 }), 'y');
    g.output(g.op('Relu', [g.op('Exp', [w])]), 'z');
  });
  const { model: out, ops, skipped } = await runPass(foldConstants, model);
  expect(ops).toEqual(['Gemm', 'Exp', 'Relu']);
  expect(skipped.map(({ code }) => code)).toEqual(['simplify/too-large']);
  const folded = [...out.graph.nodes][0]!.inputs[1]!.initializer as { load(): Promise<Tensor> };
  const loaded = await folded.load();
  expect([loaded.dims, toFloat64(loaded)[1]]).toEqual([[3, 4], resident.data[3]]);
});

test('constants in a function become Constant nodes; a model before IR 4 is raised', async () => {
  const inFunction = build((g) => {
    const x = g.input('x', 'float32', [2]);
    g.function({ domain: 'd', name: 'F', inputs: ['a'] }, (b, a) => b.op('Add', [a, b.op('Neg', [b.constant('k', 2)])]));
    g.output(g.op('d:F', [x]), 'y');
  });
  const { model: out } = await runPass(foldConstants, inFunction);
  expect([...[...out.functions.values()][0]!.nodes].map(({ opType }) => opType).sort()).toEqual(['Add', 'Constant', 'Constant']);
  const old = build(
    (g) => g.output(g.op('Add', [g.input('x', 'float32', [1]), g.op('Neg', [g.op('Constant', [], { value: draw('k', 1) })])]), 'y') && undefined,
    { opset: 9, irVersion: 3 },
  );
  expect((await runPass(foldConstants, old)).model.irVersion).toBe(4);
});

test('an If whose condition is known is its branch', async () => {
  const model = (yes: boolean, passThrough: boolean) =>
    build((g) => {
      const x = g.input('x', 'float32', [2]);
      const then = g.subgraph('then', (b) => b.op('Mul', [x, b.constant('k', draw('k', 2))]));
      g.output(
        g.op('If', [g.op('Not', [g.constant('no', !yes)])], {
          then_branch: then,
          else_branch: g.subgraph('else', (b) => (passThrough ? x : b.op('Neg', [x]))),
        }),
        'y',
      );
    });
  expect((await runPass(foldConstants, model(true, false))).ops).toEqual(['Mul']);
  const other = await runPass(foldConstants, model(false, false));
  expect([other.ops, other.outputs]).toEqual([['Neg'], ['y']]);
  // The Identity of the branch carries the output.
  expect((await runPass(foldConstants, model(false, true))).ops).toEqual(['Identity']);
  same(model(true, false), (await runPass(foldConstants, model(true, false))).model, { x: draw('x', 2) });
});

test('fake quantization whose scale is computed from the weight stays: the weight is still trained', async () => {
  const write = (trained: boolean) =>
    build((g) => {
      const x = g.input('x', 'float32', ['n', 4]);
      const w = g.constant('w', draw('w', 4, 3));
      const from = trained ? w : g.constant('other', draw('o', 4, 3));
      const largest = g.op('ReduceMax', [g.op('Abs', [from]), g.constant('axes', [0n])], { keepdims: 0 });
      const scale = g.op('Max', [g.op('Div', [largest, draw('d')]), draw('s')]);
      const zero = g.constant('zero', tensor('int8', new Int8Array(3), [3]));
      const codes = g.op('QuantizeLinear', [w, scale, zero], { axis: 1 });
      g.output(g.op('MatMul', [x, g.op('DequantizeLinear', [codes, scale, zero], { axis: 1 })]), 'y');
    });
  const { ops, skipped, model } = await runPass(foldConstants, write(true));
  expect([...ops].sort()).toEqual(['Abs', 'DequantizeLinear', 'Div', 'MatMul', 'Max', 'QuantizeLinear', 'ReduceMax']);
  expect(skipped.map(({ code }) => code)).toContain('simplify/training');
  expect([...model.graph.initializers].map(({ name }) => name)).toContain('w');
  // A scale of something else is a constant like any other.
  expect((await runPass(foldConstants, write(false))).ops).toEqual(['DequantizeLinear', 'MatMul']);
});

describe('a node of constants that would take for ever, or more room than there is, stays', () => {
  const floats = (dims: readonly number[]): Tensor => tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.5), dims);
  const scalar = (x: number): Tensor => tensor('float32', Float32Array.of(x), []);
  const letters = ['ab', 'cd', 'ef', 'gh'];
  const cases: Readonly<Record<string, readonly [op: string, inputs: readonly (Tensor | undefined)[], attributes?: Record<string, AttributeArg>]>> = {
    'Einsum over eight letters': ['Einsum', letters.map(() => floats([64, 64])), { equation: `${letters.join(',')}->` }],
    'a pattern that backtracks': ['RegexFullMatch', [tensor('string', [`${'a'.repeat(40)}!`], [1])], { pattern: '(a+)+' }],
    'a pool with a large window': ['MaxPool', [floats([1, 1, 600, 600])], { kernel_shape: [501, 501], pads: [250, 250, 250, 250] }],
    'a normalisation over all channels': ['LRN', [floats([1, 5000, 100])], { size: 5000 }],
    'boxes that all meet': ['NonMaxSuppression', [floats([1, 60_000, 4]), floats([1, 1, 60_000]), tensor('int64', BigInt64Array.of(60_000n), [1])]],
    'a convolution': ['Conv', [floats([1, 1, 500, 500]), floats([1, 1, 250, 250])]],
    'a range to infinity': ['Range', [scalar(0), scalar(Infinity), scalar(1)]],
    'a range beyond every length': ['Range', [scalar(0), scalar(1e30), scalar(1)]],
    'a resize beyond every length': ['Resize', [floats([1, 1, 4, 4]), undefined, tensor('float32', Float32Array.of(1, 1, 1e9, 1e9), [4])]],
  };
  test.each(Object.entries(cases))('%s', async (_, [op, inputs, attributes]) => {
    const g = graphBuilder();
    const y = g.op(
      op as string,
      inputs.map((t, i) => t && g.constant(`c${i}`, t)),
      attributes ?? {},
    );
    g.output(g.op('Identity', [y]), 'y');
    expect((await runPass(foldConstants, g.model())).ops).toContain(op);
  });
  test('many that are small each', async () => {
    const g = graphBuilder();
    const [a, b] = [g.constant('a', floats([256, 256])), g.constant('b', floats([256, 256]))];
    for (let i = 0; i < 48; i++) g.output(g.op('Identity', [g.op('MatMul', [a, b])]), `y${i}`);
    const { ops, skipped } = await runPass(foldConstants, g.model());
    // 48 times 2^24 steps: 32 of them are folded.
    expect([ops.filter((op) => op === 'MatMul').length, skipped.filter(({ reason }) => /steps/.test(reason)).length]).toEqual([16, 16]);
  });
});
