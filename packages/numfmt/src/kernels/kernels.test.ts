// simd and plain agree bit for bit: every layout, odd lengths, unaligned views, special numbers.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Kernels, kernelPath, kernels, type Layout, plain, simd } from '.';

const bits = (x: Float32Array): Uint32Array => new Uint32Array(x.buffer, x.byteOffset, x.length);
/** Byte for byte. */
function same(a: ArrayBufferView, b: ArrayBufferView): void {
  expect(Buffer.compare(Buffer.from(a.buffer, a.byteOffset, a.byteLength), Buffer.from(b.buffer, b.byteOffset, b.byteLength))).toBe(0);
}

/** Numbers of many magnitudes with specials among them, at an offset of one element into their buffer. */
function numbers(n: number, specials: boolean, seed = 1): Float32Array {
  const out = new Float32Array(n + 1).subarray(1);
  let state = seed;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = ((state / 2 ** 32) * 2 - 1) * 2 ** ((state & 31) - 20);
    if (specials && state % 37 === 0) out[i] = [0, -0, Number.NaN, Infinity, -Infinity, 2 ** -149, 65520, 3.4e38][(state >>> 8) & 7]!;
  }
  return out;
}

const layouts: readonly Layout[] = [
  ...[0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 255, 65535, 65536, 65537, 131075].map((inner) => ({ outer: 1, channels: 1, inner })),
  { outer: 3, channels: 5, inner: 16 },
  { outer: 2, channels: 7, inner: 17 },
  { outer: 70, channels: 3, inner: 1 },
  { outer: 9, channels: 13, inner: 3 },
  { outer: 5000, channels: 7, inner: 1 },
  { outer: 3, channels: 16389, inner: 1 },
  { outer: 2, channels: 9, inner: 4000 },
  { outer: 1, channels: 4099, inner: 33 },
  { outer: 2, channels: 1, inner: 65537 },
];
const size = ({ outer, channels, inner }: Layout): number => outer * channels * inner;
const name = ({ outer, channels, inner }: Layout): string => `${outer} x ${channels} x ${inner}`;

describe.each([false, true])('simd is plain, special numbers: %s', (specials) => {
  it.each(layouts.map((layout) => [name(layout), layout] as const))('affine loops over %s', (_, layout) => {
    const x = numbers(size(layout), specials);
    const [a, b] = [plain.ranges(x, layout), simd.ranges(x, layout)];
    same(b.min, a.min);
    same(b.max, a.max);
    same(b.absMax, a.absMax);

    const scales = numbers(layout.channels, false, 7).map((s) => Math.abs(s) + 2 ** -10);
    for (const [lo, hi] of [
      [-128, 127],
      [0, 255],
      [-64, 63],
    ] as const) {
      const zeroPoints = Int32Array.from({ length: layout.channels }, (_, c) => lo + ((c * 37) % (hi - lo + 1)));
      const params = { scales, zeroPoints, lo, hi };
      const make = () => (lo < 0 ? new Int8Array(x.length + 1).subarray(1) : new Uint8Array(x.length + 1).subarray(1));
      const [p, s] = [make(), make()];
      plain.quantize8(x, p, layout, params);
      simd.quantize8(x, s, layout, params);
      same(s, p);
      const [u, v] = [new Float32Array(x.length), new Float32Array(x.length)];
      plain.dequantize8(p, u, layout, params);
      simd.dequantize8(p, v, layout, params);
      same(v, u);
    }
    for (const [lo, hi] of [
      [-8, 7],
      [0, 15],
    ] as const) {
      const params = { scales, zeroPoints: Int32Array.from({ length: layout.channels }, (_, c) => lo + ((c * 5) % 16)), lo, hi };
      const make = () => new Uint8Array(((x.length + 1) >> 1) + 1).subarray(1);
      const [p, s] = [make(), make()];
      plain.quantize4(x, p, layout, params);
      simd.quantize4(x, s, layout, params);
      same(s, p);
      const [u, v] = [new Float32Array(x.length), new Float32Array(x.length)];
      plain.dequantize4(p, u, layout, params);
      simd.dequantize4(p, v, layout, params);
      same(v, u);
    }
  });

  it.each([0, 1, 3, 7, 8, 9, 65535, 65536, 65543])('conversions, histogram and sums of %d', (n) => {
    const x = numbers(n, specials);
    const run = (k: Kernels) => {
      const [h, f] = [new Uint16Array(n), new Uint16Array(n)];
      const [hf, ff] = [new Float32Array(n), new Float32Array(n)];
      k.float32ToFloat16(x, h);
      k.float32ToBfloat16(x, f);
      k.float16ToFloat32(h, hf);
      k.bfloat16ToFloat32(f, ff);
      const counts = new Uint32Array(101);
      k.histogram(x, -1.5, 3, counts);
      return [h, f, hf, ff, counts];
    };
    const [a, b] = [run(plain), run(simd)];
    for (const [i, part] of a.entries()) same(b[i]!, part);
    const y = numbers(n, false, 3);
    expect(simd.squaredError(x, y)).toBe(plain.squaredError(x, y));
  });
});

it('every float16 and bfloat16 code widens alike', () => {
  const codes = Uint16Array.from({ length: 65536 }, (_, i) => i);
  for (const widen of ['float16ToFloat32', 'bfloat16ToFloat32'] as const) {
    const [a, b] = [new Float32Array(65536), new Float32Array(65536)];
    plain[widen](codes, a);
    simd[widen](codes, b);
    same(b, a);
  }
});

it('every 256th float32 narrows alike, subnormals and ties included', () => {
  const x = new Float32Array(2 ** 20);
  const u = bits(x);
  for (let block = 0; block < 16; block++) {
    for (let i = 0; i < u.length; i++) u[i] = (block * 2 ** 20 + i) * 256 + [0, 0x1000, 0x1001][i % 3]!;
    for (const narrow of ['float32ToFloat16', 'float32ToBfloat16'] as const) {
      const [a, b] = [new Uint16Array(x.length), new Uint16Array(x.length)];
      plain[narrow](x, a);
      simd[narrow](x, b);
      same(b, a);
    }
  }
});

it('says which path runs', () => {
  expect(kernels()).toBe(simd);
  expect(kernelPath()).toEqual({ path: 'simd' });
});

it.each(['affine', 'convert'])('the %s module weighs at most 4 KB and imports nothing', async (module) => {
  const { wasm } = await import(`./${module}.wasm.ts`);
  const bytes = Buffer.from(wasm, 'base64');
  expect(bytes.length).toBeLessThanOrEqual(4096);
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
  expect(readFileSync(new URL(`./${module}.wasm.ts`, import.meta.url), 'utf8')).toContain(`${bytes.length} bytes`);
});
