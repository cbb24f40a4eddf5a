import { conv, graphBuilder, linear, relu, sequential } from '@modeldiet/onnx-io';
import { tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { annotate } from './annotate';
import { costs } from './costs';
import { inferShapes } from './shapes/infer';

describe('costs', () => {
  it('of an MLP are the sizes of its layers', () => {
    const model = sequential([linear(64, 128), relu(), linear(128, 10)], { seed: 1 });
    const bound = costs(model, { dims: { batch: 2 } });
    expect(bound.macs).toBe(2 * (64 * 128 + 128 * 10));
    expect(bound.weightBytes).toBe(4 * (64 * 128 + 128 + 128 * 10 + 10));
    expect(bound.byNode).toHaveLength(3);
    expect(costs(model).macs).toBe('9472*batch');
  });

  it('of a convolution are output size times kernel', () => {
    const model = sequential([conv(3, 8, 3, { padding: 1, stride: 2 })], { input: { dims: ['batch', 3, 32, 32] }, seed: 1 });
    expect(costs(model, { dims: { batch: 1 } }).macs).toBe(16 * 16 * 8 * 3 * 9);
  });

  it('peak: the most that is alive at once, aliases and outputs minded', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [1000]);
    const a = g.op('Relu', [x]); // x, a alive: 8000
    const b = g.op('Concat', [a, a, a], { axis: 0 }); // x is done: a, b: 16000
    const c = g.op('Reshape', [b, g.constant('s', [3n, 1000n])]); // an alias of b
    g.output(g.op('ReduceSum', [c, g.constant('axes', [1n])]), 'y'); // b, y: 12012
    expect(costs(g.model()).peakActivationBytes).toBe(16000);
  });

  it('a loop counts its body for every trip, an If its dearer branch', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [2, 4]);
    const w = g.constant('w', tensor('float32', new Float32Array(16), [4, 4]));
    const trips = g.constant('trips', tensor('int64', BigInt64Array.of(5n), []));
    const [last] = g.op(
      'Loop',
      [trips, undefined, x],
      {
        body: g.subgraph('body', (b) => {
          b.input('i', 'int64', []);
          const goOn = b.input('go', 'bool', []);
          const state = b.input('s', 'float32', [2, 4]);
          return [b.op('Identity', [goOn]), b.op('MatMul', [state, w])];
        }),
      },
      { outputs: 1 },
    );
    g.output(
      g.op('If', [g.input('c', 'bool', [])], {
        then_branch: g.subgraph('then', (b) => b.op('MatMul', [b.op('MatMul', [last!, w]), w])),
        else_branch: g.subgraph('else', (b) => b.op('MatMul', [last!, w])),
      }),
      'y',
    );
    expect(costs(g.model()).macs).toBe(5 * 32 + 2 * 32);
  });

  it('intensity is MACs over bytes moved', () => {
    const g = graphBuilder();
    g.output(g.op('MatMul', [g.input('x', 'float32', [2, 4]), g.constant('w', tensor('float32', new Float32Array(16), [4, 4]))]), 'y');
    expect(costs(g.model()).byNode[0]!.intensity).toBe(32 / (32 + 64 + 32));
  });
});

describe('annotate', () => {
  it('gives a copy whose values carry their types', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['batch', 3]);
    g.output(g.op('Relu', [g.op('Concat', [x, x], { axis: 0 })]), 'y', { dims: undefined });
    const model = g.model();
    const typed = annotate(model, inferShapes(model));
    expect(typed).not.toBe(model);
    expect(typed.graph.outputs[0]!.type).toMatchObject({ kind: 'tensor', dtype: 'float32', shape: ['2*batch', 3] });
    expect([...typed.graph.nodes].map((node) => node.outputs[0]!.type)).toHaveLength(2);
  });
});
