import { edit } from '@modeldiet/onnx-io';
import { expect, test } from 'vitest';
import { build, runPass } from '../testing';
import { removeDeadCode } from './dead-code';

const two = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;

test('chains, initializers and functions that nothing reads go; inputs stay', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    g.input('unused', 'float32', [2]);
    const w = g.constant('w', two);
    g.function({ domain: 'd', name: 'Inner', inputs: ['a'] }, (b, a) => b.op('Neg', [a]));
    g.function({ domain: 'd', name: 'Outer', inputs: ['a'] }, (b, a) => b.op('d:Inner', [a]));
    g.op('d:Outer', [g.op('Add', [x, w])]);
    g.output(g.op('Relu', [x]), 'y');
  });
  const { model: out, ops, changed } = await runPass(removeDeadCode, model);
  expect([ops, out.functions.size, out.graph.initializers.size]).toEqual([['Relu'], 0, 0]);
  expect(out.graph.inputs.map(({ name }) => name)).toEqual(['x', 'unused']);
  expect(changed.map(({ opType }) => opType)).toEqual(['Outer', 'Add', 'initializer', 'function', 'function']);
});

test('what only a subgraph reads or puts out stays; what a dead subgraph read goes', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    const c = g.input('c', 'bool', []);
    const read = g.op('Relu', [x]);
    const lost = g.op('Abs', [x]);
    g.output(g.op('If', [c], { then_branch: g.subgraph('t', (b) => b.op('Neg', [read])), else_branch: g.subgraph('e', () => x) }), 'y');
    g.op('If', [c], { then_branch: g.subgraph('t2', (b) => b.op('Neg', [lost])), else_branch: g.subgraph('e2', (b) => b.op('Sin', [x])) });
  });
  const { ops, model: out } = await runPass(removeDeadCode, model);
  expect(ops).toEqual(['Relu', 'If']);
  expect(out.graph.inputs[0]!.uses.size).toBe(2);
});

test('dead nodes inside of a living body go too', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    const c = g.input('c', 'bool', []);
    const then = g.subgraph('t', (b) => {
      b.op('Exp', [b.op('Sin', [x])]);
      return b.op('Neg', [x]);
    });
    g.output(g.op('If', [c], { then_branch: then, else_branch: g.subgraph('e', () => x) }), 'y');
  });
  const { changed } = await runPass(removeDeadCode, model);
  expect(changed.map(({ opType }) => opType)).toEqual(['Exp', 'Sin']);
});

test('values that only names refer to stay: quantization parameters, what training updates', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    const scale = g.constant('scale', two);
    g.constant('step', two);
    Object.assign(x, { quantization: new Map([['SCALE_TENSOR', scale]]) });
    g.output(g.op('Relu', [x]), 'y');
  });
  (model.training as unknown[]).push({ metadata: new Map(), unknown: [], initializationBinding: new Map(), updateBinding: new Map([['step', 'y']]) });
  const { model: out, changed } = await runPass(removeDeadCode, model);
  expect([changed, [...out.graph.initializers].map(({ name }) => name)]).toEqual([[], ['scale', 'step']]);
});

test('a dead chain of 100,000 nodes goes in one pass', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    let v = x;
    for (let i = 0; i < 100_000; i++) v = edit.addNode(g.graph, { opType: 'Relu', inputs: [v] }).outputs[0]!;
    g.output(g.op('Neg', [x]), 'y');
  });
  const { ops, changed } = await runPass(removeDeadCode, model);
  expect([ops, changed.length]).toEqual([['Neg'], 100_000]);
});
