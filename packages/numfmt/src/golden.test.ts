// What ml_dtypes and numpy say (fixtures/golden/numfmt, made by fixtures/make/numfmt.py).
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, decodeArray, encode, encodeArray, type FormatName, formats, type StorageOf } from '.';

const golden = new URL('../../../fixtures/golden/numfmt/', import.meta.url);
const raw = (name: string): Buffer => gunzipSync(readFileSync(new URL(`${name}.gz`, golden)));
const floats = (name: string): Float32Array => new Float32Array(Uint8Array.from(raw(name)).buffer);
const codesOf = (name: string, type: string): Uint8Array | Uint16Array => {
  const { buffer } = Uint8Array.from(raw(name));
  return type === 'uint16' ? new Uint16Array(buffer) : new Uint8Array(buffer);
};
const meta = JSON.parse(readFileSync(new URL('meta.json', golden), 'utf8')) as { decode: Record<string, string>; encode: Record<string, string> };

it('covers every format of at most 16 bits', () => {
  expect(Object.keys(meta.decode).sort()).toEqual(
    Object.values(formats)
      .filter((f) => f.bits <= 16)
      .map((f) => f.name)
      .sort(),
  );
});

it.each(Object.keys(meta.decode))('every code of %s decodes alike', (name) => {
  const format = formats[name as FormatName];
  const expected = floats(`decode-${name}`);
  expect(expected).toHaveLength(2 ** format.bits);
  const wrong = [...expected.keys()].filter((code) => !Object.is(decode(code as never, format), expected[code]));
  expect(wrong).toEqual([]);
  // The same through storage, packed and in arrays.
  const codes = Array.from(expected.keys());
  const storage = encodeArray(expected, format, { saturate: false });
  const back = decodeArray(storage as StorageOf['float16'], format as (typeof formats)['float16'], codes.length);
  expect(codes.filter((code) => !Object.is(back[code], expected[code]) && !Number.isNaN(expected[code]))).toEqual([]);
});

describe('encode', () => {
  const input = floats('encode-input');
  it.each(Object.entries(meta.encode).filter(([name]) => name !== 'input'))('%s as ml_dtypes', (name, type) => {
    const format = formats[name as FormatName];
    const expected = codesOf(`encode-${name}`, type);
    expect(expected).toHaveLength(input.length);
    const rounding = 'nearestEven' as const;
    const array = name === 'float4e2m1' ? undefined : encodeArray(input, format, { saturate: false, rounding });
    const wrong: unknown[] = [];
    for (const [i, x] of input.entries()) {
      const code: number | bigint = encode(x, format, { saturate: false, rounding });
      // Below 2^-126, float32's subnormals, ml_dtypes does not round to the nearest power (1.22 x 2^-127 goes up) and makes 2^-149 2^-127, where ONNX says NaN.
      if (name === 'float8e8m0' && x > 0 && x < 2 ** -126) continue;
      const theirs = decode(expected[i]! as never, format);
      // A NaN is a NaN, whatever its sign; float4e2m1 has none (ml_dtypes: -0, ONNX: the largest).
      const same = Number.isNaN(theirs) ? Number.isNaN(decode(code as never, format)) : code === expected[i] || (Number.isNaN(x) && name === 'float4e2m1');
      if (!same) wrong.push([x, code, expected[i]]);
      if (array && array[i] !== code) wrong.push(['array', x, array[i], code]);
    }
    expect(wrong).toEqual([]);
  });
});

it.each([
  ['up', 'up'],
  ['down', 'down'],
  ['nearest', 'nearestEven'],
] as const)("float8e8m0 rounded '%s' as ONNX", (mode, rounding) => {
  const input = floats('encode-input');
  const expected = codesOf(`encode-float8e8m0-${mode}`, 'uint8');
  const wrong: unknown[] = [];
  for (const [i, x] of input.entries()) {
    // Defined for normal positive numbers; infinity saturates by the table of the spec, the reference makes it NaN.
    if (!(x >= 2 ** -126 && x < Infinity)) continue;
    const code = encode(x, formats.float8e8m0, { rounding });
    if (code !== expected[i]) wrong.push([x, code, expected[i]]);
  }
  expect(wrong).toEqual([]);
});
