import { isModelDietError } from '@modeldiet/numfmt';
import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { linear, relu } from '../build/layers';
import { sequential } from '../build/sequential';
import { extract, splitModel } from './extract';
import { brokenInvariants } from './invariants';
import type { Model } from './model';
import { orderedNodes } from './order';

const facts = (model: Model): unknown => [
  model.graph.inputs.map(({ name }) => name),
  orderedNodes(model.graph).map(({ opType }) => opType),
  [...model.graph.initializers].map(({ name }) => name),
  model.graph.outputs.map(({ name }) => name),
];
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
};

test('a model split at a value: two models that meet there', () => {
  const model = sequential([linear(4, 8), relu(), linear(8, 2)]);
  const [head, tail] = splitModel(model, ['/1/Relu_output_0']);
  expect(facts(head)).toEqual([['input'], ['Gemm', 'Relu'], ['0.weight', '0.bias'], ['/1/Relu_output_0']]);
  expect(facts(tail)).toEqual([['/1/Relu_output_0'], ['Gemm'], ['2.weight', '2.bias'], ['output']]);
  expect([brokenInvariants(head), brokenInvariants(tail)]).toEqual([[], []]);
  expect(model.graph.nodes.size).toBe(3);
  expect([...head.graph.initializers][0]!.initializer).toBe([...model.graph.initializers][0]!.initializer);
});

test('what is captured by subgraphs comes along; what is not needed goes', () => {
  const g = graphBuilder();
  const [x, c, z] = [g.input('x', 'float32', [2]), g.input('c', 'bool', []), g.input('z', 'float32', [2])];
  const a = g.op('Relu', [x], undefined, { output: 'a' });
  const y = g.op('If', [c], { then_branch: g.subgraph('t', (b) => b.op('Neg', [a])), else_branch: g.subgraph('e', () => a) }, { output: 'y' });
  g.output(g.op('Add', [y, z]), 'out');
  expect(facts(extract(g.model(), { outputs: ['y'] }))).toEqual([['x', 'c'], ['Relu', 'If'], [], ['y']]);
  const cut = extract(g.model(), { inputs: ['a', 'c'], outputs: ['y'] });
  expect(facts(cut)).toEqual([['a', 'c'], ['If'], [], ['y']]);
  expect(brokenInvariants(cut)).toEqual([]);
  // A value may be both: passed through.
  expect(facts(extract(g.model(), { inputs: ['a'], outputs: ['a'] }))).toEqual([['a'], [], [], ['a']]);
});

test('a boundary that is none', () => {
  const g = graphBuilder();
  const [x, z] = [g.input('x', 'float32', [2]), g.input('z', 'float32', [2])];
  g.output(g.op('Add', [g.op('Relu', [x], undefined, { output: 'a' }), z]), 'y');
  expect(codeOf(() => extract(g.model(), { outputs: ['nowhere'] }))).toBe('onnx-io/no-value');
  expect(codeOf(() => extract(g.model(), { inputs: ['nowhere'], outputs: ['y'] }))).toBe('onnx-io/no-value');
  expect(codeOf(() => extract(g.model(), { inputs: ['a'], outputs: ['y'] }))).toBe('onnx-io/not-cut');
});
