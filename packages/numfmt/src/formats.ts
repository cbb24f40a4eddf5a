// The table: every number format of ONNX that a tensor of numbers can have (TensorProto.DataType), one row each, each also a named export so that one format alone tree-shakes.
// Sources: IEEE 754-2019; ONNX docs "Float stored in 8 bits", "Float stored in 4 bits", "2 and 4 bit integers"; OCP Microscaling Formats v1.0.
import type { ExponentFormat, FloatFormat, FormatName, IntFormat, NumberFormat } from './format';

const float = <N extends FormatName>(
  name: N,
  exponentBits: number,
  mantissaBits: number,
  bias: number,
  special: FloatFormat['special'],
  saturates: boolean,
): FloatFormat<N> => ({ kind: 'float', name, bits: 1 + exponentBits + mantissaBits, exponentBits, mantissaBits, bias, special, saturates });
const int = <N extends FormatName>(name: N, bits: number, signed: boolean): IntFormat<N> => ({ kind: 'int', name, bits, signed });

export const float64 = /* @__PURE__ */ float('float64', 11, 52, 1023, 'ieee', false);
export const float32 = /* @__PURE__ */ float('float32', 8, 23, 127, 'ieee', false);
export const float16 = /* @__PURE__ */ float('float16', 5, 10, 15, 'ieee', false);
export const bfloat16 = /* @__PURE__ */ float('bfloat16', 8, 7, 127, 'ieee', false);
export const float8e4m3fn = /* @__PURE__ */ float('float8e4m3fn', 4, 3, 7, 'allOnes', true);
export const float8e4m3fnuz = /* @__PURE__ */ float('float8e4m3fnuz', 4, 3, 8, 'negativeZero', true);
export const float8e5m2 = /* @__PURE__ */ float('float8e5m2', 5, 2, 15, 'ieee', true);
export const float8e5m2fnuz = /* @__PURE__ */ float('float8e5m2fnuz', 5, 2, 16, 'negativeZero', true);
export const float8e8m0: ExponentFormat<'float8e8m0'> = { kind: 'exponent', name: 'float8e8m0', bits: 8, bias: 127 };
export const float4e2m1 = /* @__PURE__ */ float('float4e2m1', 2, 1, 1, 'none', true);
export const int2 = /* @__PURE__ */ int('int2', 2, true);
export const uint2 = /* @__PURE__ */ int('uint2', 2, false);
export const int4 = /* @__PURE__ */ int('int4', 4, true);
export const uint4 = /* @__PURE__ */ int('uint4', 4, false);
export const int8 = /* @__PURE__ */ int('int8', 8, true);
export const uint8 = /* @__PURE__ */ int('uint8', 8, false);
export const int16 = /* @__PURE__ */ int('int16', 16, true);
export const uint16 = /* @__PURE__ */ int('uint16', 16, false);
export const int32 = /* @__PURE__ */ int('int32', 32, true);
export const uint32 = /* @__PURE__ */ int('uint32', 32, false);
export const int64 = /* @__PURE__ */ int('int64', 64, true);
export const uint64 = /* @__PURE__ */ int('uint64', 64, false);

export const formats = {
  float64,
  float32,
  float16,
  bfloat16,
  float8e4m3fn,
  float8e4m3fnuz,
  float8e5m2,
  float8e5m2fnuz,
  float8e8m0,
  float4e2m1,
  int2,
  uint2,
  int4,
  uint4,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
} as const satisfies { readonly [N in FormatName]: NumberFormat<N> };
