// Typed arrays of codes: one constructor a format, the count of elements, and codes in and out of them.
import { fail } from './errors';
import type { FormatName, NumberFormat, StorageOf } from './format';

const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
} as const;

/** Codes that one element of the storage holds: 2 for 4-bit formats, 4 for 2-bit ones, else 1. */
export const codesPerElement = (format: NumberFormat): number => (format.bits < 8 ? 8 / format.bits : 1);

/** Elements (bytes, for formats below 8 bits) that hold `count` codes. */
export const storageLength = (format: NumberFormat, count: number): number => Math.ceil(count / codesPerElement(format));

/** Bytes of `count` codes as ONNX raw_data. */
export const byteLengthOf = (format: NumberFormat, count: number): number => (format.bits < 8 ? storageLength(format, count) : count * (format.bits / 8));

/** Zeroed storage for `count` codes. */
export function newStorage<N extends FormatName>(format: NumberFormat<N>, count: number): StorageOf[N] {
  const name: FormatName = format.name;
  const make = name in arrays ? arrays[name as keyof typeof arrays] : format.bits === 16 ? Uint16Array : Uint8Array;
  return new make(storageLength(format, count)) as StorageOf[N];
}

/** The number of codes in `codes`: `count` when given (it must fit the storage), else as many as there is room for. Error: `numfmt/length`. */
export function countOf(codes: { readonly length: number }, format: NumberFormat, count?: number): number {
  if (count === undefined) return codes.length * codesPerElement(format);
  const needed = storageLength(format, count);
  if (needed !== codes.length) throw fail('length', { expected: needed, actual: codes.length }, `elements of ${count} ${format.name} codes`);
  return count;
}
