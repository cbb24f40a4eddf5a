// The straight-through estimator has no finite differences: each gradient is held against the clamp it stands for, computed here from the definition of the operator.
import { graphBuilder, type Model, type Value } from '@modeldiet/onnx-io';
import { withSession } from '@modeldiet/runtime';
import { type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { gradient } from '../gradient/gradient';
import { backend } from '../testing/finite-differences';

type CodeType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int4' | 'uint4' | 'float8e4m3fn';
const ends: Readonly<Record<CodeType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int4: [-8, 7],
  uint4: [0, 15],
  float8e4m3fn: [-448, 448],
};

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const floats = (dims: readonly number[], at: (i: number) => number): Tensor<'float32'> =>
  tensor(
    'float32',
    Float32Array.from({ length: size(dims) }, (_, i) => at(i)),
    dims,
  );

/** Zero points that are all `zero`, in the storage of the type. */
function zeros(type: CodeType, zero: number, dims: readonly number[]): Tensor {
  const n = size(dims);
  if (type === 'int4' || type === 'uint4') return tensor(type, new Uint8Array(Math.ceil(n / 2)).fill((zero & 15) * 17), dims);
  if (type === 'int8') return tensor(type, new Int8Array(n).fill(zero), dims);
  if (type === 'int16') return tensor(type, new Int16Array(n).fill(zero), dims);
  if (type === 'uint16') return tensor(type, new Uint16Array(n).fill(zero), dims);
  return tensor(type, new Uint8Array(n).fill(zero), dims);
}

interface Case {
  readonly name: string;
  readonly type: CodeType;
  readonly zero?: number;
  readonly x: readonly number[];
  /** Default: a scalar. */
  readonly scale?: readonly number[];
  readonly axis?: number;
  readonly block?: number;
  /** Multiplies the scale of the DequantizeLinear. */
  readonly other?: number;
  /** The dims of x are symbols. */
  readonly symbolic?: boolean;
  readonly opset?: number;
  /** The operators of com.microsoft, which had 16 bits before ai.onnx. */
  readonly contrib?: boolean;
}

const cases: readonly Case[] = [
  { name: 'int8, one scale', type: 'int8', zero: 0, x: [5, 7] },
  { name: 'int8 around another zero', type: 'int8', zero: -30, x: [5, 7] },
  { name: 'int8 of the lowest opset', type: 'int8', zero: 0, x: [5, 7], opset: 13 },
  { name: 'uint8 with a zero point', type: 'uint8', zero: 128, x: [5, 7] },
  { name: 'uint8 from zero up', type: 'uint8', zero: 0, x: [5, 7] },
  { name: 'uint8 by default', type: 'uint8', x: [5, 7] },
  { name: 'int16', type: 'int16', zero: 0, x: [5, 7] },
  { name: 'int16 of com.microsoft, at an older opset', type: 'int16', zero: 0, x: [5, 7], opset: 17, contrib: true },
  { name: 'uint16', type: 'uint16', zero: 32768, x: [5, 7] },
  { name: 'int4', type: 'int4', zero: 0, x: [5, 7] },
  { name: 'uint4', type: 'uint4', zero: 7, x: [5, 7] },
  { name: 'float8, which does not round to integers', type: 'float8e4m3fn', zero: 0, x: [5, 7] },
  { name: 'a scale a row', type: 'int8', zero: 0, x: [4, 6], scale: [4], axis: 0 },
  { name: 'a scale a column', type: 'int8', zero: 3, x: [4, 6], scale: [6], axis: 1 },
  { name: 'a scale along the default axis', type: 'int8', zero: 0, x: [4, 6, 2], scale: [6] },
  { name: 'a scale along an axis from the end', type: 'uint8', zero: 100, x: [2, 3, 4], scale: [3], axis: -2 },
  { name: 'a scale a row, dims unknown', type: 'int8', zero: 0, x: [4, 6], scale: [4], axis: 0, symbolic: true },
  { name: 'one scale in a vector', type: 'int8', zero: 0, x: [4, 6], scale: [1], axis: 0 },
  { name: 'int4 per row', type: 'int4', zero: 0, x: [4, 6], scale: [4], axis: 0 },
  { name: 'blocks of 2', type: 'int8', zero: 0, x: [4, 6], scale: [4, 3], axis: 1, block: 2 },
  { name: 'blocks of 2 along the rows', type: 'int4', zero: 0, x: [4, 6], scale: [2, 6], axis: 0, block: 2 },
  { name: 'blocks of 4, the last not full', type: 'int8', zero: 0, x: [3, 6], scale: [3, 2], axis: -1, block: 4 },
  { name: 'blocks, dims unknown', type: 'int8', zero: 0, x: [4, 6], scale: [4, 3], axis: 1, block: 2, symbolic: true },
  { name: 'codes read with another scale', type: 'int8', zero: 0, x: [4, 6], other: 2.5 },
  { name: 'codes read with other scales a column', type: 'int8', zero: 0, x: [4, 6], scale: [6], axis: 1, other: 0.5 },
  { name: 'codes read with other scales a block', type: 'int8', zero: 0, x: [4, 6], scale: [4, 3], axis: 1, block: 2, other: 3 },
];

const scaleAt = (c: Case, i: number): number =>
  0.02 * (1 + i) * (c.type.endsWith('16') ? 0.004 : c.type.endsWith('4') ? 20 : c.type.startsWith('float') ? 0.3 : 1);

/** Which scale the i-th number has. */
function scaleIndex({ x, scale = [], axis = 1, block = 1 }: Case, i: number): number {
  if (size(scale) === 1) return 0;
  const a = axis < 0 ? axis + x.length : axis;
  const at = x.map((extent, k) => Math.floor(i / size(x.slice(k + 1))) % extent);
  if (scale.length < x.length) return at[a]!;
  return at.map((p, k) => (k === a ? Math.floor(p / block) : p)).reduce((sum, p, k) => sum * scale[k]! + p, 0);
}

const slope = (i: number): number => 1 + 0.37 * i;

function modelFor(c: Case): Model {
  const g = graphBuilder({ opset: c.opset ?? 21 });
  const x = g.input('x', 'float32', c.symbolic ? c.x.map((_, i) => `d${i}`) : c.x);
  const dims = c.scale ?? [];
  const scale = g.constant(
    'scale',
    floats(dims, (i) => scaleAt(c, i)),
  );
  const zero: readonly [] | readonly [Value] = c.zero === undefined ? [] : [g.constant('zero', zeros(c.type, c.zero, dims))];
  const attributes = { ...(c.axis !== undefined && { axis: c.axis }), ...(c.block && { block_size: c.block }) };
  const domain = c.contrib ? 'com.microsoft:' : '';
  const codes = g.op(`${domain}QuantizeLinear`, [x, scale, ...zero], attributes);
  const back =
    c.other === undefined
      ? scale
      : g.constant(
          'other',
          floats(dims, (i) => scaleAt(c, i) * c.other!),
        );
  const y = g.op(`${domain}DequantizeLinear`, [codes, back, ...zero], attributes);
  g.output(g.op('ReduceSum', [g.op('Mul', [y, floats(c.x, slope)])], { keepdims: 0 }), 'loss', { dims: [] });
  return g.model();
}

describe('straight through', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const [lo, hi] = ends[c.type];
    // From below the lowest code to above the highest.
    const value = (i: number): number => scaleAt(c, scaleIndex(c, i)) * (lo - (c.zero ?? 0) + (hi - lo) * (((i * 0.618033988749895) % 1) * 1.6 - 0.3));
    const x = floats(c.x, value);
    const { model, parameters } = gradient(modelFor(c), { loss: 'loss', wrt: ['x'] });
    const out = await withSession(backend, model, {}, (session) => session.run({ x }));
    const got = Array.from(out[parameters[0]!.gradient]!.data as Float32Array);
    const inside = Array.from(x.data, (v, i) => {
      const steps = v / scaleAt(c, scaleIndex(c, i)) + (c.zero ?? 0);
      return c.type.startsWith('float') ? Math.abs(steps) <= hi : Math.round(steps) >= lo && Math.round(steps) <= hi;
    });
    expect(inside.filter((is) => !is).length).toBeGreaterThan(3);
    expect(inside.filter((is) => is).length).toBeGreaterThan(3);
    got.forEach((each, i) => {
      expect(each, `at ${i}`).toBeCloseTo(inside[i] ? slope(i) * (c.other ?? 1) : 0, 3);
    });
  });

  it('a number that rounds to the last code is inside, half a step further is not', async () => {
    const c: Case = { name: '', type: 'int8', zero: 0, x: [4] };
    const { model, parameters } = gradient(modelFor(c), { loss: 'loss', wrt: ['x'] });
    const x = tensor(
      'float32',
      Float32Array.from([127.4, 127.6, -128.4, -128.6], (v) => v * 0.02),
      [4],
    );
    const out = await withSession(backend, model, {}, (session) => session.run({ x }));
    expect(Array.from(out[parameters[0]!.gradient]!.data as Float32Array, (v) => v !== 0)).toEqual([true, false, true, false]);
  });

  it('no gradient reaches the scale, be it computed from the weight itself', async () => {
    const g = graphBuilder();
    const w = g.constant(
      'w',
      floats([3, 4], (i) => (i % 5) - 2.3),
    );
    const scale = g.op('Div', [g.op('ReduceMax', [g.op('Abs', [w])], { keepdims: 0 }), 127]);
    const zero = g.constant('zero', tensor('int8', new Int8Array(1), []));
    const y = g.op('DequantizeLinear', [g.op('QuantizeLinear', [w, scale, zero]), scale, zero]);
    g.output(g.op('ReduceSum', [g.op('MatMul', [g.input('x', 'float32', [2, 3]), y])], { keepdims: 0 }), 'loss', { dims: [] });
    const { model, parameters } = gradient(g.model(), { loss: 'loss' });
    expect(parameters.map(({ name }) => name)).toEqual(['w']);
    const run = { x: floats([2, 3], (i) => i + 1), w: floats([3, 4], (i) => (i % 5) - 2.3) };
    const out = await withSession(backend, model, {}, (session) => session.run(run));
    expect(Array.from(out['gradient/w']!.data as Float32Array)).toEqual([5, 5, 5, 5, 7, 7, 7, 7, 9, 9, 9, 9]);
  });

  it('codes that integer operators read pass no gradient, and the weight behind them is left as it is', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 4]);
    const hidden = g.op('MatMul', [
      x,
      g.constant(
        'w',
        floats([4, 3], (i) => i),
      ),
    ]);
    const codes = g.op('QuantizeLinear', [hidden, 0.1, g.constant('zero', tensor('uint8', new Uint8Array(1), []))]);
    const product = g.op('Cast', [g.op('MatMulInteger', [codes, g.constant('codes', tensor('int8', new Int8Array(6), [3, 2]))])], { to: 1 });
    g.output(
      g.op(
        'ReduceSum',
        [
          g.op('Add', [
            product,
            g.constant(
              'b',
              floats([2], (i) => i),
            ),
          ]),
        ],
        { keepdims: 0 },
      ),
      'loss',
      { dims: [] },
    );
    const { parameters, frozen } = gradient(g.model(), { loss: 'loss' });
    expect(parameters.map(({ name }) => name)).toEqual(['b']);
    expect(frozen).toContainEqual({ name: 'w', reason: 'no gradient' });
  });

  it('codes of a type that no clamp is known for', () => {
    const g = graphBuilder();
    const y = g.op('DequantizeLinear', [
      g.op('QuantizeLinear', [g.input('x', 'float32', [2]), 0.1, g.constant('zero', tensor('int32', new Int32Array(1), []))]),
      0.1,
    ]);
    g.output(g.op('ReduceSum', [y], { keepdims: 0 }), 'loss', { dims: [] });
    expect(() => gradient(g.model(), { loss: 'loss', wrt: ['x'] })).toThrow('codes of type int32');
  });

  it('a layer of one weight is no scalar behind fake quantization', () => {
    const g = graphBuilder();
    const scale = g.constant(
      'scale',
      floats([], () => 0.1),
    );
    const zero = g.constant('zero', tensor('int8', new Int8Array(1), []));
    const w = g.op('DequantizeLinear', [
      g.op('QuantizeLinear', [
        g.constant(
          'w',
          floats([1, 1], () => 0.5),
        ),
        scale,
        zero,
      ]),
      scale,
      zero,
    ]);
    g.output(g.op('ReduceSum', [g.op('MatMul', [g.input('x', 'float32', ['n', 1]), w])], { keepdims: 0 }), 'loss', { dims: [] });
    const { parameters } = gradient(g.model(), { loss: 'loss' });
    expect(parameters.map(({ name }) => name)).toEqual(['w']);
  });
});
