import { isModelDietError } from '@modeldiet/numfmt';
import { attr, edit, graphBuilder, type Model } from '@modeldiet/onnx-io';
import { lazyTensor, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { interpret } from './interpret';
import { kernels } from './kernels';

const floats = (...values: number[]): Tensor => tensor('float32', Float32Array.from(values));
const code = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    if (isModelDietError(error)) return error.code;
    throw error;
  }
  return 'none';
};

describe('interpret', () => {
  const affine = (): Model => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n']);
    const doubled = g.op('Mul', [x, g.constant('two', [2])], undefined, { output: 'doubled' });
    g.output(g.op('Add', [doubled, g.constant('one', [1])]), 'y');
    g.output(g.op('Neg', [x]), 'z');
    return g.model();
  };

  it('gives the outputs, or the values that are asked for', () => {
    const { graph } = affine();
    expect(interpret(graph, { x: floats(1, 2) })).toEqual({ y: floats(3, 5), z: floats(-1, -2) });
    expect(interpret(graph, { x: floats(1, 2) }, { fetches: ['doubled'] })).toEqual({ doubled: floats(2, 4) });
  });
  it('takes values in the middle as feeds, and runs only what is needed', () => {
    const { graph } = affine();
    const only = { Add: kernels.Add! };
    expect(interpret(graph, { doubled: floats(10) }, { fetches: ['y'], kernels: only })).toEqual({ y: floats(11) });
  });
  it('computes in the element type of the model, in double precision inside', () => {
    const g = graphBuilder();
    g.output(g.op('ReduceSum', [g.input('x', 'float32', ['n'])], { keepdims: 0 }), 'y');
    const x = tensor('float32', Float32Array.of(1e8, 1, 1, 1, 1, -1e8));
    expect((interpret(g.model().graph, { x }).y as Tensor).data).toEqual(Float32Array.of(4));
  });
  it('runs subgraphs that see the values around them, and functions with the attributes of the call', () => {
    const g = graphBuilder();
    g.function({ domain: 'local', name: 'Leak', inputs: ['a', 'b'], attributes: { alpha: attr.float(0.5) } }, (b, a) =>
      b.op('LeakyRelu', [a!], { alpha: attr.ref('alpha', 'float') }),
    );
    const x = g.input('x', 'float32', [2]);
    const y = g.op('local:Leak', [x], { alpha: 0.25 });
    g.output(
      g.op('If', [g.input('c', 'bool', [])], {
        then_branch: g.subgraph('then', (b) => b.op('Add', [y, x])),
        else_branch: g.subgraph('else', (b) => b.op('local:Leak', [x])),
      }),
      'y',
    );
    const run = (c: number) => (interpret(g.model().graph, { x: floats(-4, 4), c: tensor('bool', Uint8Array.of(c), []) }).y as Tensor).data;
    expect(run(1)).toEqual(Float32Array.of(-5, 8));
    expect(run(0)).toEqual(Float32Array.of(-2, 4));
  });
});

describe('errors', () => {
  const single = (op: string, inputs: readonly string[], attributes: Parameters<typeof edit.addNode>[1]['attributes'] = {}): Model => {
    const g = graphBuilder();
    const values = inputs.map((name) => g.input(name, 'float32'));
    g.output(edit.addNode(g.model().graph, { opType: op, inputs: values, outputs: ['o'], attributes }).outputs[0]!, 'y');
    return g.model();
  };
  it('ops/missing-feed, ops/unknown-feed, ops/unknown-fetch', () => {
    const { graph } = single('Relu', ['x']);
    expect(code(() => interpret(graph, {}))).toBe('ops/missing-feed');
    expect(code(() => interpret(graph, { x: floats(1), w: floats(1) }))).toBe('ops/unknown-feed');
    expect(code(() => interpret(graph, { x: floats(1) }, { fetches: ['q'] }))).toBe('ops/unknown-fetch');
  });
  it('ops/no-kernel', () => {
    expect(code(() => interpret(single('NoSuchOp', ['x']).graph, { x: floats(1) }))).toBe('ops/no-kernel');
  });
  it('ops/weight-not-loaded', () => {
    const g = graphBuilder();
    const w = edit.addInitializer(
      g.model().graph,
      'w',
      lazyTensor('float32', [1], async () => tensor('float32', Float32Array.of(1))),
    );
    g.output(g.op('Relu', [w]), 'y');
    expect(code(() => interpret(g.model().graph, {}))).toBe('ops/weight-not-loaded');
  });
  it('ops/bad-input', () => {
    expect(code(() => interpret(single('MatMul', ['a', 'b']).graph, { a: floats(1, 2), b: floats(1, 2, 3) }))).toBe('ops/bad-input');
    expect(code(() => interpret(single('Relu', ['x']).graph, { x: [floats(1)] }))).toBe('ops/bad-input');
  });
  it('ops/bad-attribute', () => {
    expect(code(() => interpret(single('Softmax', ['x'], { axis: attr.int(5) }).graph, { x: floats(1, 2) }))).toBe('ops/bad-attribute');
  });
  it('ops/unsupported-type', () => {
    expect(code(() => interpret(single('Exp', ['x']).graph, { x: tensor('int64', BigInt64Array.of(1n)) }))).toBe('ops/unsupported-type');
  });
  it('ops/recursive-function', () => {
    const g = graphBuilder();
    const fn = g.function({ domain: 'local', name: 'Again', inputs: ['a'] }, (b, a) => b.op('Relu', [a!]));
    const inner = [...fn.nodes][0]!;
    edit.setOpType(inner, 'Again', 'local');
    g.output(g.op('local:Again', [g.input('x', 'float32', [1])]), 'y');
    expect(code(() => interpret(g.model().graph, { x: floats(1) }))).toBe('ops/recursive-function');
  });
  it('ops/loop-limit', () => {
    const g = graphBuilder();
    const [last] = g.op(
      'Loop',
      [undefined, undefined, g.input('x', 'float32', [1])],
      {
        body: g.subgraph('body', (b) => {
          b.input('i', 'int64', []);
          const c = b.input('c', 'bool', []);
          return [b.op('Identity', [c]), b.op('Identity', [b.input('s', 'float32', [1])])];
        }),
      },
      { outputs: 1 },
    );
    g.output(last!, 'y');
    const fast = { ...kernels, Identity: (_node: unknown, [x]: readonly unknown[]) => [x] as never };
    expect(code(() => interpret(g.model().graph, { x: floats(1) }, { kernels: fast }))).toBe('ops/loop-limit');
  });
});
