import { isModelDietError } from '@modeldiet/numfmt';
import { expect, test } from 'vitest';
import { passes } from './passes';
import { type SimplifyOptions, simplify } from './simplify';
import { build } from './testing';

const model = () =>
  build((g) => {
    const x = g.input('x', 'float32', ['n', 2]);
    const k = g.op('Constant', [], { value_float: 1 });
    g.output(g.op('Relu', [g.op('Identity', [g.op('Mul', [x, k])])]), 'y');
  });

test('all passes, round after round: a Constant that makes a Mul an identity that leaves dead code', async () => {
  const before = model();
  const { model: out, report } = await simplify(before);
  expect([...out.graph.nodes].map(({ opType }) => opType)).toEqual(['Relu']);
  expect(out.graph.initializers.size).toBe(0);
  expect([before.graph.nodes.size, report.transform, report.options]).toEqual([4, 'simplify', { passes: passes.map(({ name }) => name), allowEmpty: true }]);
});

test('some passes by name; an unknown name is an error', async () => {
  const { model: out } = await simplify(model(), { passes: ['constants'] });
  expect([...out.graph.nodes].map(({ opType }) => opType)).toEqual(['Mul', 'Identity', 'Relu']);
  const wrong = { passes: ['nonsense'] } as unknown as SimplifyOptions;
  await expect(simplify(model(), wrong)).rejects.toSatisfy((e) => isModelDietError(e) && e.code === 'simplify/unknown-pass');
});

test('a clean model comes back with a warning, and is an error when asked for', async () => {
  const clean = (await simplify(model())).model;
  const { report } = await simplify(clean);
  expect(report.warnings.map(({ code }) => code)).toEqual(['simplify/nothing-to-do']);
  await expect(simplify(clean, { allowEmpty: false })).rejects.toSatisfy((e) => isModelDietError(e) && e.code === 'onnx-io/nothing-changed');
});

test('excluded nodes stay', async () => {
  const { model: out } = await simplify(model(), { exclude: ['Identity'] });
  expect([...out.graph.nodes].map(({ opType }) => opType)).toEqual(['Identity', 'Relu']);
});
