// Static quantization: weights and activations to 8 bits with scales that are known beforehand, written as QDQ: a QuantizeLinear and DequantizeLinear pair around every value that an integer kernel reads or makes.
// Runtimes fuse each DequantizeLinear -> op -> QuantizeLinear into one integer kernel. ONNX operators QuantizeLinear-13, DequantizeLinear-13.
import type { Model } from '@modeldiet/onnx-io';
import { codeType, type StaticForm, type StaticOptions, type StaticResult, staticTransform } from './run';
import { storeWeights } from './stored';

/** DequantizeLinear with a scale for each channel, or of int4. */
const form: StaticForm = { name: 'quantizeStatic', opset: (bits) => (codeType(bits) === 'int4' ? 21 : 13), weigh: storeWeights, says: '' };

/**
 * Quantizes weights (int8) and activations (uint8) of Conv, Gemm and MatMul, and of the operators between them that can stay in integers, by ranges seen on calibration data. Biases become int32.
 * The opset is raised, by conversion, when it is below 13 (21 for int4).
 * Throws `quantize/no-calibration`, `quantize/not-calibrated`, `quantize/bad-option`, what `calibrate` throws, `quantize/not-finite` for a weight, `onnx-io/nothing-changed`.
 */
export const quantizeStatic = (model: Model, options: StaticOptions): Promise<StaticResult> => staticTransform(model, options, form);
