// Tensors as plain arrays: one entry an element whatever the storage is, and back.
import { encodeArray, type FormatName, formats, pack, unpack } from '@modeldiet/numfmt';
import { type DType, elementCount, formatOf, type Tensor, tensorFromBytes, toFloat64 } from '@modeldiet/tensor';

/** One entry an element, in the storage's own codes (bits for float16, unsigned codes for 2- and 4-bit types): for kernels that only move elements. */
export type Entries = Exclude<Tensor['data'], readonly string[]> | readonly string[];

const packedBits = (type: DType): 2 | 4 | undefined => {
  const bits = formatOf(type)?.bits;
  return bits === 2 || bits === 4 ? bits : undefined;
};

/** The elements as entries. Complex types hold two entries an element and are not moved. */
export function entriesOf(t: Tensor): Entries {
  const bits = packedBits(t.type);
  return bits ? unpack(t.data as Uint8Array, bits, elementCount(t.dims)) : t.data;
}

/** An empty array of entries of a type. */
export function newEntries(like: Entries, length: number): Entries {
  if (Array.isArray(like)) return new Array<string>(length).fill('');
  return new (like.constructor as new (length: number) => Exclude<Entries, readonly string[]>)(length);
}

/** A tensor of entries. */
export function fromEntries(type: DType, dims: readonly number[], entries: Entries): Tensor {
  const bits = packedBits(type);
  return { type, dims, data: bits ? pack(entries as Uint8Array, bits) : entries } as Tensor;
}

/** `length` entries of `t`, the entry at i taken from `source(i)`; a negative source leaves the zero (or the empty text). */
export function pick(t: Tensor, dims: readonly number[], source: (index: number) => number): Tensor {
  const from = entriesOf(t);
  const length = elementCount(dims);
  const to = newEntries(from, length) as Record<number, unknown>;
  for (let i = 0; i < length; i++) {
    const at = source(i);
    if (at >= 0) to[i] = from[at];
  }
  return fromEntries(t.type, dims, to as unknown as Entries);
}

/** The values in double precision; bool as 0 and 1, 64-bit integers rounded beyond 2^53. */
export const numbersOf = (t: Tensor): Float64Array => toFloat64(t);

/** The values as exact integers. */
export const integersOf = (t: Tensor): number[] => Array.from(t.type === 'int64' || t.type === 'uint64' ? t.data : toFloat64(t), Number);

export const isWide = (type: DType): type is 'int64' | 'uint64' => type === 'int64' || type === 'uint64';
export const isFloat = (type: DType): boolean => type.includes('float');

const wrapping: Partial<Record<DType, new (values: ArrayLike<number>) => Tensor['data']>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** A tensor of numbers: floats rounded to nearest even, integers wrapped (their fraction dropped), bool true where not zero. */
export function fromNumbers(type: DType, dims: readonly number[], values: ArrayLike<number>): Tensor {
  const make = wrapping[type];
  if (make) return { type, dims, data: new make(values) } as Tensor;
  if (type === 'bool') return { type, dims, data: Uint8Array.from(values, (x) => (x === 0 ? 0 : 1)) };
  if (isWide(type)) {
    const wide = Array.from(values, (x) => BigInt(Number.isFinite(x) ? Math.trunc(x) : 0));
    return type === 'int64' ? { type, dims, data: BigInt64Array.from(wide) } : { type, dims, data: BigUint64Array.from(wide) };
  }
  return { type, dims, data: encodeArray(Float64Array.from(values), formats[type as FormatName]) } as Tensor;
}

/** A tensor of exact 64-bit integers, wrapped. */
export const fromWide = (type: 'int64' | 'uint64', dims: readonly number[], values: readonly bigint[]): Tensor =>
  type === 'int64' ? { type, dims, data: BigInt64Array.from(values) } : { type, dims, data: BigUint64Array.from(values) };

export const int64s = (values: readonly number[], dims: readonly number[] = [values.length]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});
export const bools = (values: readonly boolean[], dims: readonly number[]): Tensor => ({ type: 'bool', dims, data: Uint8Array.from(values, Number) });

/** No elements of a type. */
export const emptyEntries = (type: DType): Entries => (type === 'string' ? [] : bytelessOf(type));
const bytelessOf = (type: Exclude<DType, 'string'>): Entries => tensorFromBytes(type, [0], new Uint8Array(0)).data as Entries;

/** The elements as texts or numbers, 64-bit integers rounded beyond 2^53. */
export const elementsOfEntries = (t: Tensor): readonly (string | number)[] => (t.type === 'string' ? t.data : Array.from(numbersOf(t)));
