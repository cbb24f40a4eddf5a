import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseQParams,
  codeRange,
  decodeArray,
  dequantizeLinear,
  dynamicQuantizeLinear,
  encodeArray,
  fakeQuantize,
  float8e4m3fn,
  formats,
  type Granularity,
  int2,
  int4,
  int8,
  int16,
  isModelDietError,
  perAxis,
  perBlock,
  perTensor,
  type QParams,
  type QuantizedCodes,
  type QuantizedFormat,
  quantizeBias,
  quantizeLinear,
  scaleDims,
  uint4,
  uint8,
} from '..';

const golden = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../../../../fixtures/golden/numfmt/${name}.json`, import.meta.url), 'utf8'));
const code = (f: () => unknown): string => {
  try {
    f();
  } catch (e) {
    return isModelDietError(e) ? e.code : String(e);
  }
  return 'nothing thrown';
};

interface Case {
  format: QuantizedFormat['name'];
  dims: number[];
  granularity: Granularity;
  precision: 'float32' | 'float16';
  scale: number[];
  zeroPoint: number[];
  x: number[];
  codes: number[];
  back: number[];
}

describe('QuantizeLinear and DequantizeLinear of the ONNX reference', () => {
  const cases = golden<Case[]>('quantize-linear').map((c) => [`${c.format} ${c.granularity.kind} [${c.dims}] ${c.precision}`, c] as const);
  it.each(cases)('%s', (_, c) => {
    const format = formats[c.format] as QuantizedFormat;
    const qparams: QParams = {
      format,
      bits: format.bits,
      scale: Float32Array.from(c.scale),
      zeroPoint: Int32Array.from(c.zeroPoint),
      granularity: c.granularity,
      dims: c.dims,
      ...(c.precision === 'float16' ? { precision: 'float16' as const } : {}),
    };
    const codes = quantizeLinear(c.x, qparams);
    const expected = encodeArray(format.kind === 'float' ? c.codes.map((k) => decodeOf(format, k)) : c.codes, format);
    expect(codes).toEqual(expected);
    expect([...dequantizeLinear(codes, qparams)]).toEqual(c.back);
  });
  const decodeOf = (format: QuantizedFormat, k: number): number => decodeArray(Uint8Array.of(k) as never, format, 1)[0]!;

  it.each(golden<{ x: number[]; y: number[]; scale: number; zeroPoint: number }[]>('dynamic').map((c, i) => [i, c] as const))(
    'DynamicQuantizeLinear %d',
    (_, c) => {
      const { codes, qparams } = dynamicQuantizeLinear(c.x);
      expect([qparams.scale[0], qparams.zeroPoint[0]]).toEqual([c.scale, c.zeroPoint]);
      expect([...codes]).toEqual(c.y);
    },
  );
  it('DynamicQuantizeLinear of nothing, of zeros, of NaN', () => {
    expect(dynamicQuantizeLinear([]).codes).toHaveLength(0);
    expect(dynamicQuantizeLinear([0, 0]).qparams.scale[0]).toBe(1);
    expect(code(() => dynamicQuantizeLinear([Number.NaN]))).toBe('numfmt/not-finite');
  });
});

describe('chooseQParams', () => {
  it('symmetric and asymmetric, signed and unsigned', () => {
    const range = { min: -1, max: 3 };
    const of = (format: QuantizedFormat, scheme: 'symmetric' | 'asymmetric') => {
      const { scale, zeroPoint } = chooseQParams(range, { format, scheme });
      return [scale[0], zeroPoint[0]];
    };
    expect(of(int8, 'symmetric')).toEqual([Math.fround(3 / 127), 0]);
    expect(of(uint8, 'symmetric')).toEqual([Math.fround(3 / 127), 128]);
    expect(of(int8, 'asymmetric')).toEqual([Math.fround(4 / 255), -64]);
    expect(of(uint8, 'asymmetric')).toEqual([Math.fround(4 / 255), 64]);
    expect(of(int4, 'symmetric')).toEqual([Math.fround(3 / 7), 0]);
    expect(of(float8e4m3fn, 'asymmetric')).toEqual([Math.fround(3 / 448), 0]);
  });
  it('makes zero part of the range, and exact', () => {
    for (const [min, max] of [
      [2, 3],
      [-5, -4],
      [-0.1, 7],
      [1e-30, 1e30],
    ] as const)
      for (const format of [int8, uint8, int4, uint4, int16]) {
        const q = chooseQParams({ min, max }, { format, scheme: 'asymmetric' });
        expect(fakeQuantize([0], q)[0]).toBe(0);
        const { lo, hi } = codeRange(q);
        expect(q.zeroPoint[0]! >= lo && q.zeroPoint[0]! <= hi).toBe(true);
      }
  });
  it('defines what has no range', () => {
    for (const values of [[], [0, 0, -0]])
      for (const scheme of ['symmetric', 'asymmetric'] as const) {
        const q = chooseQParams(values, { format: uint8, scheme });
        expect([q.scale[0], q.zeroPoint[0]]).toEqual([1, 128]);
        expect([...fakeQuantize(values, q)]).toEqual(values.map(() => 0));
      }
    expect(chooseQParams([5, 5], { format: int8 }).scale[0]).toBe(Math.fround(5 / 127));
    expect(chooseQParams([1e-44], { format: int8 }).scale[0]).toBe(2 ** -126);
    expect(Number.isFinite(chooseQParams([-3.4e38, 3.4e38], { format: int8, scheme: 'asymmetric' }).scale[0]!)).toBe(true);
  });
  it('channels and blocks, short ones too', () => {
    const x = Float32Array.from({ length: 2 * 3 * 5 }, (_, i) => i - 7);
    const perChannel = chooseQParams(x, { format: int8, granularity: perAxis(-1), dims: [2, 3, 5] });
    expect([...perChannel.scale]).toEqual(
      [22, 21, 20, 21, 22].map((_, c) => Math.fround(Math.max(...Array.from({ length: 6 }, (_, r) => Math.abs(x[r * 5 + c]!))) / 127)),
    );
    for (const axis of [0, 1, 2]) {
      const q = chooseQParams(x, { format: uint4, scheme: 'asymmetric', granularity: perBlock(2, axis), dims: [2, 3, 5] });
      expect(q.scale).toHaveLength(scaleDims(perBlock(2, axis), [2, 3, 5]).reduce((a, b) => a * b));
      const back = fakeQuantize(x, q);
      const largest = Math.max(...q.scale);
      for (const [i, v] of x.entries()) expect(Math.abs(back[i]! - v)).toBeLessThanOrEqual(largest);
    }
  });
  it('fewer bits, reduced range', () => {
    const q = chooseQParams([-1, 1], { format: int8, bits: 4 });
    expect([q.bits, q.scale[0]]).toEqual([4, Math.fround(1 / 7)]);
    expect([...(quantizeLinear([-9, 9], q) as Int8Array)]).toEqual([-8, 7]);
    const r = chooseQParams([-1, 1], { format: uint8, reduceRange: true, scheme: 'asymmetric' });
    expect([r.bits, ...(quantizeLinear([-1, 1], r) as Uint8Array)]).toEqual([7, 0, 127]);
    expect(chooseQParams([-1, 1], { format: int2 }).scale[0]).toBe(1);
  });
  it('clips tails and finds the least squared error', () => {
    const x = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i) * (1 + (i % 7) / 10));
    x[17] = 8;
    const options = { format: int4 } as const;
    const error = (q: QParams): number => fakeQuantize(x, q).reduce((a, v, i) => a + (v - x[i]!) ** 2, 0);
    const [all, percentile, best] = [
      chooseQParams(x, options),
      chooseQParams(x, { ...options, method: { percentile: 99 } }),
      chooseQParams(x, { ...options, method: 'mse' }),
    ];
    expect(percentile.scale[0]! * 7).toBeLessThan(2);
    expect(error(best)).toBeLessThan(error(all));
    // No clip on a fine grid does better.
    for (let k = 1; k <= 400; k++) expect(error(best)).toBeLessThanOrEqual(error({ ...all, scale: Float32Array.of((all.scale[0]! * k) / 400) }) * 1.0005);
    for (const scheme of ['symmetric', 'asymmetric'] as const)
      for (const granularity of [perTensor(), perAxis(0), perBlock(16, 1)])
        for (const method of ['mse', { percentile: 99.9 }] as const)
          expect(chooseQParams(x, { format: uint4, scheme, granularity, dims: [10, 200], method }).scale.every((s) => s > 0)).toBe(true);
    expect(chooseQParams([], { ...options, method: 'mse' }).scale[0]).toBe(1);
  });
  it('refuses what cannot be', () => {
    const options = { format: int8 } as const;
    expect(code(() => chooseQParams([1, Number.NaN], options))).toBe('numfmt/not-finite');
    expect(code(() => chooseQParams([1, Infinity], options))).toBe('numfmt/not-finite');
    expect(code(() => chooseQParams([1, Infinity], { ...options, method: 'mse' }))).toBe('numfmt/not-finite');
    expect(code(() => chooseQParams({ min: 1, max: 0 }, options))).toBe('numfmt/range');
    expect(code(() => chooseQParams({ min: 0, max: 1 }, { ...options, method: 'mse' }))).toBe('numfmt/qparams');
    expect(code(() => chooseQParams([1], { ...options, method: { percentile: 0 } }))).toBe('numfmt/qparams');
    expect(code(() => chooseQParams([1], { ...options, bits: 9 }))).toBe('numfmt/qparams');
    expect(code(() => chooseQParams([1], { format: float8e4m3fn, bits: 4 }))).toBe('numfmt/qparams');
    expect(code(() => chooseQParams([1], { ...options, granularity: perAxis(1), dims: [1] }))).toBe('numfmt/granularity');
    expect(code(() => chooseQParams([1], { ...options, granularity: perBlock(0, 0), dims: [1] }))).toBe('numfmt/granularity');
    expect(code(() => chooseQParams([1, 2], { ...options, granularity: perAxis(0), dims: [3] }))).toBe('numfmt/length');
    expect(code(() => chooseQParams({ min: [0], max: [1] }, { ...options, granularity: perAxis(0), dims: [2] }))).toBe('numfmt/length');
    const q = chooseQParams([1], options);
    expect(code(() => quantizeLinear([1], { ...q, zeroPoint: Int32Array.of(300) }))).toBe('numfmt/qparams');
    expect(code(() => quantizeLinear([1], { ...q, scale: new Float32Array(2) }))).toBe('numfmt/qparams');
    expect(code(() => quantizeLinear([1], { ...q, format: float8e4m3fn, zeroPoint: Int32Array.of(1) }))).toBe('numfmt/qparams');
    expect(
      code(() => dequantizeLinear(new Uint8Array(2) as QuantizedCodes, chooseQParams([1, 2, 3, 4, 5], { format: int4, granularity: perAxis(0), dims: [5] }))),
    ).toBe('numfmt/length');
  });
});

describe('laws', () => {
  const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 });
  const rows = [int2, int4, uint4, int8, uint8, int16];
  it('the error within the range is at most half a step, and a second trip changes nothing', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(...rows), fc.constantFrom('symmetric', 'asymmetric'), (xs, format, scheme) => {
        const q = chooseQParams(xs, { format, scheme });
        const once = fakeQuantize(xs, q);
        const step = q.scale[0]!;
        // The ends may lie a rounding of the scale and of the zero point outside.
        for (const [i, x] of xs.entries())
          expect(Math.abs(once[i]! - x)).toBeLessThanOrEqual(step * (scheme === 'symmetric' ? 0.5001 : 1.0001) + Math.abs(x) * 1e-6);
        expect(fakeQuantize(once, q)).toEqual(once);
      }),
    );
  });
  it('NaN becomes zero, infinities the ends', () => {
    const q = chooseQParams([-1, 1], { format: int8 });
    expect([...(quantizeLinear([Number.NaN, Infinity, -Infinity], q) as Int8Array)]).toEqual([0, 127, -128]);
    const u = chooseQParams([-1, 2], { format: uint4, scheme: 'asymmetric' });
    expect([...fakeQuantize([Number.NaN, 1e9], u)]).toEqual([0, Math.fround(10 * u.scale[0]!)]);
  });
});

describe('bias', () => {
  it('int32 at the product of the scales', () => {
    const { codes, qparams, saturated } = quantizeBias([1, -2.5], 0.5, Float32Array.of(0.25, 0.125));
    expect([[...codes], [...qparams.scale], saturated]).toEqual([[8, -40], [0.125, 0.0625], 0]);
    expect([...dequantizeLinear(codes, qparams)]).toEqual([1, -2.5]);
    expect(quantizeBias([1e9], 1e-6, Float32Array.of(1e-6))).toMatchObject({ codes: Int32Array.of(2 ** 31 - 1), saturated: 1 });
    expect(code(() => quantizeBias([1, 2], 1, new Float32Array(3)))).toBe('numfmt/length');
    expect(code(() => quantizeBias([Number.NaN], 1, Float32Array.of(1)))).toBe('numfmt/not-finite');
  });
});
