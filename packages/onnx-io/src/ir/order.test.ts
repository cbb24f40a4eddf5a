import { isModelDietError } from '@modeldiet/numfmt';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import * as edit from './edit';
import type { Node } from './model';
import { orderedNodes } from './order';
import { nestedGraphs } from './walk';

const names = (nodes: readonly Node[]): string[] => nodes.map(({ name }) => name);

test('an untouched graph keeps its own order', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const a = g.op('Relu', [x], undefined, { name: 'a' });
  const b = g.op('Neg', [x], undefined, { name: 'b' });
  g.op('Add', [b, a], undefined, { name: 'c' });
  g.op('Abs', [x], undefined, { name: 'd' });
  expect(names(orderedNodes(g.graph))).toEqual(['a', 'b', 'c', 'd']);
});

test('producers come first, through subgraphs and their outputs too', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const c = g.input('c', 'bool', []);
  const first = g.op('Identity', [x], undefined, { name: 'first' });
  g.op('If', [c], { then_branch: g.subgraph('t', (b) => b.op('Neg', [first])), else_branch: g.subgraph('e', () => first) }, { name: 'if' });
  edit.insertAfter(first, { opType: 'Abs', name: 'late' });
  expect(names(orderedNodes(g.graph))).toEqual(['first', 'late', 'if']);
  // A body that puts an outer value out depends on who makes it.
  const other = edit.addNode(g.graph, { opType: 'Exp', inputs: [x], name: 'last' });
  const body = [...nestedGraphs(g.graph)][1]!;
  edit.setOutputs(body, [other.outputs[0]!]);
  expect(names(orderedNodes(g.graph))).toEqual(['first', 'late', 'last', 'if']);
});

test('a cycle is an error that names a node of it', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const a = g.op('Add', [x, x], undefined, { name: 'a' });
  const b = g.op('Relu', [a], undefined, { name: 'b' });
  edit.setInput(a.producer!, 1, b);
  try {
    orderedNodes(g.graph);
    expect.unreachable();
  } catch (e) {
    expect(isModelDietError(e) && [e.code, e.where.node]).toEqual(['onnx-io/cycle', 'a']);
  }
});

test('any order of insertion gives producers first', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 60 }), (picks) => {
      const g = graphBuilder();
      const values = [g.input('x', 'float32', [2])];
      for (const [i, j] of picks) values.push(g.op('Add', [values[i % values.length]!, values[j % values.length]!]));
      // Nodes inserted behind old values must still come before their readers.
      for (const [, , k] of picks) edit.insertAfter(values[k % values.length]!, { opType: 'Relu' });
      const order = orderedNodes(g.graph);
      expect(order).toHaveLength(g.graph.nodes.size);
      const done = new Set<Node>();
      for (const node of order) {
        for (const value of node.inputs) if (value?.producer) expect(done.has(value.producer)).toBe(true);
        done.add(node);
      }
    }),
    { numRuns: 50, seed: 3 },
  );
});
