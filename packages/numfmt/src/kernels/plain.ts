// The kernels in TypeScript: the oracle of `simd`, and what runs where WebAssembly is missing or refused.

import type { ChannelScales, Codes8, Kernels, Layout, Ranges } from './kernels';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './plain-convert';

/** Calls `visit` for each run of numbers of one channel. */
function eachRun({ outer, channels, inner }: Layout, visit: (channel: number, from: number, to: number) => void): void {
  let at = 0;
  for (let o = 0; o < outer; o++) for (let c = 0; c < channels; c++) visit(c, at, (at += inner));
}

function ranges(x: Float32Array, layout: Layout): Ranges {
  const min = new Float32Array(layout.channels).fill(Number.POSITIVE_INFINITY);
  const max = new Float32Array(layout.channels).fill(Number.NEGATIVE_INFINITY);
  const absMax = new Float32Array(layout.channels);
  eachRun(layout, (c, from, to) => {
    let low = min[c]!;
    let high = max[c]!;
    for (let i = from; i < to; i++) {
      const v = x[i]!;
      // Once NaN, always NaN: both comparisons with it are false.
      if (v < low || Number.isNaN(v)) low = v;
      if (v > high || Number.isNaN(v)) high = v;
    }
    min[c] = low + 0;
    max[c] = high + 0;
  });
  for (let c = 0; c < layout.channels; c++) {
    if (Number.isNaN(min[c]!)) min[c] = max[c] = absMax[c] = Number.NaN;
    else absMax[c] = min[c]! > max[c]! ? 0 : Math.max(-min[c]!, max[c]!) + 0;
  }
  return { min, max, absMax };
}

/** Half to even, for |x| < 2^22: what does not fit a double's mantissa beside 1.5 * 2^52 is rounded away. */
const roundEven = (x: number): number => x + 6755399441055744 - 6755399441055744;

function code(x: number, scale: number, zero: number, lo: number, hi: number): number {
  const v = Math.fround(x / scale);
  return Number.isNaN(v) ? zero : roundEven(Math.min(Math.max(v, lo - zero), hi - zero)) + zero;
}

function quantize8(x: Float32Array, out: Codes8, layout: Layout, { scales, zeroPoints, lo, hi }: ChannelScales): void {
  eachRun(layout, (c, from, to) => {
    const scale = scales[c]!;
    const zero = zeroPoints[c]!;
    for (let i = from; i < to; i++) out[i] = code(x[i]!, scale, zero, lo, hi);
  });
}

function quantize4(x: Float32Array, out: Uint8Array, layout: Layout, { scales, zeroPoints, lo, hi }: ChannelScales): void {
  eachRun(layout, (c, from, to) => {
    for (let i = from; i < to; i++) {
      const nibble = code(x[i]!, scales[c]!, zeroPoints[c]!, lo, hi) & 15;
      if (i & 1) out[i >> 1]! |= nibble << 4;
      else out[i >> 1] = nibble;
    }
  });
}

function dequantize8(codes: Codes8, out: Float32Array, layout: Layout, { scales, zeroPoints }: ChannelScales): void {
  eachRun(layout, (c, from, to) => {
    const scale = scales[c]!;
    const zero = zeroPoints[c]!;
    for (let i = from; i < to; i++) out[i] = (codes[i]! - zero) * scale;
  });
}

function dequantize4(codes: Uint8Array, out: Float32Array, layout: Layout, { scales, zeroPoints, lo }: ChannelScales): void {
  const sign = lo < 0 ? 8 : 0;
  eachRun(layout, (c, from, to) => {
    for (let i = from; i < to; i++) {
      const nibble = (codes[i >> 1]! >> ((i & 1) * 4)) & 15;
      out[i] = ((nibble ^ sign) - sign - zeroPoints[c]!) * scales[c]!;
    }
  });
}

function histogram(x: Float32Array, low: number, high: number, counts: Uint32Array): void {
  const from = Math.fround(low);
  const to = Math.fround(high);
  const perBin = binsPerUnit(from, to, counts.length);
  for (let i = 0; i < x.length; i++) {
    const v = x[i]!;
    if (v >= from && v <= to) counts[Math.min(Math.trunc((v - from) * perBin), counts.length - 1)]!++;
  }
}

/** Bins per unit; 0 when the range is one point, which puts everything into the first bin. */
export const binsPerUnit = (low: number, high: number, bins: number): number => (high > low ? bins / (high - low) : 0);

function squaredError(x: Float32Array, y: Float32Array): number {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) sums[i & 3]! += (x[i]! - y[i]!) ** 2;
  return addSums(sums);
}

/** The four interleaved sums in the order that is part of the definition. */
export const addSums = (sums: ArrayLike<number>): number => sums[0]! + sums[1]! + (sums[2]! + sums[3]!);

export const plain: Kernels = {
  name: 'plain',
  ranges,
  quantize8,
  quantize4,
  dequantize8,
  dequantize4,
  float32ToFloat16,
  float16ToFloat32,
  float32ToBfloat16,
  bfloat16ToFloat32,
  histogram,
  squaredError,
};
