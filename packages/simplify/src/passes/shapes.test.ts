import type { GraphBuilder, Model, Value } from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { targetOf } from '../rules/shape-targets';
import { build, runPass } from '../testing';
import { removeDeadCode } from './dead-code';
import { mergeExtents, simplifyShapes } from './shapes';

const draw = (...dims: number[]): Tensor<'float32'> => {
  const r = random('shapes');
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.normal()),
    dims,
  );
};
function same(a: Model, b: Model, feeds: Readonly<Record<string, Tensor>>): void {
  const [x, y] = [interpret(a.graph, feeds), interpret(b.graph, feeds)];
  for (const [name, datum] of Object.entries(x)) {
    const [p, q] = [datum as Tensor, y[name] as Tensor];
    expect([q.dims, toFloat64(q)]).toEqual([p.dims, toFloat64(p)]);
  }
}
const extent = (g: GraphBuilder, x: Value, axis: number): Value => g.op('Unsqueeze', [g.op('Gather', [g.op('Shape', [x]), axis]), [0]]);

test('a target in numbers: copied, told, left over', () => {
  expect(targetOf(['batch', 'seq', 96], ['batch', 'seq', 4, 24])).toEqual([0, 0, 4, 24]);
  expect(targetOf(['batch', 16, 96], ['16*batch', 96])).toEqual([-1, 96]);
  expect(targetOf(['batch', 'seq', 96], ['seq', 'batch', 96])).toBeUndefined();
  expect(targetOf(['?1', 4], ['?1', 4])).toEqual([-1, 4]);
  expect(targetOf(['n', 4], ['n', 0, 4])).toBeUndefined();
});

test.each([0, 1])('reshapes whose target is computed (allowzero %i)', async (allowzero) => {
  const model = build((g) => {
    const x = g.input('x', 'float32', ['batch', 'seq', 96]);
    const split = g.op('Reshape', [x, g.op('Concat', [extent(g, x, 0), extent(g, x, 1), [4], [24]], { axis: 0 })], { allowzero });
    const merged = g.op('Reshape', [split, g.op('Concat', [g.op('Mul', [extent(g, x, 0), extent(g, x, 1)]), [96]], { axis: 0 })]);
    // batch and seq change places: no numbers say that
    g.output(g.op('Reshape', [merged, g.op('Concat', [extent(g, x, 1), extent(g, x, 0), [96]], { axis: 0 })]), 'y');
  });
  const { model: shaped, changed, skipped } = await runPass(simplifyShapes, model);
  expect(changed.map(({ what }) => what)).toEqual(['its target is [0, 0, 4, 24]', 'its target is [-1, 96]']);
  expect(skipped.map(({ code }) => code)).toEqual(['simplify/unknown-shape']);
  same(model, shaped, { x: draw(2, 3, 96) });
});

test('recurrent states of zeros are left out; others stay', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', ['seq', 'batch', 3]);
    const zeros = g.op('ConstantOfShape', [g.op('Concat', [[2], extent(g, x, 1), [4]], { axis: 0 })]);
    const half = (k: number): Value => g.op('Slice', [zeros, [k], [k + 1], [0]]);
    const [y] = g.op('LSTM', [x, draw(1, 16, 3), draw(1, 16, 4), undefined, undefined, half(0), half(1)], { hidden_size: 4 }, { outputs: 1 });
    const [z] = g.op(
      'GRU',
      [x, draw(1, 12, 3), draw(1, 12, 4), undefined, undefined, g.input('h', 'float32', [1, 'batch', 4])],
      { hidden_size: 4 },
      { outputs: 1 },
    );
    g.output(y!, 'y');
    g.output(z!, 'z');
  });
  const { model: shaped, changed } = await runPass(simplifyShapes, model);
  const { ops } = await runPass(removeDeadCode, shaped);
  expect([ops, changed.map(({ opType }) => opType)]).toEqual([['LSTM', 'GRU'], ['LSTM']]);
  same(model, shaped, { x: draw(5, 2, 3), h: draw(1, 2, 4) });
});

test('a concat with zeros is a pad, whichever side; not of integers, not of two zeros', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', ['n', 3]);
    const zeros = g.op('ConstantOfShape', [g.op('Concat', [extent(g, x, 0), [2]], { axis: 0 })]);
    const right = g.op('Concat', [x, zeros], { axis: -1 });
    const left = g.op('Concat', [zeros, right], { axis: 1 });
    g.output(left, 'y');
    g.output(g.op('Concat', [g.op('Cast', [x], { to: 7 }), g.op('Cast', [zeros], { to: 7 })], { axis: 1 }), 'integers');
    g.output(g.op('Concat', [zeros, zeros], { axis: 1 }), 'zeros');
    g.output(g.op('Concat', [x, g.op('Neg', [x])], { axis: 1 }), 'others');
  });
  const { model: shaped, changed, outputs } = await runPass(simplifyShapes, model);
  expect([changed.length, outputs]).toEqual([2, ['y', 'integers', 'zeros', 'others']]);
  same(model, shaped, { x: draw(2, 3) });
});

test('extents that are the same by name are computed once; in a loop body they may not be', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', ['n', 'm']);
    const y = g.input('y', 'float32', ['n', 'k']);
    const [a, b] = [extent(g, x, 0), extent(g, y, 0)];
    g.output(g.op('Concat', [a, b, extent(g, x, 1), g.op('Shape', [g.op('Transpose', [x])])], { axis: 0 }), 'z');
  });
  const { model: merged, changed } = await runPass(mergeExtents, model);
  expect(changed.length).toBeGreaterThan(1);
  same(model, merged, { x: draw(2, 3), y: draw(2, 5) });
});
