// Patterns against what they replace, by the reference interpreter.
import type { GraphBuilder, Model, Value } from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { build, runPass } from '../testing';
import { removeDeadCode } from './dead-code';
import { fusePatterns } from './fusions';

const draw = (...dims: number[]): Tensor<'float32'> => {
  const r = random('fusions');
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 4 * r.normal()),
    dims,
  );
};
const outputsOf = (model: Model, dims: readonly number[]) =>
  Object.values(interpret(model.graph, { x: draw(...dims) })).map((datum) => ({
    dims: (datum as Tensor).dims,
    values: Array.from(toFloat64(datum as Tensor)),
  }));

type Case = readonly [dims: readonly number[], write: (g: GraphBuilder, x: Value) => Value, ops: readonly string[], opset?: number];
const relu6 = (g: GraphBuilder, x: Value): Value => g.op('Clip', [g.op('Add', [x, 3]), 0, 6]);
const cases: Readonly<Record<string, Case>> = {
  'Unsqueeze of Unsqueeze': [[2, 3], (g, x) => g.op('Unsqueeze', [g.op('Unsqueeze', [x, [0]]), [1, 4]]), ['Unsqueeze']],
  'Unsqueeze of Unsqueeze, axes from the end': [[2, 3], (g, x) => g.op('Unsqueeze', [g.op('Unsqueeze', [x, [-1]]), [-1, 0]]), ['Unsqueeze']],
  'Unsqueeze of Unsqueeze as attributes': [[2, 3], (g, x) => g.op('Unsqueeze', [g.op('Unsqueeze', [x], { axes: [1] })], { axes: [1] }), ['Unsqueeze'], 11],
  'Squeeze of Squeeze': [[1, 2, 1, 3, 1], (g, x) => g.op('Squeeze', [g.op('Squeeze', [x, [0, -1]]), [1]]), ['Squeeze']],
  'Concat of Concat': [[2, 3], (g, x) => g.op('Concat', [x, g.op('Concat', [g.op('Neg', [x]), x], { axis: 1 }), x], { axis: -1 }), ['Neg', 'Concat']],
  'Concat of Concat on another axis': [
    [2, 2],
    (g, x) => g.op('Concat', [g.op('Concat', [x, x], { axis: 0 }), g.op('Concat', [x, x], { axis: 0 })], { axis: 1 }),
    ['Concat', 'Concat', 'Concat'],
  ],
  'Pad into Conv': [[1, 1, 4, 4], (g, x) => g.op('Conv', [g.op('Pad', [x, [0, 0, 1, 0, 0, 0, 2, 1]]), draw(1, 1, 3, 3)], { pads: [0, 1, 0, 0] }), ['Conv']],
  'Pad of ones': [[1, 1, 4, 4], (g, x) => g.op('Conv', [g.op('Pad', [x, [0, 0, 1, 0, 0, 0, 2, 1], 1]), draw(1, 1, 3, 3)]), ['Pad', 'Conv']],
  'Pad of channels': [[1, 1, 4, 4], (g, x) => g.op('Conv', [g.op('Pad', [x, [0, 1, 0, 0, 0, 0, 0, 0]]), draw(1, 2, 3, 3)]), ['Pad', 'Conv']],
  'Pad by reflection': [
    [1, 1, 4, 4],
    (g, x) => g.op('Conv', [g.op('Pad', [x, [0, 0, 1, 0, 0, 0, 0, 0]], { mode: 'reflect' }), draw(1, 1, 3, 3)]),
    ['Pad', 'Conv'],
  ],
  'hard sigmoid by division': [[3, 4], (g, x) => g.op('Div', [relu6(g, x), 6]), ['HardSigmoid']],
  'hard sigmoid by multiplication': [[3, 4], (g, x) => g.op('Mul', [0.16666667, relu6(g, x)]), ['HardSigmoid']],
  'hard swish': [[3, 4], (g, x) => g.op('Div', [g.op('Mul', [x, relu6(g, x)]), 6]), ['HardSwish']],
  'hard swish from its gate': [[3, 4], (g, x) => g.op('Mul', [g.op('Div', [relu6(g, x), 6]), x]), ['HardSwish']],
  'hard swish before opset 14': [[3, 4], (g, x) => g.op('Div', [g.op('Mul', [x, relu6(g, x)]), 6]), ['HardSigmoid', 'Mul'], 13],
  'hard swish with attributes': [
    [3, 4],
    (g, x) => g.op('Div', [g.op('Mul', [x, g.op('Clip', [g.op('Add', [x, 3])], { min: 0, max: 6 })]), 6]),
    ['HardSigmoid', 'Mul'],
    9,
  ],
  'clip to another bound': [[3, 4], (g, x) => g.op('Div', [g.op('Clip', [g.op('Add', [x, 3]), 0, 5]), 6]), ['Add', 'Clip', 'Div']],
  'a gate that is read elsewhere': [[3, 4], (g, x) => ((c) => g.op('Add', [g.op('Div', [c, 6]), c]))(relu6(g, x)), ['Add', 'Clip', 'Div', 'Add']],
  'MatMul and Add': [[3, 4], (g, x) => g.op('Add', [g.op('MatMul', [x, draw(4, 2)]), draw(2)]), ['Gemm']],
  'Add and MatMul': [[3, 4], (g, x) => g.op('Add', [draw(2), g.op('MatMul', [x, draw(4, 2)])]), ['Gemm']],
  'MatMul of rank 3 and Add': [[1, 3, 4], (g, x) => g.op('Add', [g.op('MatMul', [x, draw(4, 2)]), draw(2)]), ['MatMul', 'Add']],
  'MatMul and Add of a column': [[3, 4], (g, x) => g.op('Add', [g.op('MatMul', [x, draw(4, 2)]), draw(3, 1)]), ['MatMul', 'Add']],
};
test.each(Object.entries(cases))('%s', async (_, [dims, write, expected, opset]) => {
  const model = build((g) => void g.output(write(g, g.input('x', 'float32', dims)), 'y'), { opset });
  const { model: fused, outputs } = await runPass(fusePatterns, model);
  const { model: out, ops } = await runPass(removeDeadCode, fused);
  expect([ops, outputs]).toEqual([expected, ['y']]);
  const [before, after] = [outputsOf(model, dims), outputsOf(out, dims)];
  expect(after.map((t) => t.dims)).toEqual(before.map((t) => t.dims));
  before.forEach(({ values }, i) => {
    values.forEach((v, j) => {
      expect(Math.abs(v - after[i]!.values[j]!)).toBeLessThan(1e-5 * (1 + Math.abs(v)));
    });
  });
});
