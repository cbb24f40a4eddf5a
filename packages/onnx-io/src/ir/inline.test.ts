import { isModelDietError } from '@modeldiet/numfmt';
import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { checkModel } from '../check';
import { loadModel } from '../load';
import { saveModel } from '../save';
import * as edit from './edit';
import { inlineBranch, inlineFunction, inlineFunctions } from './inline';
import { brokenInvariants } from './invariants';
import { writable } from './make';
import type { Model } from './model';
import { orderedNodes } from './order';

const ops = (model: Model): string[] => orderedNodes(model.graph).map(({ opType }) => opType);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
};

function model() {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const c = g.input('c', 'bool', []);
  g.function({ domain: 'd', name: 'Inner', inputs: ['a', 'b'], attributes: { slope: edit.attr.float(0.25) } }, (f, a, b) =>
    f.op('Add', [f.op('LeakyRelu', [a], { alpha: edit.attr.ref('slope', 'float') }), f.op('Clip', [a, b])]),
  );
  g.function({ domain: 'd', name: 'Outer', inputs: ['a', 'c'], attributes: { k: undefined } }, (f, a, cond) => {
    const t = f.op('d:Inner', [a], { slope: edit.attr.ref('k', 'float') });
    return f.op('If', [cond], { then_branch: f.subgraph('then', (s) => s.op('Mul', [t, s.op('Neg', [a])])), else_branch: f.subgraph('else', () => t) });
  });
  const y = g.op('d:Outer', [x, c], { k: 0.5 }, { name: 'first' });
  g.output(g.op('d:Outer', [y, c], { k: 0.75 }, { name: 'second' }), 'y', { dtype: 'float32', dims: [2] });
  return g.model();
}

test('functions are inlined, calls within them and subgraphs too; attributes go where they are referred to', () => {
  const m = model();
  expect(inlineFunctions(m)).toBe(4);
  expect(m.functions.size).toBe(0);
  expect(ops(m)).toEqual(['LeakyRelu', 'Clip', 'Add', 'If', 'LeakyRelu', 'Clip', 'Add', 'If']);
  expect(
    orderedNodes(m.graph)
      .filter(({ opType }) => opType === 'LeakyRelu')
      .map((n) => n.attributes.get('alpha')),
  ).toEqual([
    { kind: 'float', value: 0.5 },
    { kind: 'float', value: 0.75 },
  ]);
  expect(m.graph.outputs.map(({ name }) => name)).toEqual(['y']);
  expect(brokenInvariants(m)).toEqual([]);
  expect(checkModel(m).filter(({ severity }) => severity === 'error')).toEqual([]);
  // an input that the call left out stays left out
  expect(orderedNodes(m.graph)[1]!.inputs[1]).toBeUndefined();
});

test('one call at a time: the default of an attribute, names with the call in front', () => {
  const m = model();
  const call = edit.addNode(m.graph, { opType: 'Inner', domain: 'd', name: 'lone', inputs: [m.graph.inputs[0]] });
  edit.addOutput(m.graph, call.outputs[0]!);
  inlineFunction(call);
  const made = [...m.graph.nodes].filter(({ name }) => name.startsWith('lone/'));
  expect(made.map(({ opType }) => opType)).toEqual(['LeakyRelu', 'Clip', 'Add']);
  expect(made[0]!.attributes.get('alpha')).toEqual({ kind: 'float', value: 0.25 });
  expect(m.graph.outputs.map(({ name }) => name)).toEqual(['y', 'Inner_output'].map((name, i) => (i ? m.graph.outputs[1]!.name : name)));
  expect(codeOf(() => inlineFunction(made[0]!))).toBe('onnx-io/no-function');
});

test('a function of another opset is inlined where its operators are the same, else refused', () => {
  for (const [opset, op, code] of [
    [20, 'Relu', 'no error'],
    [11, 'Softmax', 'onnx-io/opset-differs'],
  ] as const) {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [2, 2]);
    const fn = edit.addFunction(g.model(), {
      domain: 'd',
      name: 'F',
      opsets: new Map([
        ['', opset],
        ['extra', 3],
      ]),
    });
    const a = edit.addInput(fn, 'a');
    const inner = edit.addNode(fn, { opType: 'Thing', domain: 'extra', inputs: [a] }).outputs[0]!;
    edit.addOutput(fn, edit.addNode(fn, { opType: op, inputs: [inner] }).outputs[0]!);
    g.output(g.op('d:F', [x]), 'y');
    expect(codeOf(() => inlineFunctions(g.model()))).toBe(code);
    if (code === 'no error') expect(g.model().opsets.get('extra')).toBe(3);
  }
});

test('recursion is refused', () => {
  const g = graphBuilder();
  const fn = edit.addFunction(g.model(), { domain: 'd', name: 'F', opsets: new Map([['d', 1]]) });
  edit.addOutput(fn, edit.addNode(fn, { opType: 'F', domain: 'd', inputs: [edit.addInput(fn, 'a')] }).outputs[0]!);
  g.output(g.op('d:F', [g.input('x', 'float32', [1])]), 'y');
  expect(codeOf(() => inlineFunctions(g.model()))).toBe('onnx-io/recursion');
});

test('a branch in the place of its If: nodes, constants, and an outer value that is a graph output', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const c = g.input('c', 'bool', []);
  const bodies = {
    then_branch: g.subgraph('then', (b) => b.op('Add', [x, b.constant('k', { type: 'float32', dims: [2], data: Float32Array.of(1, 2) })])),
    else_branch: g.subgraph('else', () => x),
  };
  const y = g.output(g.op('If', [c], bodies, { name: 'if' }), 'y');
  const other = edit.addNode(g.graph, { opType: 'Relu', inputs: [x] });
  expect(codeOf(() => inlineBranch(other, true))).toBe('onnx-io/no-function');
  inlineBranch(y.producer!, true);
  expect(ops(g.model())).toEqual(['Relu', 'Add']);
  expect([...g.graph.initializers].map(({ name }) => name)).toEqual(['if/k']);
  expect(g.graph.outputs.map(({ name }) => name)).toEqual(['y']);
  expect(brokenInvariants(g.model())).toEqual([]);
});

test('what a file says beside the graph goes with the nodes of a branch', async () => {
  const g = graphBuilder();
  const [x, c] = [g.input('x', 'float32', [2]), g.input('c', 'bool', [])];
  const body = (name: string) =>
    g.subgraph(name, (b) => {
      const scale = b.constant('scale', { type: 'float32', dims: [], data: Float32Array.of(0.5) });
      const a = b.op('Neg', [x], {}, { output: 'a' });
      edit.setMetadata(a.producer!, 'source', 'line 7');
      edit.setDoc(a.producer!, 'turns it');
      writable(a).quantization = new Map([['SCALE_TENSOR', scale]]);
      return b.op('Relu', [a]);
    });
  const y = g.output(g.op('If', [c], { then_branch: body('then'), else_branch: body('else') }, { name: 'if' }), 'y');
  inlineBranch(y.producer!, true);
  const neg = [...g.graph.nodes].find(({ opType }) => opType === 'Neg')!;
  expect([neg.doc, [...neg.metadata]]).toEqual(['turns it', [['source', 'line 7']]]);
  expect(neg.outputs[0]!.quantization?.get('SCALE_TENSOR')).toBe([...g.graph.initializers].find(({ name }) => name === 'if/scale'));
  const again = await loadModel((await saveModel(g.model())).bytes);
  expect([...again.graph.nodes].find(({ opType }) => opType === 'Neg')!.metadata.get('source')).toBe('line 7');
});
