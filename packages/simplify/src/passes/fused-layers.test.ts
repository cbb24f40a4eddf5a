// Gelu, LayerNormalization, RMSNormalization and Attention written out in the ways that exporters do, against the one op; slices of slices.
import type { GraphBuilder, Model, Value } from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { simplify } from '../simplify';
import { build, runPass } from '../testing';
import { removeDeadCode } from './dead-code';
import { fusePatterns } from './fusions';

const draw = (...dims: number[]): Tensor<'float32'> => {
  const r = random('layers');
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 2 * r.normal()),
    dims,
  );
};
const valuesOf = (model: Model, dims: readonly number[]): number[] =>
  Object.values(interpret(model.graph, { x: draw(...dims) })).flatMap((datum) => Array.from(toFloat64(datum as Tensor)));

interface Case {
  readonly dims: readonly number[];
  readonly write: (g: GraphBuilder, x: Value) => Value | readonly Value[];
  readonly ops: readonly string[];
  readonly opset?: number;
  /** The reason of the skip that is expected. */
  readonly skip?: string;
}
async function check({ dims, write, ops, opset = 23, skip }: Case): Promise<void> {
  const model = build(
    (g) => {
      const made = write(g, g.input('x', 'float32', dims));
      for (const [i, value] of (Array.isArray(made) ? (made as Value[]) : [made as Value]).entries()) g.output(value, `y${i}`);
    },
    { opset },
  );
  const first = await runPass(fusePatterns, model);
  const { model: out, ops: left } = await runPass(removeDeadCode, first.model);
  expect(left).toEqual(ops);
  if (skip) expect(first.skipped.map(({ code }) => code)).toContain(skip);
  const [before, after] = [valuesOf(model, dims), valuesOf(out, dims)];
  expect(after.length).toBe(before.length);
  for (const [i, value] of after.entries()) expect(value).toBeCloseTo(before[i]!, 4);
}
const all = (cases: Readonly<Record<string, Case>>): void => {
  for (const [name, each] of Object.entries(cases)) test(name, () => check(each));
};

const erf = (g: GraphBuilder, x: Value): Value => g.op('Add', [g.op('Erf', [g.op('Div', [x, Math.fround(Math.SQRT2)])]), 1]);
const cube = (g: GraphBuilder, x: Value): Value => g.op('Mul', [g.op('Mul', [x, x]), x]);
const tanh = (g: GraphBuilder, x: Value, third: Value): Value =>
  g.op('Add', [1, g.op('Tanh', [g.op('Mul', [g.op('Add', [x, g.op('Mul', [third, 0.044715])]), 0.7978845608])])]);
describe('Gelu', () =>
  all({
    'half of the product': { dims: [3, 4], write: (g, x) => g.op('Mul', [g.op('Mul', [x, erf(g, x)]), 0.5]), ops: ['Gelu'] },
    'half of x first': { dims: [3, 4], write: (g, x) => g.op('Mul', [g.op('Mul', [0.5, x]), erf(g, x)]), ops: ['Gelu'] },
    'half of the sum, by division': { dims: [3, 4], write: (g, x) => g.op('Mul', [x, g.op('Div', [erf(g, x), 2])]), ops: ['Gelu'] },
    'by tanh, a power': { dims: [3, 4], write: (g, x) => g.op('Mul', [g.op('Mul', [x, 0.5]), tanh(g, x, g.op('Pow', [x, 3]))]), ops: ['Gelu'] },
    'by tanh, products': { dims: [3, 4], write: (g, x) => g.op('Mul', [0.5, g.op('Mul', [x, tanh(g, x, cube(g, x))])]), ops: ['Gelu'] },
    'of a value that is computed': {
      dims: [3, 4],
      write: (g, x) => ((v) => g.op('Mul', [g.op('Mul', [v, erf(g, v)]), 0.5]))(g.op('Add', [x, 1])),
      ops: ['Add', 'Gelu'],
    },
    'x is read elsewhere too': { dims: [3, 4], write: (g, x) => g.op('Add', [x, g.op('Mul', [g.op('Mul', [x, erf(g, x)]), 0.5])]), ops: ['Gelu', 'Add'] },
    'another factor': { dims: [3, 4], write: (g, x) => g.op('Mul', [g.op('Mul', [x, erf(g, x)]), 0.7]), ops: ['Div', 'Erf', 'Add', 'Mul', 'Mul'] },
    'another argument': {
      dims: [3, 4],
      write: (g, x) => g.op('Mul', [g.op('Mul', [x, g.op('Add', [g.op('Erf', [x]), 1])]), 0.5]),
      ops: ['Erf', 'Add', 'Mul', 'Mul'],
    },
    'the sum is put out': {
      dims: [3, 4],
      write: (g, x) => ((s) => [s, g.op('Mul', [g.op('Mul', [x, s]), 0.5])])(erf(g, x)),
      ops: ['Div', 'Erf', 'Add', 'Mul', 'Mul'],
    },
    'before opset 20': {
      dims: [3, 4],
      opset: 19,
      write: (g, x) => g.op('Mul', [g.op('Mul', [x, erf(g, x)]), 0.5]),
      ops: ['Div', 'Erf', 'Add', 'Mul', 'Mul'],
      skip: 'simplify/older-opset',
    },
  }));

const mean = (g: GraphBuilder, x: Value, axes: number[] = [-1]): Value => g.op('ReduceMean', [x, axes]);
const centred = (g: GraphBuilder, x: Value, axes?: number[]): Value => g.op('Sub', [x, mean(g, x, axes)]);
const root = (g: GraphBuilder, d: Value, axes?: number[]): Value => g.op('Sqrt', [g.op('Add', [mean(g, g.op('Pow', [d, 2]), axes), 1e-5])]);
const written = ['ReduceMean', 'Sub', 'Pow', 'ReduceMean', 'Add', 'Sqrt', 'Div'];
describe('LayerNormalization', () =>
  all({
    'scale and bias': {
      dims: [2, 3, 4],
      opset: 17,
      write: (g, x) => {
        const d = g.op('Sub', [x, g.op('ReduceMean', [x], { axes: [-1] })]);
        const v = g.op('ReduceMean', [g.op('Pow', [d, 2])], { axes: [-1] });
        return g.op('Add', [g.op('Mul', [g.op('Div', [d, g.op('Sqrt', [g.op('Add', [v, 1e-5])])]), draw(4)]), draw(4)]);
      },
      ops: ['LayerNormalization'],
    },
    'over two axes': {
      dims: [2, 3, 4],
      write: (g, x) => ((d) => g.op('Add', [draw(3, 4), g.op('Mul', [draw(3, 4), g.op('Div', [d, root(g, d, [1, 2])])])]))(centred(g, x, [2, 1])),
      ops: ['LayerNormalization'],
    },
    'neither scale nor bias': { dims: [2, 3, 4], write: (g, x) => ((d) => g.op('Div', [d, root(g, d)]))(centred(g, x)), ops: ['LayerNormalization'] },
    'by the reciprocal, a square as a product': {
      dims: [2, 4],
      write: (g, x) => {
        const d = centred(g, x);
        const inverse = g.op('Reciprocal', [g.op('Sqrt', [g.op('Add', [mean(g, g.op('Mul', [d, d])), 1e-6])])]);
        return g.op('Mul', [g.op('Mul', [inverse, d]), draw(4)]);
      },
      ops: ['LayerNormalization'],
    },
    'a scale of other axes stays': {
      dims: [3, 4],
      write: (g, x) => ((d) => g.op('Mul', [g.op('Div', [d, root(g, d)]), draw(3, 1)]))(centred(g, x)),
      ops: ['LayerNormalization', 'Mul'],
    },
    'over the first axis': { dims: [3, 4], write: (g, x) => ((d) => g.op('Div', [d, root(g, d, [0])]))(centred(g, x, [0])), ops: written },
    'of different axes': {
      dims: [3, 4],
      write: (g, x) => ((d) => g.op('Div', [d, root(g, d, [1])]))(centred(g, x, [0, 1])),
      ops: ['ReduceMean', 'Sub', 'RMSNormalization'],
    },
    'before opset 17': {
      dims: [3, 4],
      opset: 16,
      write: (g, x) => {
        const d = g.op('Sub', [x, g.op('ReduceMean', [x], { axes: [-1] })]);
        return g.op('Div', [d, g.op('Sqrt', [g.op('Add', [g.op('ReduceMean', [g.op('Pow', [d, 2])], { axes: [-1] }), 1e-5])])]);
      },
      ops: written,
      skip: 'simplify/older-opset',
    },
  }));

describe('RMSNormalization', () =>
  all({
    'by division, scaled': { dims: [2, 4], write: (g, x) => g.op('Mul', [draw(4), g.op('Div', [x, root(g, x)])]), ops: ['RMSNormalization'] },
    'by one over the root': { dims: [2, 4], write: (g, x) => g.op('Mul', [x, g.op('Div', [1, root(g, x)])]), ops: ['RMSNormalization'] },
    'by a power': {
      dims: [2, 4],
      write: (g, x) => g.op('Mul', [x, g.op('Pow', [g.op('Add', [mean(g, g.op('Mul', [x, x])), 1e-5]), -0.5])]),
      ops: ['RMSNormalization'],
    },
    'before opset 23': {
      dims: [2, 4],
      opset: 21,
      write: (g, x) => g.op('Div', [x, root(g, x)]),
      ops: ['Pow', 'ReduceMean', 'Add', 'Sqrt', 'Div'],
      skip: 'simplify/older-opset',
    },
  }));

const heads = (g: GraphBuilder, x: Value, perm: number[]): Value => g.op('Transpose', [g.op('Reshape', [x, [0, 0, 2, 4]])], { perm });
const together = (g: GraphBuilder, y: Value): Value => g.op('Reshape', [g.op('Transpose', [y], { perm: [0, 2, 1, 3] }), [0, 0, 8]]);
const parts = (g: GraphBuilder, x: Value) => ['Neg', 'Abs', 'Tanh'].map((op) => g.op(op as string, [x]) as Value) as [Value, Value, Value];
const attended = (g: GraphBuilder, x: Value, mask?: Tensor): Value => {
  const [q, k, v] = parts(g, x);
  const scores = g.op('Mul', [g.op('MatMul', [heads(g, q, [0, 2, 1, 3]), heads(g, k, [0, 2, 3, 1])]), 0.3]);
  const p = g.op('Softmax', [mask ? g.op('Add', [scores, mask]) : scores], { axis: -1 });
  return together(g, g.op('MatMul', [p, heads(g, v, [0, 2, 1, 3])]));
};
const fused = ['Neg', 'Abs', 'Tanh', 'Attention'];
describe('Attention', () =>
  all({
    'scaled scores': { dims: [2, 3, 8], write: (g, x) => attended(g, x), ops: fused },
    'a mask of queries by keys': { dims: [2, 3, 8], write: (g, x) => attended(g, x, draw(3, 3)), ops: fused },
    'a mask a sample': { dims: [2, 3, 8], write: (g, x) => attended(g, x, draw(2, 1, 3, 3)), ops: fused },
    'Q and K scaled, empty rows guarded': {
      dims: [2, 3, 8],
      write: (g, x) => {
        const [q, k, v] = parts(g, x);
        const left = g.op('Mul', [heads(g, q, [0, 2, 1, 3]), 0.5]);
        const right = g.op('Div', [g.op('Transpose', [heads(g, k, [0, 2, 1, 3])], { perm: [0, 1, 3, 2] }), 2]);
        const p = g.op('Softmax', [g.op('MatMul', [left, right])], { axis: 3 });
        return together(g, g.op('MatMul', [g.op('Where', [g.op('IsNaN', [p]), 0, p]), heads(g, v, [0, 2, 1, 3])]));
      },
      ops: fused,
    },
  }));
test.each([
  ['a mask of keys alone', draw(1, 3), 23, 'simplify/not-representable'],
  ['before opset 23', undefined, 22, 'simplify/older-opset'],
] as const)('Attention stays: %s', async (_, mask, opset, code) => {
  const model = build((g) => void g.output(attended(g, g.input('x', 'float32', [2, 3, 8]), mask), 'y'), { opset });
  const { ops, skipped } = await runPass(fusePatterns, model);
  expect([ops.includes('Attention'), skipped.map((skip) => skip.code)]).toEqual([false, [code]]);
});
test('Attention over heads that were never split stays', async () => {
  const model = build(
    (g) => {
      const x = g.input('x', 'float32', [1, 2, 3, 4]);
      const p = g.op('Softmax', [g.op('MatMul', [x, g.op('Transpose', [x], { perm: [0, 1, 3, 2] })])]);
      g.output(together(g, g.op('MatMul', [p, x])), 'y');
    },
    { opset: 23 },
  );
  const { skipped } = await runPass(fusePatterns, model);
  expect(skipped.map(({ code }) => code)).toEqual(['simplify/no-gain']);
});

const cut = (g: GraphBuilder, x: Value, starts: number[], ends: number[], axes: number[], steps?: number[]): Value =>
  g.op('Slice', [x, starts, ends, axes, steps]);
describe('Slice of Slice', () =>
  all({
    'of other axes': { dims: [4, 6], write: (g, x) => cut(g, cut(g, x, [1], [3], [0]), [-4], [-1], [-1]), ops: ['Slice'] },
    'of the same axis': { dims: [10], write: (g, x) => cut(g, cut(g, x, [2], [9], [0]), [1], [100], [0], [2]), ops: ['Slice'] },
    'of the same axis, past the end': { dims: [10], write: (g, x) => cut(g, cut(g, x, [2], [4], [0]), [1], [5], [0]), ops: ['Slice'] },
    'of both': { dims: [5, 5], write: (g, x) => cut(g, cut(g, x, [1, 0], [5, 4], [0, 1]), [2], [4], [1]), ops: ['Slice'] },
    'from the end': {
      dims: [10],
      write: (g, x) => cut(g, cut(g, x, [2], [9], [0]), [-3], [100], [0]),
      ops: ['Slice', 'Slice'],
      skip: 'simplify/unknown-shape',
    },
    'read twice': {
      dims: [10],
      write: (g, x) => ((s) => g.op('Concat', [s, cut(g, s, [1], [2], [0])], { axis: 0 }))(cut(g, x, [2], [9], [0])),
      ops: ['Slice', 'Slice', 'Concat'],
    },
  }));

describe('simplify with an opset', () => {
  const written13 = (): Model =>
    build((g) => void g.output(g.op('Mul', [g.op('Mul', [g.input('x', 'float32', ['n', 4]), 0.5]), erf(g, g.graph.inputs[0]!)]), 'y'), { opset: 13 });
  test('raises the model to it first', async () => {
    const { model, report } = await simplify(written13(), { opset: 20 });
    expect([[...model.graph.nodes].map(({ opType }) => opType), model.opsets.get('')]).toEqual([['Gelu'], 20]);
    expect(report.changed.map(({ what }) => what)).toContain('is a Gelu with what is around it');
  });
  test('keeps the opset where none is asked for', async () => {
    const { model } = await simplify(written13());
    expect(model.opsets.get('')).toBe(13);
  });
  test('refuses a lower one', async () => {
    await expect(simplify(written13(), { opset: 11 })).rejects.toMatchObject({ code: 'ops/opset-lower' });
  });
});
