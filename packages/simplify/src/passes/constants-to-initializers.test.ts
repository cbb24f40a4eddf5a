import { edit } from '@modeldiet/onnx-io';
import { expect, test } from 'vitest';
import { build, runPass } from '../testing';
import { constantsToInitializers } from './constants-to-initializers';

const two = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;

test('every form of Constant becomes an initializer of the same name, in subgraphs too', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    const y = g.op('Add', [x, g.op('Constant', [], { value: two }, { output: 'c' })]);
    const z = g.op('Mul', [y, g.op('Constant', [], { value_float: 0.5 }, { output: 'half' })]);
    const body = g.subgraph('then', (b) => b.op('Add', [z, b.op('Constant', [], { value_floats: [1, 2] }, { output: 'inner' })]));
    g.output(
      g.op('If', [g.op('Constant', [], { value: { type: 'bool', dims: [], data: Uint8Array.of(1) } }, { output: 'yes' })], {
        then_branch: body,
        else_branch: g.subgraph('else', () => z),
      }),
      'out',
    );
  });
  const { model: out, ops, changed, skipped } = await runPass(constantsToInitializers, model);
  expect(ops).toEqual(['Add', 'Mul', 'If']);
  expect([...out.graph.initializers].map(({ name, initializer }) => [name, initializer])).toEqual([
    ['c', two],
    ['half', { type: 'float32', dims: [], data: Float32Array.of(0.5) }],
    ['yes', { type: 'bool', dims: [], data: Uint8Array.of(1) }],
  ]);
  const body = [...out.graph.nodes].find(({ opType }) => opType === 'If')!.attributes.get('then_branch')!;
  expect(body.kind === 'graph' && [...body.value.initializers].map(({ name }) => name)).toEqual(['inner']);
  expect([changed.length, skipped]).toEqual([4, []]);
});

test('what cannot become one says why', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    g.function({ domain: 'd', name: 'F', inputs: ['a'] }, (b, a) => b.op('Add', [a, b.constant('k', two)]));
    const sparse = { type: 'sparse', dims: [4], values: two, indices: { type: 'int64', dims: [2], data: BigInt64Array.of(0n, 3n) } } as const;
    const s = g.op('Constant', [], { sparse_value: sparse });
    g.output(g.op('d:F', [g.op('Add', [x, s])]), 'y');
    g.output(g.op('Constant', [], { value: two }), 'k');
    g.op('Constant', [], {});
  });
  const { skipped, changed } = await runPass(constantsToInitializers, model);
  expect(skipped.map(({ code }) => code).sort()).toEqual(['simplify/in-function', 'simplify/is-output', 'simplify/not-constant', 'simplify/not-representable']);
  expect(changed).toEqual([]);
});

test('a model before IR 4 is raised, and its weights leave the inputs', async () => {
  const model = build(
    (g) => {
      const x = g.input('x', 'float32', [2]);
      const w = g.input('w', 'float32', [2]);
      edit.setInitializer(w, two);
      g.output(g.op('Mul', [g.op('Add', [x, w]), g.op('Constant', [], { value: two })]), 'y');
    },
    { opset: 9, irVersion: 3 },
  );
  const { model: out } = await runPass(constantsToInitializers, model);
  expect([out.irVersion, out.graph.inputs.map(({ name }) => name), out.graph.initializers.size]).toEqual([4, ['x'], 2]);
});
