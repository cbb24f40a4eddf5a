import { graphBuilder, opKey } from '@modeldiet/onnx-io';
import { tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { axesOf, parseAxes } from './axes';
import { inferShapes } from './shapes/infer';
import { table } from './table';

const equationOf = (op: string, write: (g: ReturnType<typeof graphBuilder>) => void): unknown => {
  const g = graphBuilder({ opsets: { 'com.microsoft': 1 } });
  write(g);
  const shapes = inferShapes(g.model());
  const node = [...g.model().graph.nodes].find((each) => opKey(each) === op)!;
  const axes = axesOf(node, shapes, table, opKey(node));
  const side = (terms: NonNullable<typeof axes>['inputs']): string[] =>
    terms.map((term) =>
      term
        .map(
          ({ kind, letters, coupled }) =>
            `${kind === 'letter' ? letters[0] : kind === 'composed' ? `(${letters.join('')})` : kind === 'concatenated' ? `[${letters.join('+')}]` : kind}${coupled ? '!' : ''}`,
        )
        .join(' '),
    );
  return axes && [side(axes.inputs), side(axes.outputs)];
};

describe('axis equations', () => {
  it('parse', () => {
    expect(parseAxes('...mk,...kn->...mn')!.inputs).toHaveLength(2);
    expect(parseAxes('n(gc)*,(go)c*->n(go)*')!.outputs[0]!.map(({ kind }) => kind)).toEqual(['letter', 'composed', 'rest']);
    expect(parseAxes('ab!->a[b+c]')!.outputs[0]![1]).toEqual({ kind: 'concatenated', letters: ['b', 'c'], coupled: false });
    expect(parseAxes('a->b->c')).toBeUndefined();
    expect(parseAxes('a-b')).toBeUndefined();
  });

  it('every fixed row parses, and its outputs name axes that inputs have', () => {
    for (const [key, { axes }] of Object.entries(table)) {
      if (typeof axes !== 'string') continue;
      const parsed = parseAxes(axes);
      expect([key, parsed !== undefined]).toEqual([key, true]);
      const inputs = new Set(parsed!.inputs.flat().flatMap(({ letters }) => letters));
      for (const { letters } of parsed!.outputs.flat()) for (const letter of letters) expect([key, inputs.has(letter)]).toEqual([key, true]);
    }
  });

  it('every row has one, or the reason why there is none', () => {
    for (const [key, { axes, noAxes }] of Object.entries(table))
      expect([key, axes !== undefined, (noAxes ?? '').length > 10]).toEqual([key, axes !== undefined, axes === undefined]);
  });

  it.each<[string, readonly (readonly number[])[], Record<string, number>, unknown]>([
    ['com.microsoft:BiasSoftmax', [[2, 3, 4], [4]], { axis: 2, is_inner_broadcast: 0 }, [['a b c!', 'unknown'], ['a b c!']]],
    ['com.microsoft:BiasSplitGelu', [[2, 3, 8], [8]], {}, [['a b unknown', 'unknown'], ['a b unknown']]],
    ['com.microsoft:BiasDropout', [[2, 6], [6], [2, 6]], {}, [['leading', 'leading', 'leading'], ['leading']]],
    ['com.microsoft:GroupNorm', [[2, 4, 4, 6], [6], [6]], { groups: 3, activation: 0 }, [['n rest (gc)!', '(gc)', '(gc)'], ['n rest (gc)!']]],
    ['com.microsoft:GroupNorm', [[2, 6, 4, 4], [6], [6]], { groups: 3, channels_last: 0, activation: 0 }, [['n (gc)! rest', '(gc)', '(gc)'], ['n (gc)! rest']]],
  ])('%s %j %j', (op, inputs, attributes, expected) => {
    const equation = equationOf(op, (g) =>
      g.output(
        g.op(
          op,
          inputs.map((dims, i) => g.input(`x${i}`, 'float32', dims)),
          attributes,
        ),
        'y',
      ),
    );
    expect(equation).toEqual(expected);
  });

  it('know groups of a convolution', () => {
    const conv = (channels: number, perGroup: number, filters: number, group: number) =>
      equationOf('Conv', (g) =>
        g.output(
          g.op(
            'Conv',
            [g.input('x', 'float32', [1, channels, 8, 8]), g.constant('w', tensor('float32', new Float32Array(filters * perGroup), [filters, perGroup, 1, 1]))],
            { group },
          ),
          'y',
        ),
      );
    expect(conv(4, 4, 6, 1)).toEqual([['n c rest', 'o c rest'], ['n o rest']]);
    expect(conv(4, 1, 4, 4)).toEqual([['n c rest', 'c one rest'], ['n c rest']]);
    expect(conv(4, 2, 6, 2)).toEqual([['n (gc) rest', '(go) c rest'], ['n (go) rest']]);
  });

  it('follow reshapes, transposes, splits and concatenations', () => {
    expect(equationOf('Reshape', (g) => g.output(g.op('Reshape', [g.input('x', 'float32', ['n', 6, 4]), g.constant('s', [0n, 2n, 3n, 4n])]), 'y'))).toEqual([
      ['a (bc) d', 'unknown'],
      ['a b c d'],
    ]);
    expect(equationOf('Flatten', (g) => g.output(g.op('Flatten', [g.input('x', 'float32', ['n', 6, 4])]), 'y'))).toEqual([['a b c'], ['a (bc)']]);
    expect(equationOf('Transpose', (g) => g.output(g.op('Transpose', [g.input('x', 'float32', [2, 3, 4])], { perm: [2, 0, 1] }), 'y'))).toEqual([
      ['a b c'],
      ['c a b'],
    ]);
    expect(equationOf('Concat', (g) => g.output(g.op('Concat', [g.input('x', 'float32', [2, 3]), g.input('z', 'float32', [2, 5])], { axis: 1 }), 'y'))).toEqual(
      [['a c', 'a d'], ['a [c+d]']],
    );
    expect(equationOf('Softmax', (g) => g.output(g.op('Softmax', [g.input('x', 'float32', [2, 3])]), 'y'))).toEqual([['a b!'], ['a b!']]);
  });
});
