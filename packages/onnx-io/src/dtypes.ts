// The element types of onnx.proto (TensorProto.DataType): code, and the field that holds them when not raw.
import type { DType } from '@modeldiet/tensor';

export type TypedField = 'floatData' | 'int32Data' | 'stringData' | 'int64Data' | 'doubleData' | 'uint64Data';

export interface DTypeRow {
  /** TensorProto.DataType. */
  readonly code: number;
  readonly field: TypedField;
  /** Least and greatest entry of int32_data / uint64_data that the type can hold; others are kept as they came. */
  readonly range?: readonly [number, number];
}

const byte = [-128, 255] as const;
const half = [0, 65535] as const;
const bits8 = [0, 255] as const;

export const dtypes = {
  float32: { code: 1, field: 'floatData' },
  uint8: { code: 2, field: 'int32Data', range: bits8 },
  int8: { code: 3, field: 'int32Data', range: [-128, 127] },
  uint16: { code: 4, field: 'int32Data', range: half },
  int16: { code: 5, field: 'int32Data', range: [-32768, 32767] },
  int32: { code: 6, field: 'int32Data' },
  int64: { code: 7, field: 'int64Data' },
  string: { code: 8, field: 'stringData' },
  bool: { code: 9, field: 'int32Data', range: bits8 },
  float16: { code: 10, field: 'int32Data', range: half },
  float64: { code: 11, field: 'doubleData' },
  uint32: { code: 12, field: 'uint64Data', range: [0, 0xffffffff] },
  uint64: { code: 13, field: 'uint64Data' },
  complex64: { code: 14, field: 'floatData' },
  complex128: { code: 15, field: 'doubleData' },
  bfloat16: { code: 16, field: 'int32Data', range: half },
  float8e4m3fn: { code: 17, field: 'int32Data', range: bits8 },
  float8e4m3fnuz: { code: 18, field: 'int32Data', range: bits8 },
  float8e5m2: { code: 19, field: 'int32Data', range: bits8 },
  float8e5m2fnuz: { code: 20, field: 'int32Data', range: bits8 },
  uint4: { code: 21, field: 'int32Data', range: bits8 },
  int4: { code: 22, field: 'int32Data', range: byte },
  float4e2m1: { code: 23, field: 'int32Data', range: bits8 },
  float8e8m0: { code: 24, field: 'int32Data', range: bits8 },
  uint2: { code: 25, field: 'int32Data', range: bits8 },
  int2: { code: 26, field: 'int32Data', range: byte },
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
