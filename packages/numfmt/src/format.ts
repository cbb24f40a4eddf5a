// What a row of the format table says. A row is data only: the codecs read it.

export type FormatName =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float4e2m1'
  | 'int2'
  | 'uint2'
  | 'int4'
  | 'uint4'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64';

/**
 * Sign, exponent, mantissa. A code with exponent field E > 0 is `(-1)^s * 2^(E - bias) * (1 + M / 2^mantissaBits)`, with E = 0 it is `(-1)^s * 2^(1 - bias) * M / 2^mantissaBits`.
 * What the top of the range spells: `ieee`: all exponent bits set is infinity (M = 0) or NaN; `allOnes`: only the all-ones code is NaN, no infinity;
 * `negativeZero`: the code of -0 is the one NaN, no infinity and no -0; `none`: every code is a finite number.
 */
export interface FloatFormat<N extends FormatName = FormatName> {
  readonly kind: 'float';
  readonly name: N;
  readonly bits: number;
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  readonly special: 'ieee' | 'allOnes' | 'negativeZero' | 'none';
  /** Whether a value that is too large becomes the largest finite one (true) or infinity or NaN (false), when the caller does not say. */
  readonly saturates: boolean;
}

/** Two's complement, or unsigned. */
export interface IntFormat<N extends FormatName = FormatName> {
  readonly kind: 'int';
  readonly name: N;
  readonly bits: number;
  readonly signed: boolean;
}

/** An exponent alone: code E is 2^(E - 127), code 255 is NaN; no sign, no zero. The scale of OCP Microscaling blocks. */
export interface ExponentFormat<N extends FormatName = FormatName> {
  readonly kind: 'exponent';
  readonly name: N;
  readonly bits: 8;
  readonly bias: 127;
}

export type NumberFormat<N extends FormatName = FormatName> = FloatFormat<N> | IntFormat<N> | ExponentFormat<N>;

/** Stored bits: a number up to 32 bits, a bigint for 64. */
export type CodeOf<N extends FormatName> = N extends 'float64' | 'int64' | 'uint64' ? bigint : number;

/** How an array of codes is stored, as ONNX raw_data: 2- and 4-bit codes packed low bits first, floats below 32 bits as their bits. */
export interface StorageOf {
  float64: Float64Array;
  float32: Float32Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  float8e4m3fn: Uint8Array;
  float8e4m3fnuz: Uint8Array;
  float8e5m2: Uint8Array;
  float8e5m2fnuz: Uint8Array;
  float8e8m0: Uint8Array;
  float4e2m1: Uint8Array;
  int2: Uint8Array;
  uint2: Uint8Array;
  int4: Uint8Array;
  uint4: Uint8Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
}

/** The values of an array of codes: float32 holds every value of most formats; those of float64, 32- and 64-bit integers are float64 (64-bit ones beyond 2^53 are rounded). */
export type ValuesOf<N extends FormatName> = N extends 'float64' | 'int32' | 'uint32' | 'int64' | 'uint64' ? Float64Array : Float32Array;
