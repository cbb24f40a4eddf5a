import type { Tensor } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { cloneModel } from './clone';
import * as edit from './edit';
import { brokenInvariants } from './invariants';
import type { Graph, Model } from './model';
import { orderedNodes } from './order';
import { allGraphs } from './walk';

const tensor: Tensor = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) };

function rich(): Model {
  const g = graphBuilder({ name: 'rich', doc: 'all kinds' });
  const x = g.input('x', 'float32', ['n', 2]);
  const w = g.constant('w', tensor);
  g.function({ domain: 'acme', name: 'Twice', inputs: ['a'], attributes: { k: edit.attr.int(1), need: undefined } }, (b, a) => b.op('Add', [a, a]));
  const y = g.op('acme:Twice', [g.op('Add', [x, w])], { need: 1 });
  const z = g.op('If', [g.input('c', 'bool', [])], {
    then_branch: g.subgraph('then', (b) =>
      b.op('If', [g.graph.inputs[1]!], { then_branch: b.subgraph('deep', (d) => d.op('Mul', [y, w])), else_branch: b.subgraph('deep', () => y) }),
    ),
    else_branch: g.subgraph('else', (b) => b.op('Mul', [x, b.constant('k', tensor)])),
  });
  g.output(z, 'z', { dims: ['n', 2] });
  edit.setMetadata(x, 'key', 'value');
  Object.assign(w, { quantization: new Map([['SCALE_TENSOR', x]]) });
  return g.model();
}
const shape = (model: Model): unknown =>
  [...allGraphs(model)].map((graph: Graph) => ({
    name: graph.name,
    inputs: graph.inputs.map(({ name, type, metadata }) => [name, type, [...metadata]]),
    outputs: graph.outputs.map(({ name }) => name),
    initializers: [...graph.initializers].map(({ name }) => name),
    nodes: orderedNodes(graph).map((node) => [
      node.name,
      node.opType,
      node.domain,
      node.inputs.map((v) => v?.name),
      node.outputs.map((v) => v?.name),
      [...node.attributes.keys()],
    ]),
    parent: graph.parent?.name,
  }));

test('a clone is the same model in other objects, with the same weights', () => {
  const model = rich();
  const copy = cloneModel(model);
  expect(shape(copy)).toEqual(shape(model));
  expect(brokenInvariants(copy)).toEqual([]);
  const mine = new Set<unknown>([...allGraphs(model)].flatMap((g) => [g, ...g.nodes, ...g.inputs, ...g.initializers]));
  for (const graph of allGraphs(copy)) for (const thing of [graph, ...graph.nodes, ...graph.inputs, ...graph.initializers]) expect(mine.has(thing)).toBe(false);
  const weight = [...copy.graph.initializers][0]!;
  expect(weight.initializer).toBe(tensor);
  expect(weight.quantization!.get('SCALE_TENSOR')).toBe(copy.graph.inputs[0]);
  expect([...copy.functions.values()][0]!.attributes.get('k')).toEqual({ kind: 'int', value: 1 });
});

test('what happens to a clone does not happen to the original', () => {
  const model = rich();
  const before = JSON.stringify(shape(model));
  const copy = cloneModel(model);
  edit.setOpset(copy, '', 22);
  edit.setMetadata(copy.graph.inputs[0]!, 'key', 'other');
  for (const graph of allGraphs(copy)) for (const node of graph.nodes) edit.setAttribute(node, 'extra', edit.attr.int(1));
  for (const graph of allGraphs(copy)) for (const value of [...graph.outputs]) edit.insertAfter(value, { opType: 'Identity' });
  expect(JSON.stringify(shape(model))).toBe(before);
  expect(model.opsets.get('')).toBe(21);
  expect(brokenInvariants(copy)).toEqual([]);
});

test('the origin goes with a clone until it is edited', () => {
  const model = rich();
  Object.assign(model, { origin: { path: 'a.onnx' } });
  const copy = cloneModel(model);
  expect(copy.origin).toEqual({ path: 'a.onnx' });
  edit.setIrVersion(copy, 9);
  expect([copy.origin, model.origin]).toEqual([undefined, { path: 'a.onnx' }]);
});
