import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { attr, setInput } from './edit';
import { printModel, typeText } from './print';

const floats = (...dims: number[]) => ({ type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) }) as const;

test('a model reads from top to bottom, subgraphs and functions included', () => {
  const g = graphBuilder({ producer: 'someone', doc: 'ignored: the model has it' });
  const x = g.input('x', 'float32', ['batch', 64]);
  const c = g.input('run it', 'bool', []);
  const w = g.constant('w', floats(64, 10));
  g.function({ domain: 'acme', name: 'Scaled', inputs: ['a'], attributes: { alpha: attr.float(0.1), need: undefined } }, (b, a) =>
    b.op('Mul', [b.op('Elu', [a], { alpha: attr.ref('alpha', 'float') }, { output: 'e' }), b.constant('two', 2)], undefined, { output: 'm' }),
  );
  const h = g.op('MatMul', [x, w], undefined, { output: 'h' });
  const p = g.op(
    'Clip',
    [g.op('acme:Scaled', [h], { need: 1 }, { output: 's' }), undefined, { type: 'float32', dims: [], data: Float32Array.of(6) }],
    undefined,
    { name: '', output: 'p' },
  );
  const y = g.op('If', [c], {
    then_branch: g.subgraph('then', (b) => b.op('Reshape', [p, [0, -1]], undefined, { output: 'r' })),
    else_branch: g.subgraph('else', (b) => b.op('Conv', [p, floats(1, 1, 1)], { pads: [0, 0], auto_pad: 'NOTSET' }, { output: 'k' })),
  });
  g.output(y, 'y', { dims: ['batch', 10] });
  expect(printModel(g.model())).toBe(
    [
      'IR 10, ai.onnx 21, acme 1, made by someone',
      'graph main(x: float32[batch, 64], "run it": bool[]) -> (y: float32[batch, 10])',
      '  h = MatMul(x, w: float32[64, 10])  # MatMul_h',
      '  s = acme:Scaled(h) {need: 1}  # Scaled_s',
      '  p = Clip(s, -, Clip_max: float32 6)',
      '  y: float32[batch, 10] = If("run it")  # If_y',
      '    then_branch() -> (r)',
      '      r = Reshape(p, Reshape_shape: int64 [0, -1])  # Reshape_r',
      '    else_branch() -> (k)',
      '      k = Conv(p, Conv_W: float32[1, 1, 1]) {pads: [0, 0], auto_pad: "NOTSET"}  # Conv_k',
      'function acme:Scaled {alpha: 0.1, need}(a) -> (m)',
      "  e = Elu(a) {alpha: the call's alpha}  # Elu_e",
      '  two: float32[] = Constant() {value: float32 2}  # Constant_two',
      '  m = Mul(e, two)  # Mul_m',
    ].join('\n'),
  );
});

test('types can come from elsewhere; long lists are cut; a cycle does not stop it', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const a = g.op('Add', [x, x], undefined, { output: 'a', name: '' });
  const b = g.op('Custom:Op', [a], { list: Array.from({ length: 20 }, (_, i) => i), half: 0.5 }, { output: 'b', name: '' });
  const text = printModel(g.model(), { typeOf: () => ({ kind: 'tensor', dtype: 'float32', shape: ['n', 2] }), items: 3 });
  expect(text).toContain('b: float32[n, 2] = Custom:Op(a) {list: [0, 1, 2, ... 20], half: 0.5}');
  setInput(a.producer!, 1, b);
  expect(printModel(g.model())).toContain('with a cycle');
});

test('types in words', () => {
  expect(typeText({ kind: 'sequence', element: { kind: 'map', key: 'int64', element: { kind: 'tensor', dtype: 'float32' } } })).toBe(
    'seq(map(int64, float32))',
  );
  expect(typeText({ kind: 'optional', element: { kind: 'tensor', shape: [1, '?7'] } })).toBe('optional(?[1, ?7])');
  expect([typeText(undefined), typeText({ kind: 'opaque' }), typeText({ kind: 'sparse', dtype: 'int8', shape: [2] })]).toEqual([
    '?',
    'opaque',
    'sparse(int8[2])',
  ]);
});
