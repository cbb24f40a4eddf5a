// Models of sequential and graphBuilder, run by ONNX Runtime and by the reference interpreter: they load as saved, agree, and have the extents they announce.
import { isDeepStrictEqual } from 'node:util';
import {
  avgPool,
  batchNorm,
  checkModel,
  clip,
  conv,
  dropout,
  embedding,
  flatten,
  gelu,
  globalAvgPool,
  graphBuilder,
  hardSigmoid,
  hardSwish,
  type Layer,
  layerNorm,
  leakyRelu,
  linear,
  logSoftmax,
  type Model,
  materializeModel,
  maxPool,
  relu,
  residual,
  scale,
  selfAttention,
  sequential,
  shift,
  sigmoid,
  softmax,
  squeezeExcite,
  tanh,
} from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { runInOrt } from './ops-models';

const draw = (...dims: number[]): Tensor<'float32'> => {
  const r = random('build');
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.normal()),
    dims,
  );
};
const ids = (below: number, ...dims: number[]): Tensor<'int64'> => {
  const r = random('ids');
  return tensor(
    'int64',
    BigInt64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => BigInt(r.int(below))),
    dims,
  );
};

async function agree(model: Model, feeds: Readonly<Record<string, Tensor>>): Promise<readonly number[]> {
  expect(checkModel(model)).toEqual([]);
  const expected = interpret((await materializeModel(model)).graph, feeds);
  const seen = await runInOrt(model, feeds);
  const [name] = Object.keys(expected);
  const [a, b] = [expected[name!] as Tensor, seen[name!]!];
  expect(isDeepStrictEqual([...b.dims], [...a.dims])).toBe(true);
  Array.from(a.data as Float32Array).forEach((x, i) => {
    expect(Math.abs(x - Number(b.data[i]))).toBeLessThan(2e-4 * (1 + Math.abs(x)));
  });
  const type = model.graph.outputs[0]!.type;
  const announced = type?.kind === 'tensor' ? (type.shape ?? []) : [];
  expect(announced.length).toBe(b.dims.length);
  announced.forEach((dim, i) => {
    if (typeof dim === 'number') expect(b.dims[i]).toBe(dim);
  });
  return b.dims;
}

const nets: Readonly<Record<string, readonly [layers: readonly Layer[], feed: Tensor, dims: readonly number[]]>> = {
  mlp: [[scale(1 / 16), shift(-0.5), linear(64, 32), relu(), dropout(0.1), linear(32, 10, { bias: false }), softmax()], draw(3, 64), [3, 10]],
  'conv net': [
    [
      conv(3, 8, 3, { stride: 2, padding: 1, bias: false }),
      batchNorm(8),
      hardSwish(),
      residual([conv(8, 8, 3, { padding: 'same', groups: 8 }), squeezeExcite(8, 4), conv(8, 8, 1)]),
      residual([conv(8, 16, 3, { stride: 2, padding: 1, dilation: 1 })], [conv(8, 16, 1, { stride: 2 })]),
      leakyRelu(),
      maxPool(3, { stride: 2, padding: 1, ceil: true }),
      avgPool(2, { stride: 1, padding: 1, countIncludePad: false }),
      clip(-1, 6),
      globalAvgPool(),
      flatten(),
      linear(16, 5),
      logSoftmax(),
    ],
    draw(2, 3, 21, 18),
    [2, 5],
  ],
  transformer: [
    [embedding(50, 16), residual([layerNorm(16), selfAttention(16, 4)]), residual([layerNorm(16), linear(16, 32), gelu(), linear(32, 16)]), tanh()],
    ids(50, 2, 7),
    [2, 7, 16],
  ],
  'one-dimensional': [[conv(2, 4, [5], { dilation: 2 }), sigmoid(), avgPool([3]), hardSigmoid(), gelu({ approximate: 'tanh' })], draw(2, 2, 30), [2, 4, 7]],
};
test.each(Object.entries(nets))('sequential: %s', async (_, [layers, feed, dims]) => {
  expect(await agree(sequential(layers, { seed: 5 }), { input: feed })).toEqual(dims);
});

test('attention is what the paper says: softmax(Q K^T / sqrt(d)) V by hand, one head', async () => {
  const model = sequential([selfAttention(2, 1)], { seed: 3 });
  const w = Object.fromEntries([...model.graph.initializers].map(({ name, initializer }) => [name, Array.from((initializer as Tensor<'float32'>).data)]));
  const x = draw(1, 3, 2);
  const rows = [0, 1, 2].map((i) => [x.data[2 * i]!, x.data[2 * i + 1]!]);
  const map = (v: readonly number[], label: string) =>
    [0, 1].map((o) => v[0]! * w[`0.${label}.weight`]![o]! + v[1]! * w[`0.${label}.weight`]![2 + o]! + w[`0.${label}.bias`]![o]!);
  const [q, k, v] = ['q', 'k', 'v'].map((label) => rows.map((row) => map(row, label)));
  const expected = q!.flatMap((query) => {
    const e = k!.map((key) => Math.exp((query[0]! * key[0]! + query[1]! * key[1]!) / Math.SQRT2));
    const sum = e.reduce((a, b) => a + b, 0);
    return map(
      [0, 1].map((o) => e.reduce((total, share, j) => total + (share / sum) * v![j]![o]!, 0)),
      'out',
    );
  });
  const { output } = await runInOrt(model, { input: x });
  expected.forEach((value, i) => {
    expect(Number(output!.data[i])).toBeCloseTo(value, 5);
  });
});

test('graphBuilder: subgraphs, a function and several outputs run', async () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n', 4]);
  g.function({ domain: 'acme', name: 'Twice', inputs: ['a'] }, (b, a) => b.op('Mul', [a, b.constant('two', 2)]));
  const [first, second] = g.op('Split', [g.op('acme:Twice', [x])], { axis: 1, num_outputs: 2 }, { outputs: 2 });
  const positive = g.op('Greater', [g.op('ReduceSum', [x], { keepdims: 0 }), 0]);
  const y = g.op('If', [positive], {
    then_branch: g.subgraph('then', (b) => b.op('Add', [first!, second!])),
    else_branch: g.subgraph('else', (b) => b.op('Sub', [first!, second!])),
  });
  g.output(y, 'y', { dtype: 'float32', dims: ['n', 2] });
  expect(await agree(g.model(), { x: draw(3, 4) })).toEqual([3, 2]);
});
