// The element types of onnx.proto (TensorProto.DataType): code, bits, and the field that holds them when not raw.
import type { DataOf, DType } from '@modeldiet/tensor';

export type TypedField = 'floatData' | 'int32Data' | 'stringData' | 'int64Data' | 'doubleData' | 'uint64Data';

export interface DTypeRow {
  /** TensorProto.DataType. */
  readonly code: number;
  /** Bits of one element in the raw layout (complex: both parts); 0 for strings, which have none. */
  readonly bits: number;
  readonly field: TypedField;
  /** Least and greatest entry of int32_data / uint64_data that the type can hold; others are kept as they came. */
  readonly range?: readonly [number, number];
}

const byte = [-128, 255] as const;
const half = [0, 65535] as const;
const bits8 = [0, 255] as const;

export const dtypes = {
  float32: { code: 1, bits: 32, field: 'floatData' },
  uint8: { code: 2, bits: 8, field: 'int32Data', range: bits8 },
  int8: { code: 3, bits: 8, field: 'int32Data', range: [-128, 127] },
  uint16: { code: 4, bits: 16, field: 'int32Data', range: half },
  int16: { code: 5, bits: 16, field: 'int32Data', range: [-32768, 32767] },
  int32: { code: 6, bits: 32, field: 'int32Data' },
  int64: { code: 7, bits: 64, field: 'int64Data' },
  string: { code: 8, bits: 0, field: 'stringData' },
  bool: { code: 9, bits: 8, field: 'int32Data', range: bits8 },
  float16: { code: 10, bits: 16, field: 'int32Data', range: half },
  float64: { code: 11, bits: 64, field: 'doubleData' },
  uint32: { code: 12, bits: 32, field: 'uint64Data', range: [0, 0xffffffff] },
  uint64: { code: 13, bits: 64, field: 'uint64Data' },
  complex64: { code: 14, bits: 64, field: 'floatData' },
  complex128: { code: 15, bits: 128, field: 'doubleData' },
  bfloat16: { code: 16, bits: 16, field: 'int32Data', range: half },
  float8e4m3fn: { code: 17, bits: 8, field: 'int32Data', range: bits8 },
  float8e4m3fnuz: { code: 18, bits: 8, field: 'int32Data', range: bits8 },
  float8e5m2: { code: 19, bits: 8, field: 'int32Data', range: bits8 },
  float8e5m2fnuz: { code: 20, bits: 8, field: 'int32Data', range: bits8 },
  uint4: { code: 21, bits: 4, field: 'int32Data', range: bits8 },
  int4: { code: 22, bits: 4, field: 'int32Data', range: byte },
  float4e2m1: { code: 23, bits: 4, field: 'int32Data', range: bits8 },
  float8e8m0: { code: 24, bits: 8, field: 'int32Data', range: bits8 },
  uint2: { code: 25, bits: 2, field: 'int32Data', range: bits8 },
  int2: { code: 26, bits: 2, field: 'int32Data', range: byte },
} as const satisfies Record<DType, DTypeRow>;

const names = new Map<number, DType>(Object.entries(dtypes).map(([name, { code }]) => [code, name as DType]));

/** The element type of a TensorProto.DataType code; undefined for one that this table does not know (float6, a future type). */
export const dtypeOfCode = (code: number): DType | undefined => names.get(code);

/** The number of elements; `undefined` when an extent is negative or the product passes 2^53. */
export function elementCount(dims: readonly (number | bigint)[]): number | undefined {
  let count = 1;
  let empty = false;
  for (const dim of dims) {
    if (typeof dim === 'bigint' || dim < 0) return undefined;
    if (dim === 0) empty = true;
    else if ((count *= dim) > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return empty ? 0 : count;
}

/** Bytes of `count` elements in the raw layout: 4- and 2-bit types round up to whole bytes. */
export const rawLength = (dtype: DType, count: number): number => Math.ceil((count * dtypes[dtype].bits) / 8);

type Buffers = ArrayBufferView<ArrayBuffer> | DataOf[Exclude<DType, 'string'>];
type Maker = { new (buffer: ArrayBufferLike, offset: number, length: number): Buffers; readonly BYTES_PER_ELEMENT: number };

/** The typed array of each element type. */
export const arrays = {
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
} as const satisfies Record<Exclude<DType, 'string'>, Maker>;
