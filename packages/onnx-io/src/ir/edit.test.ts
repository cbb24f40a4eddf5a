import { isModelDietError } from '@modeldiet/numfmt';
import type { Tensor } from '@modeldiet/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { cloneModel } from './clone';
import * as edit from './edit';
import { brokenInvariants } from './invariants';
import type { Graph, Model, Value } from './model';
import { orderedNodes } from './order';
import { nestedGraphs, scopes } from './walk';

const tensor: Tensor = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) };
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
};
/** x -> Relu -> a -> Neg -> y (output); If(c) { Abs(a) } else { a through an Identity } -> z (output); w is an initializer that nothing reads. */
function small() {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const c = g.input('c', 'bool', []);
  const w = g.constant('w', tensor);
  const a = g.op('Relu', [x], undefined, { output: 'a' });
  const y = g.output(g.op('Neg', [a]), 'y');
  const z = g.op(
    'If',
    [c],
    { then_branch: g.subgraph('then', (b) => b.op('Abs', [a], undefined, { output: 't' })), else_branch: g.subgraph('else', () => a) },
    { output: 'z' },
  );
  g.output(z);
  return { model: g.model(), graph: g.graph, x, c, w, a, y, z };
}
const body = (value: Value, name: string): Graph => {
  const attribute = value.producer!.attributes.get(name);
  if (attribute?.kind !== 'graph') throw new Error('no such body');
  return attribute.value;
};
const names = (values: readonly Value[]): string[] => values.map(({ name }) => name);

test('uses include those of subgraphs and go with their node', () => {
  const { model, graph, a, z } = small();
  expect(a.uses.size).toBe(3);
  expect(brokenInvariants(model)).toEqual([]);
  edit.setOutputs(graph, [graph.outputs[0]!]);
  edit.removeNode(z.producer!);
  expect(a.uses.size).toBe(1);
  expect(brokenInvariants(model)).toEqual([]);
  // The names of the removed subgraph are free again.
  expect(edit.addInput(graph, 't').name).toBe('t');
});

test('what is still read or put out cannot be removed', () => {
  const { graph, x, a, y, w } = small();
  expect(codeOf(() => edit.removeNode(a.producer!))).toBe('onnx-io/still-used');
  expect(codeOf(() => edit.removeNode(y.producer!))).toBe('onnx-io/still-used');
  expect(codeOf(() => edit.removeValue(x))).toBe('onnx-io/still-used');
  expect(codeOf(() => edit.removeValue(a))).toBe('onnx-io/still-used');
  edit.removeValue(w);
  expect([...graph.initializers]).toEqual([]);
  expect(codeOf(() => edit.setInitializer(a, tensor))).toBe('onnx-io/wrong-graph');
});

test('a value that only a subgraph puts out is protected', () => {
  const { model, graph, z } = small();
  const outer = edit.addNode(graph, { opType: 'Exp', inputs: [graph.inputs[0]] });
  edit.setOutputs(body(z, 'else_branch'), [outer.outputs[0]!]);
  expect(outer.outputs[0]!.uses.size).toBe(0);
  expect(codeOf(() => edit.removeNode(outer))).toBe('onnx-io/still-used');
  // Replaced, it is put out through an Identity of the subgraph.
  edit.replaceValue(outer.outputs[0]!, graph.inputs[0]!);
  expect(body(z, 'else_branch').outputs[0]!.producer!.opType).toBe('Identity');
  edit.removeNode(outer);
  expect(brokenInvariants(model)).toEqual([]);
});

test('names: taken ones, shadowing in both directions, siblings, twice in one call', () => {
  const { model, graph, z } = small();
  const then = body(z, 'then_branch');
  expect(codeOf(() => edit.addInput(graph, 'a'))).toBe('onnx-io/duplicate-name');
  expect(codeOf(() => edit.addInput(graph, 't'))).toBe('onnx-io/duplicate-name');
  expect(codeOf(() => edit.addInitializer(then, 'x', tensor))).toBe('onnx-io/duplicate-name');
  expect(edit.addInitializer(body(z, 'else_branch'), 't', tensor).name).toBe('t');
  expect(codeOf(() => edit.addNode(graph, { opType: 'Split', inputs: [graph.inputs[0]], outputs: ['p', 'p'] }))).toBe('onnx-io/duplicate-name');
  expect(codeOf(() => edit.renameValue(graph.inputs[0]!, 'y'))).toBe('onnx-io/duplicate-name');
  edit.renameValue(graph.inputs[0]!, 'image');
  expect(edit.addInput(graph, 'x').name).toBe('x');
  const fresh = edit.freshName(model, 'x');
  expect(fresh).toBe('x_1');
  expect(edit.addInput(graph, fresh).name).toBe('x_1');
  expect(codeOf(() => edit.addInput(graph, fresh))).toBe('onnx-io/duplicate-name');
  // A name that a node got by itself is taken for everyone.
  const auto = edit.addNode(graph, { opType: 'Neg', inputs: [graph.inputs[0]] }).outputs[0]!;
  expect(codeOf(() => edit.addInput(graph, auto.name))).toBe('onnx-io/duplicate-name');
});

test('inputs: places, visibility', () => {
  const { graph, a, y, z } = small();
  const node = y.producer!;
  expect(codeOf(() => edit.setInput(node, 3, a))).toBe('onnx-io/edit-range');
  expect(codeOf(() => edit.setInput(node, -1, a))).toBe('onnx-io/edit-range');
  const inner = body(z, 'then_branch').outputs[0]!;
  expect(codeOf(() => edit.setInput(node, 0, inner))).toBe('onnx-io/wrong-graph');
  expect(codeOf(() => edit.setInputs(node, [inner]))).toBe('onnx-io/wrong-graph');
  expect(codeOf(() => edit.addOutput(graph, inner))).toBe('onnx-io/wrong-graph');
  expect(codeOf(() => edit.replaceUses(a, small().a))).toBe('onnx-io/wrong-graph');
  edit.setInput(node, 1, a);
  edit.setInputs(node, [undefined, a]);
  expect(node.inputs).toEqual([undefined, a]);
  edit.setInputs(node, [a]);
  expect(brokenInvariants(graph.model)).toEqual([]);
  expect(codeOf(() => edit.insertBefore(node, 4, { opType: 'Neg' }))).toBe('onnx-io/edit-range');
});

test('replaceUses moves nothing when one use cannot see the new value', () => {
  const { model, a, z } = small();
  const then = body(z, 'then_branch');
  const before = a.uses.size;
  expect(codeOf(() => edit.replaceUses(a, then.outputs[0]!))).toBe('onnx-io/wrong-graph');
  expect(a.uses.size).toBe(before);
  expect(brokenInvariants(model)).toEqual([]);
});

test('replaceValue: the name of a graph output stays, by moving or through an Identity', () => {
  const { model, graph, x, a, y } = small();
  edit.replaceValue(y, a);
  expect(names(graph.outputs)).toEqual(['y', 'z']);
  expect(graph.outputs[0]).toBe(a);
  edit.removeNode(y.producer!);
  edit.replaceValue(a, x);
  expect(names(graph.outputs)).toEqual(['y', 'z']);
  expect(graph.outputs[0]!.producer!.opType).toBe('Identity');
  edit.removeNode(a.producer!);
  expect(brokenInvariants(model)).toEqual([]);
  expect(codeOf(() => edit.replaceValue(x, x))).toBe('no error');
});

test('a graph input that is an output of the same graph keeps both: nothing can take its place there', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  g.output(x);
  const y = g.op('Relu', [x]);
  g.output(y, 'y');
  expect(codeOf(() => edit.replaceValue(x, y))).toBe('onnx-io/output-is-input');
  expect(codeOf(() => edit.insertAfter(x, { opType: 'Neg' }))).toBe('onnx-io/output-is-input');
  const neg = edit.insertAfter(x, { opType: 'Neg' }, () => true);
  expect(y.producer!.inputs[0]).toBe(neg.outputs[0]);
  expect(names(g.graph.outputs)).toEqual(['x', 'y']);
});

test('insertAfter and insertBefore', () => {
  const { model, graph, x, a, y } = small();
  const cast = edit.insertAfter(a, { opType: 'Cast', attributes: { to: edit.attr.int(1) } });
  expect(a.uses.size).toBe(1);
  expect(cast.outputs[0]!.uses.size).toBe(3);
  const after = edit.insertAfter(y, { opType: 'Round', outputs: [{ name: 'rounded' }] });
  expect(names(graph.outputs)).toEqual(['y', 'z']);
  expect(graph.outputs[0]).toBe(after.outputs[0]);
  const before = edit.insertBefore(y.producer!, 0, { opType: 'Clip', inputs: (value) => [value, undefined, x] });
  expect(y.producer!.inputs[0]).toBe(before.outputs[0]);
  expect(orderedNodes(graph).map(({ opType }) => opType)).toEqual(['Relu', 'Cast', 'Clip', 'Neg', 'If', 'Round']);
  expect(brokenInvariants(model)).toEqual([]);
});

test('constants move between Constant node and initializer in place', () => {
  const { model, graph, w } = small();
  const user = edit.addNode(graph, { opType: 'Neg', inputs: [w] });
  const node = edit.initializerToConstant(w);
  expect([w.initializer, w.producer, graph.initializers.size]).toEqual([undefined, node, 0]);
  expect(brokenInvariants(model)).toEqual([]);
  expect(edit.constantToInitializer(node)).toBe(w);
  expect([w.initializer, user.inputs[0], w.type]).toEqual([tensor, w, { kind: 'tensor', dtype: 'float32', shape: [2] }]);
  expect(brokenInvariants(model)).toEqual([]);
  expect(codeOf(() => edit.constantToInitializer(user))).toBe('onnx-io/not-constant');
  expect(codeOf(() => edit.initializerToConstant(graph.inputs[0]!))).toBe('onnx-io/not-constant');
  const fn = edit.addFunction(model, { domain: 'd', name: 'F', opsets: model.opsets });
  expect(codeOf(() => edit.addInitializer(fn, 'k', tensor))).toBe('onnx-io/no-initializers');
  const inner = edit.addNode(fn, { opType: 'Constant', inputs: [], attributes: { value: edit.attr.tensor(tensor) } });
  expect(codeOf(() => edit.constantToInitializer(inner))).toBe('onnx-io/no-initializers');
});

test('a node whose outputs are known goes, and they stay as initializers', () => {
  const { model, graph, x } = small();
  const split = edit.addNode(graph, { opType: 'Split', inputs: [x], outputs: ['p', 'q', 'r'] });
  const [p, q, r] = split.outputs as Value[];
  const reader = edit.addNode(graph, { opType: 'Add', inputs: [p, q] });
  expect(codeOf(() => edit.replaceByConstants(split, [tensor]))).toBe('onnx-io/still-used');
  edit.replaceByConstants(split, [tensor, tensor]);
  expect([p!.initializer, q!.initializer, r!.uses.size, reader.inputs, x.uses.size]).toEqual([tensor, tensor, 0, [p, q], 1]);
  expect(brokenInvariants(model)).toEqual([]);
  expect(edit.addInput(graph, 'r').name).toBe('r');
});

test('initializers that are inputs; types; optional outputs', () => {
  const { graph, x, w, y } = small();
  edit.setInitializer(x, tensor);
  expect(graph.initializers.has(x)).toBe(true);
  edit.setInitializer(x, undefined);
  expect([x.initializer, graph.initializers.has(x)]).toEqual([undefined, false]);
  expect(codeOf(() => edit.setInitializer(w, undefined))).toBe('onnx-io/still-used');
  const extra = edit.addInput(graph, 'default');
  expect(codeOf(() => edit.fixInitializer(extra))).toBe('onnx-io/not-constant');
  edit.setInitializer(extra, tensor);
  edit.fixInitializer(extra);
  expect([graph.inputs.includes(extra), graph.initializers.has(extra)]).toEqual([false, true]);
  edit.setType(y, undefined);
  expect(y.type).toBeUndefined();
  const mask = edit.addNodeOutput(y.producer!, 'extra')!;
  expect(codeOf(() => edit.addNodeOutput(y.producer!, 'extra'))).toBe('onnx-io/duplicate-name');
  expect(codeOf(() => edit.removeNodeOutput(y.producer!, 0))).toBe('onnx-io/still-used');
  expect(codeOf(() => edit.removeNodeOutput(y.producer!, 2))).toBe('onnx-io/edit-range');
  edit.removeNodeOutput(y.producer!, 1);
  expect(y.producer!.outputs).toEqual([y]);
  expect(mask.uses.size).toBe(0);
  edit.orderInputs(graph, [...graph.inputs].reverse());
  expect(names(graph.inputs)).toEqual(['c', 'x']);
  expect(codeOf(() => edit.orderInputs(graph, [x, x]))).toBe('onnx-io/edit-range');
});

test('subgraphs: pending ones see, take names, and have one owner', () => {
  const { model, graph, x, c } = small();
  const sub = edit.addSubgraph(graph, 'body');
  const v = edit.addNode(sub, { opType: 'Neg', inputs: [x], outputs: ['inner'] }).outputs[0]!;
  edit.addOutput(sub, v);
  expect(codeOf(() => edit.addInput(graph, 'inner'))).toBe('onnx-io/duplicate-name');
  const other = edit.addSubgraph(graph);
  const branch = { then_branch: edit.attr.graph(sub), else_branch: edit.attr.graph(sub) };
  expect(codeOf(() => edit.addNode(graph, { opType: 'If', inputs: [c], attributes: branch }))).toBe('onnx-io/wrong-graph');
  expect(codeOf(() => edit.addNode(sub, { opType: 'If', inputs: [c], attributes: { then_branch: edit.attr.graph(other) } }))).toBe('onnx-io/wrong-graph');
  edit.addNode(other, { opType: 'Abs', inputs: [x], outputs: ['inner'] });
  const node = edit.addNode(graph, { opType: 'If', inputs: [c], attributes: { then_branch: edit.attr.graph(sub), else_branch: edit.attr.graph(other) } });
  expect(brokenInvariants(model)).toEqual([]);
  expect(codeOf(() => edit.discardSubgraph(sub))).toBe('onnx-io/wrong-graph');
  const [taken] = edit.takeSubgraphs(node, 'then_branch');
  expect([...scopes(taken!)]).toEqual([sub, graph]);
  const uses = x.uses.size;
  edit.discardSubgraph(taken!);
  expect(x.uses.size).toBe(uses - 1);
  edit.setAttribute(node, 'else_branch', undefined);
  expect(brokenInvariants(model)).toEqual([]);
  expect(codeOf(() => edit.takeSubgraphs(node, 'else_branch'))).toBe('onnx-io/edit-range');
});

test('functions are added and removed', () => {
  const { model, graph, x } = small();
  const fn = edit.addFunction(model, { domain: 'd', name: 'F', opsets: new Map([['', 21]]) });
  edit.addOutput(fn, edit.addNode(fn, { opType: 'Neg', inputs: [edit.addInput(fn, 'x')] }).outputs[0]!);
  const call = edit.addNode(graph, { opType: 'F', domain: 'd', inputs: [x] });
  expect(codeOf(() => edit.addFunction(model, { domain: 'd', name: 'F', opsets: new Map() }))).toBe('onnx-io/duplicate-name');
  expect(codeOf(() => edit.removeFunction(fn))).toBe('onnx-io/still-used');
  edit.removeNode(call);
  edit.removeFunction(fn);
  expect(model.functions.size).toBe(0);
  expect(brokenInvariants(model)).toEqual([]);
});

test('training bindings follow a renamed value of their own graph only', () => {
  const { model, graph, w } = small();
  const bindings = new Map([['w', 'w_new']]);
  (model.training as unknown[]).push({ metadata: new Map(), unknown: [], initializationBinding: new Map(), updateBinding: bindings });
  const fn = edit.addFunction(model, { domain: 'd', name: 'F', opsets: model.opsets });
  edit.renameValue(edit.addInput(fn, 'w'), 'v');
  expect([...bindings]).toEqual([['w', 'w_new']]);
  edit.renameValue(w, 'weight');
  expect([...bindings]).toEqual([['weight', 'w_new']]);
  expect(graph.initializers.has(w)).toBe(true);
});

test('any edit drops the origin', () => {
  const { model, y } = small();
  Object.assign(model, { origin: { path: 'm.onnx' } });
  edit.setDoc(y, 'the answer');
  expect(model.origin).toBeUndefined();
  edit.setDoc(y, undefined);
  edit.setMetadata(model, 'k', 'v');
  edit.setMetadata(model, 'gone', undefined);
  edit.setIrVersion(model, 9);
  edit.setProducer(model, 'p', '1');
  edit.setOpset(model, 'd', 2);
  edit.setOpset(model, '', undefined);
  edit.renameGraph(model.graph, 'g');
  edit.setOpType(y.producer!, 'Abs');
  expect([model.metadata.get('k'), model.irVersion, model.producer.name, [...model.opsets], model.graph.name, y.producer!.opType, y.doc]).toEqual([
    'v',
    9,
    'p',
    [['d', 2]],
    'g',
    'Abs',
    undefined,
  ]);
});

/** One random edit; what an edit refuses with a typed error counts as nothing done. */
function randomEdit(model: Model, pick: (n: number) => number): void {
  const graphs = [...nestedGraphs(model.graph)];
  const graph = graphs[pick(graphs.length)]!;
  const values = [...scopes(graph)].flatMap((scope) => [
    ...scope.inputs,
    ...scope.initializers,
    ...[...scope.nodes].flatMap((node) => node.outputs.filter((v) => v !== undefined)),
  ]);
  const value = (): Value => values[pick(values.length)]!;
  const nodes = [...graph.nodes];
  const node = nodes[pick(Math.max(1, nodes.length))];
  const name = ['p', 'q', 'r', '', ''][pick(5)]!;
  const actions: (() => void)[] = [
    () => edit.addNode(graph, { opType: 'Op', inputs: [value(), value()], outputs: [name, ''] }),
    () => edit.addInitializer(graph, name || edit.freshName(model, 'w'), tensor),
    () => edit.addInput(graph, name || edit.freshName(model, 'in')),
    () => edit.replaceValue(value(), value()),
    () => edit.replaceUses(value(), value()),
    () => edit.insertAfter(value(), { opType: 'Op' }),
    () => node && edit.insertBefore(node, 0, { opType: 'Op' }),
    () => node && edit.removeNode(node),
    () => node && edit.setInput(node, pick(3), value()),
    () => node && edit.setInputs(node, [value()]),
    () => node && edit.setInputs(node, []),
    () => edit.removeValue(value()),
    () => edit.renameValue(value(), name || edit.freshName(model, 'n')),
    () => edit.addOutput(graph, value()),
    () => edit.setOutputs(graph, [value()]),
    () => edit.initializerToConstant(value()),
    () => node && edit.constantToInitializer(node),
    () => node && edit.removeNodeOutput(node, 1),
    () => {
      const sub = edit.addSubgraph(graph);
      edit.addOutput(sub, edit.addNode(sub, { opType: 'Op', inputs: [value()], outputs: [name] }).outputs[0]!);
      edit.addNode(graph, { opType: 'If', inputs: [value()], attributes: { body: edit.attr.graph(sub) } });
    },
    () => node && edit.setAttribute(node, 'body', undefined),
    () => node && edit.renameNode(node, name),
  ];
  try {
    actions[pick(actions.length)]!();
  } catch (e) {
    if (!isModelDietError(e)) throw e;
  }
}

test('after any sequence of edits, use-def, names and parents are exact, and a clone has the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e6), { minLength: 20, maxLength: 200 }), (numbers) => {
      const { model } = small();
      let i = 0;
      const pick = (n: number): number => (numbers[i++ % numbers.length]! + i) % n;
      while (i < numbers.length) {
        randomEdit(model, pick);
        const wrong = brokenInvariants(model);
        if (wrong.length > 0) throw new Error(wrong.join('; '));
      }
      const copy = cloneModel(model);
      const wrong = brokenInvariants(copy);
      if (wrong.length > 0) throw new Error(`clone: ${wrong.join('; ')}`);
      expect([...nestedGraphs(copy.graph)].map((g) => [g.nodes.size, names(g.inputs), names(g.outputs), g.initializers.size])).toEqual(
        [...nestedGraphs(model.graph)].map((g) => [g.nodes.size, names(g.inputs), names(g.outputs), g.initializers.size]),
      );
    }),
    { numRuns: 60, seed: 7 },
  );
});

// No clock is asserted: on a busy machine it says nothing. Anything quadratic here is 4e10 steps, which the timeout ends.
test('a chain of 200,000 nodes: edits, order and clone in linear time, no stack overflow', { timeout: 180_000 }, () => {
  const g = graphBuilder();
  let v = g.input('x', 'float32', [2]);
  const n = 200_000;
  const nodes = Array.from({ length: n }, () => {
    const node = edit.addNode(g.graph, { opType: 'Relu', inputs: [v] });
    v = node.outputs[0]!;
    return node;
  });
  edit.addOutput(g.graph, v);
  // Half of the nodes go.
  for (let i = 0; i < n; i += 2) {
    const node = nodes[i]!;
    edit.replaceValue(node.outputs[0]!, node.inputs[0]!);
    edit.removeNode(node);
  }
  expect(orderedNodes(g.graph)).toHaveLength(n / 2);
  const copy = cloneModel(g.model());
  expect(copy.graph.nodes.size).toBe(n / 2);
  // A link at each end and in the middle; the whole is checked on small graphs above.
  const copied = orderedNodes(copy.graph);
  for (const i of [0, n / 4, n / 2 - 2]) expect(copied[i + 1]!.inputs[0]).toBe(copied[i]!.outputs[0]);
});
