// TensorProto.DataType numbers (onnx.proto, IR 14) as the names of DType, for the attributes that hold them (Cast's `to`).
import type { DType } from '@modeldiet/tensor';

const byNumber: readonly (DType | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
];

/** The DType of a TensorProto.DataType number; undefined for 0 and for numbers this schema does not name. */
export const dtypeOf = (dataType: number | undefined): DType | undefined => (dataType === undefined ? undefined : byNumber[dataType]);
/** The TensorProto.DataType number of a DType. */
export const dataTypeOf = (dtype: DType): number => byNumber.indexOf(dtype);
