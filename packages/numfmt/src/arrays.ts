// Arrays of codes in the storage layout of ONNX raw_data, to and from numbers.
import { decodeNarrow, type EncodeOptions, encodeNarrow, noRow, roundingOf, saturationOf } from './codec';
import type { FormatName, NumberFormat, StorageOf, ValuesOf } from './format';
import { encodeInt64 } from './int';
import { kernels } from './kernels';
import { pack, unpack } from './pack';
import { countOf, newStorage } from './storage';
import { canBeTabled, encodeByTable, worthATable } from './tabled';

/** Numbers to encode; bigints only for the 64-bit integers. */
export type Numbers = ArrayLike<number> | ArrayLike<bigint>;

/**
 * Encodes an array into the storage layout of the format (4-bit: two a byte, low nibble first; floats below 32 bits as their bits). Options as {@link encode}.
 * float32 into float16 or bfloat16 runs on the SIMD kernels.
 *
 * @example encodeArray([1, -2, 3], int4) // Uint8Array [0xe1, 0x03]
 */
export function encodeArray<N extends FormatName>(values: Numbers, format: NumberFormat<N>, options: EncodeOptions = {}): StorageOf[N] {
  if (!format.bits) throw noRow(format);
  const rounding = roundingOf(format, options);
  if (values instanceof Float32Array && values.length >= worthATable && canBeTabled(format, rounding)) {
    const codes = encodeByTable(values, format, rounding, saturationOf(format, options));
    return (format.bits === 4 ? pack(codes, 4) : codes) as StorageOf[N];
  }
  const out = newStorage(format, values.length);
  encodeInto(out, values, format, options);
  return out;
}

function encodeInto(out: StorageOf[FormatName], values: Numbers, format: NumberFormat, options: EncodeOptions): void {
  const rounding = roundingOf(format, options);
  const saturate = saturationOf(format, options);
  const { random } = options;
  const nearest = rounding === 'nearestEven';
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    const integer = format.kind === 'int' ? format : undefined;
    for (let i = 0; i < values.length; i++) out[i] = encodeInt64(values[i]!, integer!, rounding, saturate, random);
  } else if (out instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) out[i] = Number(values[i]!);
  } else if (out instanceof Float32Array) {
    if (nearest && !saturate) for (let i = 0; i < values.length; i++) out[i] = Number(values[i]!);
    else {
      const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
      for (let i = 0; i < values.length; i++) bits[i] = encodeNarrow(Number(values[i]!), format, rounding, saturate, random);
    }
  } else if (out instanceof Uint16Array && values instanceof Float32Array && nearest && format.kind === 'float') {
    if (format.name === 'float16') kernels().float32ToFloat16(values, out);
    else kernels().float32ToBfloat16(values, out);
    // Few numbers lie out of range: those alone are encoded again.
    const infinity = format.name === 'float16' ? 0x7c00 : 0x7f80;
    if (saturate) for (let i = 0; i < out.length; i++) if ((out[i]! & 0x7fff) === infinity) out[i] = encodeNarrow(values[i]!, format, rounding, saturate);
  } else if (format.bits < 8) {
    const perByte = 8 / format.bits;
    for (let i = 0; i < values.length; i++)
      out[Math.floor(i / perByte)]! |= encodeNarrow(Number(values[i]!), format, rounding, saturate, random) << ((i % perByte) * format.bits);
  } else for (let i = 0; i < values.length; i++) out[i] = encodeNarrow(Number(values[i]!), format, rounding, saturate, random);
}

/**
 * The numbers of an array of codes. `count` is needed where the last byte of a 2- or 4-bit format is not full. float64 values for float64, 32- and 64-bit integers (which beyond 2^53 are
 * rounded), float32 for all others, exact. Error: `numfmt/length`.
 *
 * @example decodeArray(new Uint8Array([0xe1, 0x03]), int4, 3) // Float32Array [1, -2, 3]
 */
export function decodeArray<N extends FormatName>(codes: StorageOf[N], format: NumberFormat<N>, count?: number): ValuesOf<N> {
  if (!format.bits) throw noRow(format);
  return decoded(codes, format, countOf(codes, format, count)) as ValuesOf<N>;
}

function decoded(codes: StorageOf[FormatName], format: NumberFormat, count: number): Float32Array | Float64Array {
  if (codes instanceof BigInt64Array || codes instanceof BigUint64Array || format.bits === 64) return Float64Array.from(codes as BigInt64Array, Number);
  if (format.bits === 32 && format.kind === 'int') return new Float64Array(codes);
  const out = new Float32Array(count);
  if (format.bits < 8) decodePacked(codes as Uint8Array, format, out);
  else if (format.bits === 32 || format.kind === 'int') out.set(codes);
  else if (format.name === 'float16') kernels().float16ToFloat32(codes as Uint16Array, out);
  else if (format.name === 'bfloat16') kernels().bfloat16ToFloat32(codes as Uint16Array, out);
  else {
    const table = valueTable(format);
    for (let i = 0; i < count; i++) out[i] = table[codes[i]!]!;
  }
  return out;
}

const valueTable = (format: NumberFormat): Float32Array => Float32Array.from({ length: 2 ** format.bits }, (_, code) => decodeNarrow(code, format));

function decodePacked(bytes: Uint8Array, format: NumberFormat, out: Float32Array): void {
  const table = valueTable(format);
  const codes = unpack(bytes, format.bits as 2 | 4, out.length);
  for (let i = 0; i < out.length; i++) out[i] = table[codes[i]!]!;
}
