import { edit } from '@modeldiet/onnx-io';
import { expect, test } from 'vitest';
import { simplify } from '../simplify';
import { build, runPass } from '../testing';
import { stripMetadata } from './metadata';

const model = () => {
  const made = build(
    (g) => {
      const x = g.input('x', 'float32', [2]);
      g.output(g.op('Relu', [x], undefined, { doc: 'a relu' }), 'y');
      edit.setMetadata(x, 'pkg.torch', 'a stack trace');
      edit.setDoc(g.graph, 'a graph');
    },
    { doc: 'a model' },
  );
  edit.setMetadata(made, 'licence', 'MIT');
  return made;
};

test('notes of graphs, nodes and values go; those of the model stay', async () => {
  const { model: out, changed } = await runPass(stripMetadata, model());
  const [node] = out.graph.nodes;
  expect([out.doc, out.metadata.size, out.graph.doc, node!.doc, out.graph.inputs[0]!.metadata.size]).toEqual(['a model', 1, undefined, undefined, 0]);
  expect(changed).toEqual([{ node: 'Relu_y', opType: 'Relu', what: 'its notes are removed' }]);
});

test('only when asked for', async () => {
  expect((await simplify(model())).model.graph.doc).toBe('a graph');
  expect((await simplify(model(), { passes: ['metadata'] })).model.graph.doc).toBeUndefined();
});
