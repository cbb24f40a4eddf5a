// The one interface of the hot number loops, with two values: `plain` (TypeScript, the oracle and the fallback) and `simd` (WebAssembly). They agree bit for bit.

/** A tensor seen from one axis: `outer` x `channels` x `inner` numbers in row-major order; number i belongs to channel floor(i / inner) % channels. Per tensor is 1 x 1 x n. */
export interface Layout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/** One entry a channel. An empty channel is { Infinity, -Infinity, 0 }; a channel with a NaN is NaN in all three. Zeros are positive. */
export interface Ranges {
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly absMax: Float32Array;
}

/** One entry a channel, and the codes allowed: clamp(round(x / scale) + zeroPoint, lo, hi). */
export interface ChannelScales {
  readonly scales: Float32Array;
  readonly zeroPoints: Int32Array;
  readonly lo: number;
  readonly hi: number;
}

export type Codes8 = Int8Array | Uint8Array;

/** Lengths are the caller's duty: outputs exactly as long as inputs, (n + 1) >> 1 bytes for 4-bit codes. */
export interface Kernels {
  readonly name: 'plain' | 'simd';
  /** min, max and largest magnitude of each channel, in one pass. */
  ranges(x: Float32Array, layout: Layout): Ranges;
  /** ONNX QuantizeLinear into 8 bits: x / scale in float32, half to even, plus zero point, clamped. NaN becomes the zero point. */
  quantize8(x: Float32Array, out: Codes8, layout: Layout, scales: ChannelScales): void;
  /** The same into nibbles, low one first. */
  quantize4(x: Float32Array, out: Uint8Array, layout: Layout, scales: ChannelScales): void;
  /** ONNX DequantizeLinear: (code - zeroPoint) * scale in float32. */
  dequantize8(codes: Codes8, out: Float32Array, layout: Layout, scales: ChannelScales): void;
  /** Nibbles are signed when `lo` is negative. */
  dequantize4(codes: Uint8Array, out: Float32Array, layout: Layout, scales: ChannelScales): void;
  /** Nearest even; every NaN becomes 0x7e00. */
  float32ToFloat16(x: Float32Array, out: Uint16Array): void;
  /** Exact; a NaN keeps its sign and payload. */
  float16ToFloat32(x: Uint16Array, out: Float32Array): void;
  /** Nearest even; every NaN becomes 0x7fc0. */
  float32ToBfloat16(x: Float32Array, out: Uint16Array): void;
  bfloat16ToFloat32(x: Uint16Array, out: Float32Array): void;
  /** Adds to `counts` the numbers in each of its equal bins of [low, high], both ends included; numbers outside and NaN are not counted. */
  histogram(x: Float32Array, low: number, high: number, counts: Uint32Array): void;
  /** The sum of (x - y)^2 in float64, as four interleaved sums. */
  squaredError(x: Float32Array, y: Float32Array): number;
}
