import { isModelDietError } from '@modeldiet/numfmt';
import { attr, edit, graphBuilder, type Model, type Value, type ValueType } from '@modeldiet/onnx-io';
import { tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { table } from '../table';
import { inferShapes } from './infer';

const shapeOf = (type: ValueType | undefined): readonly (number | string)[] | undefined => (type?.kind === 'tensor' ? type.shape : undefined);
const outputs = (model: Model, dims?: Record<string, number>) => {
  const shapes = inferShapes(model, { ...(dims && { dims }) });
  return model.graph.outputs.map((value) => shapeOf(shapes.of(value)));
};

describe('symbols', () => {
  it('come out as expressions', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['batch', 3, 'h', 'w']);
    const w = g.constant('w', tensor('float32', new Float32Array(8 * 3 * 9), [8, 3, 3, 3]));
    const c = g.op('Conv', [x, w], { strides: [2, 2], pads: [1, 1, 1, 1] });
    g.output(c, 'c');
    g.output(g.op('Flatten', [c]), 'f');
    expect(outputs(g.model())).toEqual([
      ['batch', 8, 'floor((h+1)/2)', 'floor((w+1)/2)'],
      ['batch', '8*floor((h+1)/2)*floor((w+1)/2)'],
    ]);
    expect(outputs(g.model(), { batch: 2, h: 5, w: 8 })).toEqual([
      [2, 8, 3, 4],
      [2, 96],
    ]);
  });

  it('follow shape arithmetic through small tensors', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['batch', 'seq', 96]);
    const shape = g.op('Shape', [x]);
    const int64 = (...values: number[]) => tensor('int64', BigInt64Array.from(values, BigInt), values.length === 1 ? [] : [values.length]);
    const at = (i: number) => g.op('Unsqueeze', [g.op('Gather', [shape, int64(i)]), [0n]]);
    const heads = g.op('Concat', [at(0), at(1), g.constant('heads', [4n, -1n])], { axis: 0 });
    g.output(g.op('Reshape', [x, heads]), 'y');
    const half = g.op('Div', [at(1), g.constant('two', [2n])]);
    g.output(g.op('ConstantOfShape', [g.op('Concat', [at(0), half], { axis: 0 })]), 'z');
    expect(outputs(g.model())).toEqual([
      ['batch', 'seq', 4, 24],
      ['batch', 'floor(seq/2)'],
    ]);
  });

  it('are fresh where an extent depends on data', () => {
    const g = graphBuilder();
    const hits = g.op('NonZero', [g.input('x', 'float32', ['n', 4])]);
    g.output(hits, 'hits');
    g.output(g.op('Transpose', [hits]), 't');
    const [a, b] = outputs(g.model());
    expect(a![0]).toBe(2);
    expect(a![1]).toMatch(/^\?\d+$/);
    expect(b).toEqual([a![1], 2]);
  });

  it('that differ may each be 1 in a broadcast', () => {
    const g = graphBuilder();
    g.output(g.op('Add', [g.input('a', 'float32', ['m', 3]), g.input('b', 'float32', ['n', 1])]), 'y');
    const [y] = outputs(g.model());
    expect(y![0]).toMatch(/^\?\d+$/);
    expect(y![1]).toBe(3);
  });

  it('of odd names can be bound', () => {
    const g = graphBuilder();
    g.output(g.op('Concat', [g.input('a', 'float32', ['a dim', 2]), g.input('b', 'float32', ['a dim', 2])], { axis: 0 }), 'y');
    expect(outputs(g.model())).toEqual([["2*'a dim'", 2]]);
    expect(outputs(g.model(), { 'a dim': 7 })).toEqual([[14, 2]]);
  });
});

describe('dims', () => {
  const model = (): Model => {
    const g = graphBuilder();
    g.output(g.op('Relu', [g.input('x', 'float32', ['batch'])]), 'y');
    return g.model();
  };
  const code = (f: () => unknown): string => {
    try {
      f();
    } catch (error) {
      if (isModelDietError(error)) return error.code;
    }
    return 'none';
  };
  it('refuses a name that nothing has: ops/unknown-dim', () => {
    expect(code(() => inferShapes(model(), { dims: { bach: 1 } }))).toBe('ops/unknown-dim');
  });
  it('refuses what is no extent: ops/bad-dim', () => {
    expect(code(() => inferShapes(model(), { dims: { batch: -1 } }))).toBe('ops/bad-dim');
    expect(code(() => inferShapes(model(), { dims: { batch: 1.5 } }))).toBe('ops/bad-dim');
  });
});

describe('values', () => {
  it('are constant where they follow from shapes', () => {
    const g = graphBuilder();
    const y = g.output(g.op('Mul', [g.op('Shape', [g.input('x', 'float32', [2, 5])]), g.constant('k', [3n])]), 'y');
    const shapes = inferShapes(g.model());
    expect(shapes.constant(y)).toEqual(tensor('int64', BigInt64Array.of(6n, 15n)));
    expect(shapes.elements(y)).toEqual({ dims: [2], data: [6, 15] });
  });
  it('Clip by one bound keeps the other side open', () => {
    const g = graphBuilder();
    const x = g.constant('x', [-1, 0.5, 2]);
    const bound = (name: string, value: number) => g.constant(name, tensor('float32', Float32Array.of(value), []));
    g.output(g.op('Clip', [x, bound('low', 0)]), 'raised');
    g.output(g.op('Clip', [x, undefined, bound('high', 1)]), 'lowered');
    const model = g.model();
    const shapes = inferShapes(model);
    expect(model.graph.outputs.map((value) => Array.from(shapes.constant(value)!.data, Number))).toEqual([
      [0, 0.5, 2],
      [-1, 0.5, 1],
    ]);
  });

  it('are left unknown where an integer would wrap, and where 0 times an unknown float may be NaN', () => {
    const g = graphBuilder();
    const wide = g.op('Cast', [g.op('Cast', [g.constant('x', [300n])], { to: 2 })], { to: 7 });
    g.output(wide, 'wrapped');
    g.output(g.op('Mul', [g.input('f', 'float32', [2]), g.constant('zero', [0, 0])]), 'product');
    g.output(g.op('Mul', [g.input('n', 'int64', [2]), g.constant('none', [0n, 0n])]), 'counted');
    const model = g.model();
    const shapes = inferShapes(model);
    expect(model.graph.outputs.map((value) => shapes.constant(value) && Array.from(shapes.constant(value)!.data, Number))).toEqual([
      undefined,
      undefined,
      [0, 0],
    ]);
  });

  it('are not taken from initializers that may be fed', () => {
    const g = graphBuilder();
    const target = g.input('target', 'int64', [2]);
    edit.setInitializer(target, tensor('int64', BigInt64Array.of(3n, 4n)));
    const y = g.output(g.op('Reshape', [g.input('x', 'float32', [12]), target]), 'y');
    const shape = shapeOf(inferShapes(g.model()).of(y));
    expect(shape).toHaveLength(2);
    expect(shape!.every((dim) => typeof dim === 'string')).toBe(true);
  });
});

describe('integers that a double does not hold, or that wrap', () => {
  const known = (opType: string, dtype: 'int64' | 'int32', a: bigint, b: bigint) => {
    const g = graphBuilder();
    const [x, y] = [a, b].map((n) => tensor(dtype, (dtype === 'int64' ? BigInt64Array.of(n) : Int32Array.of(Number(n))) as never, [1]));
    const result = g.output(g.op(opType, [g.constant('a', x!), g.constant('b', y!)]), 'y');
    return inferShapes(g.model()).constant(result)?.data[0];
  };
  it('are no known result', () => {
    expect(known('Equal', 'int64', 2n ** 53n + 1n, 2n ** 53n)).toBeUndefined();
    expect(known('Sub', 'int64', 2n ** 53n + 1n, 1n)).toBeUndefined();
    expect(known('Less', 'int64', 2n ** 62n, 2n ** 62n + 1n)).toBeUndefined();
    expect(known('Add', 'int32', 2n ** 31n - 1n, 1n)).toBeUndefined();
    expect(known('Mul', 'int32', 2n ** 30n, 4n)).toBeUndefined();
  });
  it('up to there they are', () => {
    expect(known('Sub', 'int64', 2n ** 53n - 1n, 1n)).toBe(2n ** 53n - 2n);
    expect(known('Less', 'int64', 3n, 2n ** 53n - 1n)).toBe(1);
    expect(known('Add', 'int32', 2n ** 31n - 2n, 1n)).toBe(2 ** 31 - 1);
    expect(known('Min', 'int64', 7n, 2n ** 63n - 1n)).toBe(7n);
  });
  it('a power with a negative exponent is an integer too', () => {
    const power = (a: bigint, b: bigint) => known('Pow', 'int64', a, b);
    expect([power(2n, -1n), power(-2n, -3n), power(1n, -5n), power(-1n, -1n), power(-1n, -2n), power(3n, 3n)]).toEqual([0n, 0n, 1n, -1n, 1n, 27n]);
    expect(power(0n, -1n)).toBeUndefined();
    expect(power(3n, 2n ** 62n)).toBeUndefined();
  });
  it('a product of floats of which one is infinite is no extent', () => {
    const g = graphBuilder();
    const y = g.output(g.op('ReduceProd', [g.constant('x', [0, Infinity])]), 'y');
    expect(Array.from(inferShapes(g.model()).constant(y)?.data ?? [Number.NaN], Number)).toEqual([Number.NaN]);
  });
  it('a scatter beyond its data says nothing', () => {
    const g = graphBuilder();
    const y = g.output(g.op('ScatterElements', [g.constant('x', [1n, 2n]), g.constant('at', [5n]), g.constant('by', [3n])]), 'y');
    expect(inferShapes(g.model()).constant(y)).toBeUndefined();
  });
});

describe('subgraphs', () => {
  const branches = (condition: 'known' | 'fed') => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 4]);
    const c = condition === 'fed' ? g.input('c', 'bool', []) : g.constant('c', tensor('bool', Uint8Array.of(0), []));
    const y = g.op('If', [c], {
      then_branch: g.subgraph('then', (b) => b.op('Relu', [x])),
      else_branch: g.subgraph('else', (b) => b.op('Concat', [x, x], { axis: 1 })),
    });
    g.output(y, 'y');
    return g.model();
  };
  it('If: what both branches agree on, or the one that is taken', () => {
    const [open] = outputs(branches('fed'));
    expect(open![0]).toBe('n');
    expect(open![1]).toMatch(/^\?\d+$/);
    expect(outputs(branches('known'))).toEqual([['n', 8]]);
  });

  it('Loop: an extent that grows is unknown, the others and the trip count stay', () => {
    const g = graphBuilder();
    const trips = g.constant('trips', tensor('int64', BigInt64Array.of(5n), []));
    const start = g.input('s', 'float32', [1, 4]);
    const [last, scans] = g.op(
      'Loop',
      [trips, undefined, start],
      {
        body: g.subgraph('body', (b) => {
          b.input('i', 'int64', []);
          const goOn = b.input('c', 'bool', []);
          const grown = b.input('g', 'float32');
          const more = b.op('Concat', [grown, start], { axis: 0 });
          return [b.op('Identity', [goOn]), more, b.op('ReduceSum', [start, b.constant('axes', [0n])], { keepdims: 0 })];
        }),
      },
      { outputs: 2 },
    );
    g.output(last!, 'last');
    g.output(scans!, 'scans');
    const [a, b] = outputs(g.model());
    expect(a![0]).toMatch(/^\?\d+$/);
    expect(a![1]).toBe(4);
    expect(b).toEqual([5, 4]);
  });

  it('functions: each call on its own, attributes of the call filled in', () => {
    const g = graphBuilder();
    g.function({ domain: 'local', name: 'Twice', inputs: ['a'], attributes: { axis: undefined } }, (b, a) =>
      b.op('Concat', [a!, a!], { axis: attr.ref('axis', 'int') }),
    );
    const x = g.input('x', 'float32', ['n', 3]);
    g.output(g.op('local:Twice', [x], { axis: 0 }), 'rows');
    g.output(g.op('local:Twice', [x], { axis: 1 }), 'columns');
    expect(outputs(g.model())).toEqual([
      ['2*n', 3],
      ['n', 6],
    ]);
  });
});

describe('what is not known', () => {
  const unknownOp = (type?: ValueType): Model => {
    const g = graphBuilder({ opsets: { 'my.domain': 1 } });
    const model = g.model();
    const x = g.input('x', 'float32', ['n']);
    const node = edit.addNode(model.graph, {
      domain: 'my.domain',
      opType: 'Mystery',
      name: 'mystery',
      inputs: [x],
      outputs: [{ name: 'm', ...(type && { type }) }],
    });
    g.output(g.op('Relu', [node.outputs[0]!]), 'y');
    return model;
  };
  it('an unknown op stops nothing, and is listed', () => {
    const shapes = inferShapes(unknownOp());
    expect(shapes.unresolved.map(({ node, code }) => [node, code])).toEqual([
      ['mystery', 'ops/unknown-op'],
      [expect.stringContaining('Relu'), 'ops/unknown-rank'],
    ]);
  });
  it('the file is asked where nothing can be inferred', () => {
    expect(outputs(unknownOp({ kind: 'tensor', dtype: 'float32', shape: ['n', 7] }))).toEqual([['n', 7]]);
  });
  it('the file is not asked where something can', () => {
    const g = graphBuilder();
    const y = g.output(g.op('Relu', [g.input('x', 'float32', ['n', 3])]), 'y', { dtype: 'float32', dims: [1, 5] });
    expect(shapeOf(inferShapes(g.model()).of(y))).toEqual(['n', 3]);
  });
  it('own facts can be given', () => {
    const model = unknownOp();
    const shapes = inferShapes(model, { ops: { ...table, 'my.domain:Mystery': table.Relu! } });
    expect(shapeOf(shapes.of(model.graph.outputs[0]!))).toEqual(['n']);
    expect(shapes.unresolved).toEqual([]);
  });
  it('a malformed node is listed, not thrown', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [2, 2]);
    const node = edit.addNode(g.model().graph, {
      opType: 'Einsum',
      name: 'odd',
      inputs: [x],
      outputs: ['e'],
      attributes: { equation: attr.string('...->...->') },
    });
    g.output(node.outputs[0]!, 'y');
    expect(() => inferShapes(g.model())).not.toThrow();
  });
});

describe('a node that makes no sense', () => {
  it.each<[string, (g: ReturnType<typeof graphBuilder>) => Value]>([
    ['a target of two thousand million extents', (g) => g.op('Reshape', [g.input('x', 'float32', [4]), g.input('to', 'int64', [2 ** 31 + 1])])],
    ['a negative extent', (g) => g.op('ConstantOfShape', [g.constant('to', [-3n])])],
    ['an axis that is not there', (g) => g.op('Transpose', [g.input('x', 'float32', [4, 5])], { perm: [0, 7] })],
  ])('%s: nothing is thrown, and no extent is wrong', (_, write) => {
    const g = graphBuilder();
    const y = g.output(write(g), 'y');
    for (const dim of shapeOf(inferShapes(g.model()).of(y)) ?? []) expect(typeof dim === 'string' || dim >= 0).toBe(true);
  });
});
