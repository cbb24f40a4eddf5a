// What each element type is: its storage, its bits, and its number format where it has one.
import { type FormatName, formats, type NumberFormat } from '@modeldiet/numfmt';
import type { DataOf, DType } from './types';

/** Bits of one element in raw storage; 0 for strings, which have no raw form. */
export const bitsOf = (type: DType): number => {
  const format = formatOf(type);
  if (format) return format.bits;
  return type === 'bool' ? 8 : type === 'complex64' ? 64 : type === 'complex128' ? 128 : 0;
};

/** The number format of a type; none for bool, string and complex. */
export const formatOf = (type: DType): NumberFormat | undefined => (type in formats ? formats[type as FormatName] : undefined);

/** Every element type, in the order of the documentation. */
export const dtypes: readonly DType[] = [...(Object.keys(formats) as FormatName[]), 'bool', 'string', 'complex64', 'complex128'];

export const isDType = (name: string): name is DType => (dtypes as readonly string[]).includes(name);

/** Elements of the storage that hold `count` numbers: packed types fewer, complex ones two each. */
export function storageCount(type: DType, count: number): number {
  const bits = bitsOf(type);
  if (bits > 0 && bits < 8) return Math.ceil((count * bits) / 8);
  return type === 'complex64' || type === 'complex128' ? count * 2 : count;
}

/** Bytes of one element of the storage. */
const elementBytes = (type: DType): number => Math.max(1, (type.startsWith('complex') ? bitsOf(type) / 2 : bitsOf(type)) / 8);

const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float8e4m3fn: Uint8Array,
  float8e4m3fnuz: Uint8Array,
  float8e5m2: Uint8Array,
  float8e5m2fnuz: Uint8Array,
  float8e8m0: Uint8Array,
  float4e2m1: Uint8Array,
  int2: Uint8Array,
  uint2: Uint8Array,
  int4: Uint8Array,
  uint4: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const satisfies { readonly [T in Exclude<DType, 'string'>]: new (n: number) => DataOf[T] };

/** The typed array of a type's storage, and the size of its elements in bytes. */
export const storageOf = <T extends Exclude<DType, 'string'>>(type: T): { readonly array: (typeof arrays)[T]; readonly elementBytes: number } => ({
  array: arrays[type],
  elementBytes: elementBytes(type),
});
