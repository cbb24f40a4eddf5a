import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import * as edit from './edit';
import { freshName, functionKey, graphAddress, keyOf, opKey } from './names';
import { allNodes } from './walk';

test('operators are named with their domain', () => {
  expect(opKey({ domain: '', opType: 'Conv' })).toBe('Conv');
  expect(opKey({ domain: 'ai.onnx', opType: 'Conv' })).toBe('Conv');
  expect(opKey({ domain: 'com.microsoft', opType: 'Gelu' })).toBe('com.microsoft:Gelu');
  expect(functionKey('d', 'F')).toBe('d:F');
  expect(functionKey('d', 'F', 'o')).toBe('d:F:o');
});

test('a node is addressed by its name, or by op and first output where that is not unique; owners come first', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const c = g.input('c', 'bool', []);
  const a = g.op('Relu', [x], undefined, { name: 'relu', output: 'a' });
  const b = g.op('Relu', [a], undefined, { name: '', output: 'b' });
  const y = g.op(
    'If',
    [c],
    {
      then_branch: g.subgraph('t', (s) => s.op('Neg', [b], undefined, { name: 'neg' })),
      else_branch: g.subgraph('e', (s) => s.op('Abs', [b], undefined, { name: '', output: 'q' })),
    },
    { name: '', output: 'y' },
  );
  g.function({ domain: 'd', name: 'F', inputs: ['p'] }, (f, p) => f.op('Exp', [p], undefined, { name: 'exp' }));
  const keys = () => [...allNodes(g.model())].map(keyOf);
  expect(keys()).toEqual(['relu', 'Relu->b', 'If->y', 'If->y/then_branch/neg', 'If->y/else_branch/Abs->q', 'fn:d:F/exp']);
  edit.renameNode(b.producer!, 'relu');
  expect(keys().slice(0, 2)).toEqual(['Relu->a', 'Relu->b']);
  edit.renameNode(a.producer!, 'first');
  expect(keys().slice(0, 2)).toEqual(['first', 'relu']);
  edit.renameNode(y.producer!, 'choose');
  expect(keys()[3]).toBe('choose/then_branch/neg');
  const many = edit.addSubgraph(g.graph);
  edit.addNode(many, { opType: 'Neg', inputs: [x], name: 'inner' });
  edit.addNode(g.graph, { opType: 'Custom', domain: 'z', inputs: [], name: 'z', attributes: { bodies: edit.attr.graphs([many]) } });
  expect(graphAddress(many)).toBe('z/bodies.0/');
});

test('fresh names are never given twice, and cost the same the thousandth time', () => {
  const g = graphBuilder();
  g.input('x', 'float32', [2]);
  const model = g.model();
  expect([freshName(model, 'x'), freshName(model, 'x'), freshName(model, 'y'), freshName(model, 'x_1')]).toEqual(['x_1', 'x_2', 'y', 'x_1_1']);
  const names = new Set(Array.from({ length: 50_000 }, () => freshName(model, 'scale')));
  expect(names.size).toBe(50_000);
  expect(names.has('scale_49999')).toBe(true);
});
