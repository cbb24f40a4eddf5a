import { readFileSync } from 'node:fs';
import { allGraphs, attr, definedValues, edit, graphBuilder, inlineBranch, loadModel, type Model, type Value, type ValueType } from '@modeldiet/onnx-io';
import { describe, expect, it } from 'vitest';
import type { OpTable } from '../facts';
import { table } from '../table';
import { inferShapes } from './infer';
import { copyMemory, type ShapeMemory, shapeMemory } from './memory';

/** The standard facts, and which ops' rules were asked. */
function counted(): { readonly ops: OpTable; readonly asked: string[] } {
  const asked: string[] = [];
  const ops = Object.fromEntries(
    Object.entries(table).map(([key, facts]) => [
      key,
      {
        ...facts,
        shape: (...args: Parameters<typeof facts.shape>) => {
          asked.push(key);
          return facts.shape(...args);
        },
      },
    ]),
  );
  return { ops, asked };
}

/** Names of unknown extents by their first appearance: those of two inferences may differ. */
function anonymous(types: readonly (ValueType | undefined)[]): string {
  const names = new Map<string, string>();
  const named = JSON.stringify(types).replace(/\?\d+/g, (name) => {
    if (!names.has(name)) names.set(name, `?#${names.size}`);
    return names.get(name)!;
  });
  // Factors come in the order of their names.
  return named.replace(/\?#\d+(\*\?#\d+)+/g, (product) => product.split('*').sort().join('*'));
}
const values = (model: Model): Value[] => [...allGraphs(model)].flatMap((graph) => [...definedValues(graph)]);
function same(model: Model, memory: ShapeMemory): void {
  const [again, fresh] = [inferShapes(model, { memory }), inferShapes(model)];
  expect(anonymous(values(model).map((value) => again.of(value)))).toBe(anonymous(values(model).map((value) => fresh.of(value))));
  expect(anonymous(values(model).map((value) => again.elements(value) as never))).toBe(anonymous(values(model).map((value) => fresh.elements(value) as never)));
  expect(again.unresolved).toEqual(fresh.unresolved);
}

/** conv -> reshape by its own shape -> relu, with one extent that data decide. */
function small() {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['batch', 4, 'h']);
  const [turned] = [g.op('Transpose', [x], { perm: [0, 2, 1] })];
  const size = g.op('Gather', [g.op('Shape', [turned]), g.constant('at', [1n])], { axis: 0 });
  const flat = g.op('Reshape', [turned, g.op('Concat', [size, g.constant('rest', [-1n])], { axis: 0 })]);
  const hits = g.op('NonZero', [flat]);
  g.output(g.op('Relu', [flat]), 'y');
  g.output(g.op('Cast', [hits], { to: 1 }), 'z');
  const node = (opType: string) => [...g.model().graph.nodes].find((each) => each.opType === opType)!;
  return { model: g.model(), node };
}

describe('a memory', () => {
  it('asks no rule again where nothing changed, and gives the same', () => {
    const { model } = small();
    const { ops, asked } = counted();
    const memory = shapeMemory();
    const first = inferShapes(model, { memory, ops });
    expect(asked.length).toBe(model.graph.nodes.size);
    asked.length = 0;
    const second = inferShapes(model, { memory, ops });
    expect(asked).toEqual([]);
    expect(values(model).map((value) => second.of(value))).toEqual(values(model).map((value) => first.of(value)));
  });

  it('asks no further where a rule gives the same as before', () => {
    const { model, node } = small();
    const { ops, asked } = counted();
    const memory = shapeMemory();
    const first = inferShapes(model, { memory, ops });
    asked.length = 0;
    // Two transposes that come to the one before: the second is new to the memory, Shape and Reshape are asked because another value feeds them, Relu behind them is not.
    const turned = node('Transpose').outputs[0]!;
    const back = edit.addNode(model.graph, { opType: 'Transpose', inputs: [turned], attributes: { perm: attr.ints([0, 2, 1]) } });
    const again = edit.addNode(model.graph, { opType: 'Transpose', inputs: [back.outputs[0]], attributes: { perm: attr.ints([0, 2, 1]) } });
    for (const opType of ['Shape', 'Reshape']) edit.setInput(node(opType), 0, again.outputs[0]);
    const second = inferShapes(model, { memory, ops });
    expect(asked.sort()).toEqual(['Reshape', 'Shape', 'Transpose', 'Transpose']);
    expect(second.of(node('Relu').outputs[0]!)).toBe(first.of(node('Relu').outputs[0]!));
    same(model, shapeMemory());
  });

  it('knows the nodes of a branch that stands in the place of its If', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 2]);
    const branch = (name: string, opType: string) => g.subgraph(name, (b) => b.op('Softmax', [b.op(opType, [x])]));
    const y = g.op('If', [g.constant('c', { type: 'bool', dims: [], data: Uint8Array.of(1) })], {
      then_branch: branch('then', 'Relu'),
      else_branch: branch('else', 'Neg'),
    });
    g.output(y, 'y');
    const model = g.model();
    const { ops, asked } = counted();
    const memory = shapeMemory();
    inferShapes(model, { memory, ops });
    for (const [node, copy] of inlineBranch([...model.graph.nodes].find(({ opType }) => opType === 'If')!, true)) copyMemory(memory, node, copy);
    asked.length = 0;
    const shapes = inferShapes(model, { memory, ops });
    // The last one makes the graph output now, of which the file may say something else.
    expect(asked).toEqual(['Softmax']);
    expect(shapes.of(model.graph.outputs[0]!)).toMatchObject({ dtype: 'float32', shape: ['n', 2] });
    same(model, shapeMemory());
  });

  it('sees an attribute, an input, a declared type and a constant that changed', () => {
    const { model, node } = small();
    const memory = shapeMemory();
    same(model, memory);
    edit.setAttribute(node('Transpose'), 'perm', attr.ints([2, 0, 1]));
    same(model, memory);
    edit.setInput(node('Relu'), 0, node('Transpose').outputs[0]);
    same(model, memory);
    edit.setType(model.graph.inputs[0]!, { kind: 'tensor', dtype: 'float32', shape: [3, 4, 'w'] });
    same(model, memory);
    edit.setInitializer(node('Gather').inputs[1]!, { type: 'int64', dims: [1], data: BigInt64Array.of(2n) });
    same(model, memory);
    edit.setOpType(node('Relu'), 'Shape');
    same(model, memory);
  });

  it('never gives two unknown extents one name', () => {
    const { model, node } = small();
    const memory = shapeMemory();
    inferShapes(model, { memory });
    const more = edit.addNode(model.graph, { opType: 'NonZero', inputs: [node('Relu').outputs[0]!], outputs: ['more'] });
    const shapes = inferShapes(model, { memory });
    const extent = (value: Value | undefined) => {
      const type = value && shapes.of(value);
      return type?.kind === 'tensor' ? type.shape?.[1] : undefined;
    };
    expect(extent(more.outputs[0])).toMatch(/^\?\d+$/);
    expect(extent(more.outputs[0])).not.toBe(extent(node('NonZero').outputs[0]));
    same(model, memory);
  });

  it('lists what stays unresolved again', () => {
    const { model } = small();
    const node = edit.addNode(model.graph, { domain: 'own', opType: 'Odd', name: 'odd', inputs: [], outputs: ['o'] });
    edit.addNode(model.graph, { opType: 'Relu', name: 'after', inputs: [node.outputs[0]!], outputs: ['p'] });
    const memory = shapeMemory();
    const first = inferShapes(model, { memory }).unresolved;
    expect(first.length).toBe(2);
    expect(inferShapes(model, { memory }).unresolved).toEqual(first);
  });

  it.each(['bert-eager.ts.onnx', 'vit.dynamo.onnx', 'lstm-gru.dynamo.onnx', 'mobilenet.ts.onnx'])('%s: nodes taken out one after the other', async (file) => {
    const model = await loadModel(readFileSync(new URL(`../../../../fixtures/models/${file}`, import.meta.url)));
    const memory = shapeMemory();
    same(model, memory);
    const nodes = [...model.graph.nodes].filter((each) => each.inputs[0] && each.outputs.length === 1);
    for (const each of nodes.filter((_, i) => i % 17 === 0)) {
      const [output] = each.outputs;
      if (edit.outputCount(output!) > 0) continue;
      edit.replaceUses(output!, each.inputs[0]!);
      same(model, memory);
    }
  });
});
