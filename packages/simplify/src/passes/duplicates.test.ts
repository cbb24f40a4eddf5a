import { edit } from '@modeldiet/onnx-io';
import { lazyTensor, type Tensor } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { build, runPass } from '../testing';
import { mergeDuplicates, mergeEqualWeights } from './duplicates';

const vector = (...values: number[]): Tensor<'float32'> => ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });

test('the same op on the same inputs is computed once, chains included', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    const branch = () => g.op('Elu', [g.op('Neg', [x])], { alpha: 0.5 });
    g.output(g.op('Add', [branch(), branch()]), 'y');
  });
  expect((await runPass(mergeDuplicates, model)).ops).toEqual(['Neg', 'Elu', 'Add']);
});

test('what differs in an attribute, an input, the outputs asked for, or is random, stays', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [4]);
    const a = g.op('Elu', [x], { alpha: 0.5 });
    const b = g.op('Elu', [x], { alpha: 0.25 });
    const c = g.op('Sub', [a, b]);
    const d = g.op('Sub', [b, a]);
    const [e] = g.op('Split', [x], { num_outputs: 2 }, { outputs: [undefined, 'e'] });
    const [f] = g.op('Split', [x], { num_outputs: 2 }, { outputs: ['f', undefined] });
    const noise = [g.op('RandomNormalLike', [x]), g.op('RandomNormalLike', [x])];
    g.output(g.op('Concat', [c, d, e!, f!, ...noise], { axis: 0 }), 'y');
  });
  expect((await runPass(mergeDuplicates, model)).changed).toEqual([]);
});

test('calls of a function that draws at random, and operators that nobody knows, stay; calls of others are merged', async () => {
  const write = (random: boolean) =>
    build(
      (g) => {
        g.function({ domain: 'own', name: 'Inner', inputs: ['v'] }, (b, v) => (random ? b.op('RandomNormalLike', [v!]) : b.op('Neg', [v!])));
        g.function({ domain: 'own', name: 'Noise', inputs: ['v'] }, (b, v) => b.op('Add', [v!, b.op('own:Inner', [v!])]));
        const x = g.input('x', 'float32', [4]);
        g.output(g.op('Sub', [g.op('own:Noise', [x]), g.op('own:Noise', [x])]), 'y');
      },
      { opsets: { own: 1 } },
    );
  expect((await runPass(mergeDuplicates, write(true))).ops).toEqual(['own:Noise', 'own:Noise', 'Sub']);
  expect((await runPass(mergeDuplicates, write(false))).ops).toEqual(['own:Noise', 'Sub']);
  const odd = build((g) => void g.input('x', 'float32', [4]), { opsets: { acme: 1 } });
  const made = [1, 2].map(() => edit.addNode(odd.graph, { domain: 'acme', opType: 'Noise', inputs: [odd.graph.inputs[0]!] }).outputs[0]!);
  edit.addOutput(odd.graph, edit.addNode(odd.graph, { opType: 'Sub', inputs: made }).outputs[0]!);
  expect((await runPass(mergeDuplicates, odd)).ops).toEqual(['acme:Noise', 'acme:Noise', 'Sub']);
});

test('two graph outputs of the same keep both names', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [2]);
    g.output(g.op('Relu', [x]), 'a');
    g.output(g.op('Relu', [x]), 'b');
    const inner = g.op('Neg', [x]);
    g.output(g.op('Neg', [x]), 'c');
    g.output(g.op('Abs', [inner]), 'd');
  });
  const { outputs, ops, skipped } = await runPass(mergeDuplicates, model);
  expect(outputs).toEqual(['a', 'b', 'c', 'd']);
  expect([...ops].sort()).toEqual(['Abs', 'Neg', 'Relu', 'Relu']);
  expect(skipped.map(({ code }) => code)).toEqual(['simplify/carries-output']);
});

test('equal weights are stored once, lazy ones too; uniform, different and overridable ones stay', async () => {
  const model = build((g) => {
    const x = g.input('x', 'float32', [3]);
    const same = vector(1, 2, 3);
    const a = g.constant('a', same);
    const b = g.constant('b', vector(1, 2, 3));
    const c = g.constant('c', vector(9, 9, 9));
    edit.setInitializer(
      c,
      lazyTensor('float32', [3], async () => vector(1, 2, 3)),
    );
    const d = g.constant('d', vector(1, 2, 4));
    const zeros = [g.constant('z1', vector(...new Array(16).fill(0))), g.constant('z2', vector(...new Array(16).fill(0)))];
    const scalars = [g.constant('s1', vector(5)), g.constant('s2', vector(5))];
    const fed = g.input('fed', 'float32', [3]);
    edit.setInitializer(fed, vector(1, 2, 3));
    g.output(g.op('Sum', [x, a, b, c, d, fed, ...scalars]), 'y');
    g.output(g.op('Add', [zeros[0]!, zeros[1]!]), 'z');
  });
  const { model: out, changed } = await runPass(mergeEqualWeights, model);
  expect(changed.map(({ node, what }) => [node, what])).toEqual([
    ['b', "removed: the same as 'a'"],
    ['c', "removed: the same as 'a'"],
    ['s2', "removed: the same as 's1'"],
  ]);
  expect([...out.graph.initializers].map(({ name }) => name)).toEqual(['a', 'd', 'z1', 'z2', 's1', 'fed']);
});
