export { dynamicQParams, dynamicQuantizeLinear, type QuantizedBias, quantizeBias } from './affine/dynamic';
export { axisOf, type Granularity, perAxis, perBlock, perTensor, scaleDims } from './affine/granularity';
export type { RangeMethod } from './affine/method';
export { chooseQParams, type QParams, type QParamsOptions } from './affine/qparams';
export { dequantizeLinear, fakeQuantize, type QuantizedCodes, quantizeLinear } from './affine/quantize';
export { codeRange, type QuantizedFormat, rangesOf, type Scheme, type ValueRange } from './affine/scale';
export { decodeArray, encodeArray, type Numbers } from './arrays';
export { decode, type EncodeOptions, encode } from './codec';
export type { ErrorDetails, ErrorKind, ErrorTable, Where } from './error';
export { failer, isModelDietError, ModelDietError } from './error';
export { errors } from './errors';
export { exactDecimal } from './exact';
export { explainInteger, type IntegerExplanation } from './explain/integer';
export { type Explanation, explain, type Fields } from './explain/number';
export { explainQuantization, type QuantizationExplanation, type QuantizationRow } from './explain/quantization';
export type { Step } from './explain/steps';
export { acrossFormats, explainSum, type FormatFacts, formatFacts, type SumExplanation } from './explain/tables';
export { acrossFormatsText, explanationText, formatFactsText, type TextOptions, tableText } from './explain/text';
export type { CodeOf, ExponentFormat, FloatFormat, FormatName, IntFormat, NumberFormat, StorageOf, ValuesOf } from './format';
export {
  bfloat16,
  float4e2m1,
  float8e4m3fn,
  float8e4m3fnuz,
  float8e5m2,
  float8e5m2fnuz,
  float8e8m0,
  float16,
  float32,
  float64,
  formats,
  int2,
  int4,
  int8,
  int16,
  int32,
  int64,
  uint2,
  uint4,
  uint8,
  uint16,
  uint32,
  uint64,
} from './formats';
export { intRange } from './int';
export { type ChannelScales, type Codes8, type Kernels, kernelPath, kernels, type Layout, plain, type Ranges, simd } from './kernels';
export { formatNamed } from './named';
export { nextDown, nextUp, ulp } from './neighbours';
export { largestValue, outOfRange } from './overflow';
export { pack, unpack } from './pack';
export type { Rounding } from './rounding';
export { byteLengthOf, storageLength } from './storage';
