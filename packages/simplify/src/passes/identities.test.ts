// One graph a rule: what goes, and the near miss that must stay.
import type { GraphBuilder, Value } from '@modeldiet/onnx-io';
import { interpret } from '@modeldiet/ops/reference';
import { expect, test } from 'vitest';
import { build, runPass } from '../testing';
import { removeDeadCode } from './dead-code';
import { removeIdentities } from './identities';

const shape = ['batch', 4, 6] as const;
/** Relu -> what `write` makes -> Neg: so neither end is a graph input or output. */
const between = (write: (g: GraphBuilder, x: Value) => Value, opset = 21) =>
  build(
    (g) => {
      const x = g.op('Relu', [g.input('x', 'float32', shape)]);
      g.output(g.op('Neg', [write(g, x)]), 'y');
    },
    { opset },
  );
const opsOf = async (write: (g: GraphBuilder, x: Value) => Value, opset = 21): Promise<string[]> =>
  (await runPass(removeIdentities, between(write, opset))).ops.slice(1, -1) as string[];
const ones = (...dims: number[]) => ({ type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1) }) as const;

const gone: Readonly<Record<string, (g: GraphBuilder, x: Value) => Value>> = {
  Identity: (g, x) => g.op('Identity', [x]),
  'two Identities': (g, x) => g.op('Identity', [g.op('Identity', [x])]),
  Dropout: (g, x) => g.op('Dropout', [x, 0.3]),
  'Dropout, training_mode false': (g, x) => g.op('Dropout', [x, 0.3, false]),
  'Cast to the same type': (g, x) => g.op('Cast', [x], { to: 1 }),
  'CastLike to the same type': (g, x) => g.op('CastLike', [x, 1]),
  'Transpose of nothing': (g, x) => g.op('Transpose', [x], { perm: [0, 1, 2] }),
  'Transpose and back': (g, x) => g.op('Transpose', [g.op('Transpose', [x], { perm: [0, 2, 1] })], { perm: [0, 2, 1] }),
  'Transpose by default, twice': (g, x) => g.op('Transpose', [g.op('Transpose', [x])]),
  'Reshape to the same shape': (g, x) => g.op('Reshape', [x, [0, 4, 6]]),
  'Reshape to the same shape by -1': (g, x) => g.op('Reshape', [x, [-1, 4, 6]]),
  'Reshape there and back': (g, x) => g.op('Reshape', [g.op('Reshape', [x, [-1, 24]]), [-1, 4, 6]]),
  'Unsqueeze and Squeeze': (g, x) => g.op('Squeeze', [g.op('Unsqueeze', [x, [1]]), [1]]),
  'Expand to the same shape': (g, x) => g.op('Expand', [x, [1, 4, 6]]),
  'Tile once': (g, x) => g.op('Tile', [x, [1, 1, 1]]),
  'Pad nothing': (g, x) => g.op('Pad', [x, [0, 0, 0, 0, 0, 0]]),
  'Slice all': (g, x) => g.op('Slice', [x, [0, 0], [4, 2 ** 40], [1, 0]]),
  'Concat of one': (g, x) => g.op('Concat', [x], { axis: 1 }),
  'Max of one': (g, x) => g.op('Max', [x]),
  'x + 0': (g, x) => g.op('Add', [x, 0]),
  '0 + x': (g, x) => g.op('Add', [0, x]),
  'x * ones': (g, x) => g.op('Mul', [x, ones(4, 6)]),
  'x / 1': (g, x) => g.op('Div', [x, ones(1)]),
  'x - 0': (g, x) => g.op('Sub', [x, 0]),
  'x ^ 1': (g, x) => g.op('Pow', [x, 1]),
  'Clip without bounds': (g, x) => g.op('Clip', [x]),
  'Relu of Relu': (g, x) => g.op('Relu', [x]),
  'Neg of Neg': (g, x) => g.op('Neg', [g.op('Neg', [x])]),
  'Cast to float64 and back': (g, x) => g.op('Cast', [g.op('Cast', [x], { to: 11 })], { to: 1 }),
};
test.each(Object.entries(gone))('gone: %s', async (_, write) => {
  const left = (await opsOf(write)).filter((op) => op !== 'Constant');
  // What a chain left unread is removed by the dead code pass.
  const model = between(write);
  const { model: out } = await runPass(removeIdentities, model);
  const neg = out.graph.outputs[0]!.producer!;
  expect(neg.inputs[0]!.producer?.inputs[0]?.name, left.join()).toBe('x');
});

const kept: Readonly<Record<string, readonly [write: (g: GraphBuilder, x: Value) => Value, left: readonly string[], opset?: number]>> = {
  'Dropout in training': [(g, x) => g.op('Dropout', [x, 0.3, true]), ['Dropout']],
  'Dropout whose mode is fed': [(g, x) => g.op('Dropout', [x, 0.3, g.input('mode', 'bool', [])]), ['Dropout']],
  'Cast to another type': [(g, x) => g.op('Cast', [g.op('Cast', [x], { to: 10 })], { to: 1 }), ['Cast', 'Cast']],
  'Cast through integers': [(g, x) => g.op('Cast', [g.op('Cast', [x], { to: 7 })], { to: 1 }), ['Cast', 'Cast']],
  'Transpose of something': [(g, x) => g.op('Transpose', [x], { perm: [0, 2, 1] }), ['Transpose']],
  'Reshape to another shape': [(g, x) => g.op('Reshape', [x, [-1, 6, 4]]), ['Reshape']],
  'Slice of a part': [(g, x) => g.op('Slice', [x, [0], [3], [1]]), ['Slice']],
  'Slice backwards': [(g, x) => g.op('Slice', [x, [-1], [-100], [1], [-1]]), ['Slice']],
  'Slice of an unknown extent': [(g, x) => g.op('Slice', [x, [0], [100], [0]]), ['Slice']],
  'Pad of one side': [(g, x) => g.op('Pad', [x, [0, 0, 0, 0, 0, 1]]), ['Pad']],
  'Tile twice': [(g, x) => g.op('Tile', [x, [1, 2, 1]]), ['Tile']],
  'x + 1': [(g, x) => g.op('Add', [x, 1]), ['Add']],
  '0 - x': [(g, x) => g.op('Sub', [0, x]), ['Sub']],
  '1 / x': [(g, x) => g.op('Div', [1, x]), ['Div']],
  'x * ones of a higher rank': [(g, x) => g.op('Mul', [x, ones(2, 1, 4, 6)]), ['Mul']],
  'Clip with a bound': [(g, x) => g.op('Clip', [x, 0]), ['Clip']],
  'Neg of Relu of Neg': [(g, x) => g.op('Relu', [g.op('Neg', [x])]), ['Neg', 'Relu']],
};
test.each(Object.entries(kept))('kept: %s', async (_, [write, left, opset]) => {
  expect(await opsOf(write, opset)).toEqual(left);
});

test('transposes and reshapes that do not cancel are joined into one', async () => {
  const { model: out } = await runPass(
    removeIdentities,
    between((g, x) => g.op('Transpose', [g.op('Transpose', [x], { perm: [1, 2, 0] })], { perm: [2, 1, 0] })),
  );
  const node = out.graph.outputs[0]!.producer!.inputs[0]!.producer!;
  expect([node.opType, node.attributes.get('perm'), node.inputs[0]!.producer!.opType]).toEqual(['Transpose', { kind: 'ints', value: [0, 2, 1] }, 'Relu']);
  const { model: flat } = await runPass(
    removeIdentities,
    between((g, x) => g.op('Reshape', [g.op('Flatten', [x]), [-1, 2, 12]])),
  );
  expect(flat.graph.outputs[0]!.producer!.inputs[0]!.producer!.inputs[0]!.producer!.opType).toBe('Relu');
  // One that copies an extent of the shape before it stays.
  const copying = await runPass(
    removeIdentities,
    between((g, x) => g.op('Reshape', [g.op('Reshape', [x, [-1, 24]]), [0, 2, 12]])),
  );
  expect(copying.skipped.map(({ code }) => code)).toEqual(['simplify/dynamic-parameter']);
});

test('logic with a constant that decides nothing', async () => {
  const { ops } = await runPass(
    removeIdentities,
    build((g) => {
      const x = g.input('x', 'bool', [2]);
      const y = g.op('Xor', [g.op('Or', [g.op('And', [g.op('Not', [x]), true]), false]), false]);
      g.output(g.op('And', [y, false]), 'y');
    }),
  );
  expect(ops).toEqual(['Not', 'And']);
});

test('names of graph outputs stay; an Identity that carries one stays where nothing else can', async () => {
  const { ops, outputs, skipped } = await runPass(
    removeIdentities,
    build((g) => {
      const x = g.input('x', 'float32', [2]);
      g.output(g.op('Identity', [g.op('Relu', [x])]), 'renamed');
      g.output(g.op('Identity', [x]), 'copy');
      const both = g.output(g.op('Neg', [x]), 'first');
      g.output(g.op('Identity', [both]), 'second');
      g.output(g.op('Identity', [g.constant('k', 1)]), 'constant');
    }),
  );
  expect(outputs).toEqual(['renamed', 'copy', 'first', 'second', 'constant']);
  expect(ops).toEqual(['Relu', 'Identity', 'Neg', 'Identity', 'Identity']);
  expect(new Set(skipped.map(({ code }) => code))).toEqual(new Set(['simplify/carries-output']));
});

test('a subgraph keeps the Identity through which it puts an outer value out', async () => {
  const { model: out } = await runPass(
    removeIdentities,
    build((g) => {
      const x = g.input('x', 'float32', [2]);
      const y = g.op('If', [g.input('c', 'bool', [])], {
        then_branch: g.subgraph('t', () => x),
        else_branch: g.subgraph('e', (b) => b.op('Identity', [b.op('Neg', [x])])),
      });
      g.output(y, 'y');
    }),
  );
  const node = [...out.graph.nodes][0]!;
  const inner = ['then_branch', 'else_branch'].map((name) => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === 'graph' ? [...attribute.value.nodes].map(({ opType }) => opType) : [];
  });
  expect(inner).toEqual([['Identity'], ['Neg']]);
});

test('a mask that is read keeps its Dropout', async () => {
  const { ops, skipped } = await runPass(
    removeIdentities,
    build((g) => {
      const [y, mask] = g.op('Dropout', [g.input('x', 'float32', [2])], {}, { outputs: 2 });
      g.output(g.op('Neg', [y!]), 'y');
      g.output(mask!, 'mask');
    }),
  );
  expect([ops, skipped.map(({ code }) => code)]).toEqual([['Dropout', 'Neg'], ['simplify/mask-used']]);
});

test.each<readonly [string, readonly number[], readonly number[], readonly number[], readonly string[]]>([
  ['one transpose', [6, 4, 5], [0, 2, 1], [2, 3, 5, 4], ['Transpose']],
  ['another split of the axes in front', [6, 4, 5], [0, 2, 1], [3, 2, 5, 4], ['Reshape', 'Transpose', 'Reshape']],
  ['another permutation', [6, 4, 5], [1, 0, 2], [2, 3, 4, 5], ['Reshape', 'Transpose', 'Reshape']],
  ['other last axes', [6, 5, 4], [0, 2, 1], [2, 3, 4, 5], ['Reshape', 'Transpose', 'Reshape']],
])('Reshape, Transpose, Reshape: %s', async (_, joined, perm, parted, expected) => {
  const model = build((g) => {
    const x = g.op('Relu', [g.input('x', 'float32', [2, 3, 4, 5])]);
    const turned = g.op('Transpose', [g.op('Reshape', [x, joined as number[]])], { perm });
    g.output(g.op('Neg', [g.op('Reshape', [turned, parted as number[]])]), 'y');
  });
  const x = { type: 'float32', dims: [2, 3, 4, 5], data: Float32Array.from({ length: 120 }, (_, i) => i) } as const;
  const { model: first } = await runPass(removeIdentities, model);
  const { model: out, ops } = await runPass(removeDeadCode, first);
  expect(ops.slice(1, -1)).toEqual(expected);
  expect(interpret(out.graph, { x }).y).toEqual(interpret(model.graph, { x }).y);
});
