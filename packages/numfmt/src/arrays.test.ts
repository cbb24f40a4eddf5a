import { expect, it } from 'vitest';
import {
  bfloat16,
  chooseQParams,
  decode,
  decodeArray,
  encode,
  encodeArray,
  float4e2m1,
  float8e4m3fn,
  float8e5m2,
  float8e8m0,
  float16,
  float32,
  float64,
  formats,
  int2,
  int4,
  type int8,
  int64,
  uint4,
} from '.';

it('encodes and decodes one number', () => {
  expect(encode(6.5, float16)).toBe(0x4680);
  expect(encode(6.5, float32)).toBe(0x40d00000);
  expect(encode(6.5, float64)).toBe(0x401a000000000000n);
  expect(encode(6.5, bfloat16)).toBe(0x40d0);
  expect(encode(448, float8e4m3fn)).toBe(0x7e);
  expect(encode(1e9, float8e5m2)).toBe(0x7b);
  expect(encode(1e9, float8e5m2, { saturate: false })).toBe(0x7c);
  expect(encode(1.1, float8e8m0)).toBe(128);
  expect(encode(5, float4e2m1)).toBe(6);
  expect(encode(-9, int4)).toBe(8);
  expect(encode(9.6, int4)).toBe(7);
  expect(encode(-1n, int64)).toBe(0xffffffffffffffffn);
  expect(decode(8, int4)).toBe(-8);
});

it('every code of every format of at most 8 bits survives a round trip', () => {
  for (const format of Object.values(formats).filter((f) => f.bits <= 8))
    for (let code = 0; code < 2 ** format.bits; code++) {
      const x = decode(code, format);
      const back: number | bigint = encode(x, format, { saturate: false });
      if (Number.isNaN(x)) expect(decode(back, format)).toBeNaN();
      else expect([format.name, back]).toEqual([format.name, code]);
    }
});

it('packs low bits first', () => {
  expect([...encodeArray([1, -2, 3], int4)]).toEqual([0xe1, 0x03]);
  expect([...decodeArray(new Uint8Array([0xe1, 0x03]), int4, 3)]).toEqual([1, -2, 3]);
  expect([...encodeArray([1, -2, -1, 0, 1], int2)]).toEqual([0b00111001, 1]);
  expect([...decodeArray(new Uint8Array([0b00111001, 1]), int2, 5)]).toEqual([1, -2, -1, 0, 1]);
  expect(() => decodeArray(new Uint8Array(3), uint4, 3)).toThrow(/expected 2, got 3/);
});

/** The two tables of ONNX Cast (opset 28) for float8: [x, saturating, not saturating]; 'nan' and 'inf' as the format spells them. */
const castTable = {
  float8e4m3fn: [
    [0, 0, 0],
    [-0, -0, -0],
    [Number.NaN, Number.NaN, Number.NaN],
    [Infinity, 448, Number.NaN],
    [-Infinity, -448, Number.NaN],
    [500, 448, Number.NaN],
    [-500, -448, Number.NaN],
    [460, 448, 448],
  ],
  float8e4m3fnuz: [
    [0, 0, 0],
    [-0, 0, 0],
    [Number.NaN, Number.NaN, Number.NaN],
    [Infinity, 240, Number.NaN],
    [-Infinity, -240, Number.NaN],
    [260, 240, Number.NaN],
    [-260, -240, Number.NaN],
    [247, 240, 240],
  ],
  float8e5m2: [
    [0, 0, 0],
    [-0, -0, -0],
    [Number.NaN, Number.NaN, Number.NaN],
    [Infinity, 57344, Infinity],
    [-Infinity, -57344, -Infinity],
    [65536, 57344, Infinity],
    [-65536, -57344, -Infinity],
    [61000, 57344, 57344],
  ],
  float8e5m2fnuz: [
    [0, 0, 0],
    [-0, 0, 0],
    [Number.NaN, Number.NaN, Number.NaN],
    [Infinity, 57344, Number.NaN],
    [-Infinity, -57344, Number.NaN],
    [65536, 57344, Number.NaN],
    [-65536, -57344, Number.NaN],
    [61000, 57344, 57344],
  ],
} as const;

it.each(Object.entries(castTable))('%s follows the tables of ONNX Cast', (name, rows) => {
  const f = formats[name as 'float8e5m2'];
  for (const [x, saturated, not] of rows) {
    expect([x, decode(encode(x, f), f)]).toEqual([x, saturated]);
    expect([x, decode(encode(x, f, { saturate: false }), f)]).toEqual([x, not]);
  }
});

it('float8e8m0 and float4e2m1 at the ends', () => {
  const e8 = (x: number, options = {}): number => decode(encode(x, float8e8m0, options), float8e8m0);
  expect([1.1, 0, 1e-45, 3e38, Infinity, -1, Number.NaN].map((x) => e8(x))).toEqual([2, 2 ** -127, 2 ** -127, 2 ** 127, 2 ** 127, Number.NaN, Number.NaN]);
  const strict = { saturate: false, rounding: 'nearestEven' } as const;
  expect([1.1, 1.5, 0, 1e-45, 3e38, Infinity].map((x) => e8(x, strict))).toEqual([1, 2, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  const f4 = (x: number): number => decode(encode(x, float4e2m1, { saturate: false }), float4e2m1);
  expect([0.25, 0.75, 5, 7, -Infinity, Number.NaN, -0].map(f4)).toEqual([0, 1, 4, 6, -6, 6, -0]);
});

it('a whole array into half precision is its numbers one by one, out of range too', () => {
  const edges = [
    0,
    -0,
    1,
    65504,
    65519.996,
    65520,
    -65520,
    1e9,
    -1e38,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    6e-8,
    1e-45,
    Infinity,
    -Infinity,
    Number.NaN,
  ];
  const x = Float32Array.from({ length: 1000 }, (_, i) => edges[i % edges.length]!);
  for (const format of [float16, bfloat16])
    for (const saturate of [true, false]) expect([...encodeArray(x, format, { saturate })]).toEqual(Array.from(x, (one) => encode(one, format, { saturate })));
});

it('the name of a format in place of its row is an error, never a wrong number', () => {
  const name = 'float16' as unknown as typeof float16;
  for (const call of [() => encode(1, name), () => decode(1, name), () => encodeArray([1], name), () => decodeArray(new Uint16Array(1), name)])
    expect(call).toThrow(expect.objectContaining({ code: 'numfmt/unknown-format' }));
  expect(() => chooseQParams([1], { format: 'int8' as unknown as typeof int8 })).toThrow(/a row of `formats`/);
});
