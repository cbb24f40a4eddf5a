// Quantize, dequantize and the integer products.
import type { Dim } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import type { ShapeRule } from '../../facts';
import { dtypeAt, shapeAt, tensor } from '../rule';

/** QuantizeLinear: the type is `output_dtype` (opset 21), the zero point's, else uint8. */
export const quantizeLinear: ShapeRule = (node, shapes) => [
  tensor(dtypeOf(intOf(node, 'output_dtype')) ?? dtypeAt(node, shapes, 2) ?? 'uint8', shapeAt(node, shapes, 0)),
];

/** DequantizeLinear: the type of the scale, or `output_dtype` (opset 23). */
export const dequantizeLinear: ShapeRule = (node, shapes) => [
  tensor(dtypeOf(intOf(node, 'output_dtype')) ?? dtypeAt(node, shapes, 1), shapeAt(node, shapes, 0)),
];

export const dynamicQuantizeLinear: ShapeRule = (node, shapes) => [tensor('uint8', shapeAt(node, shapes, 0)), tensor('float32', []), tensor('uint8', [])];

/** com.microsoft:MatMulNBits and its like: A [..., K] -> [..., N]. */
export const matMulNBits: ShapeRule = (node, shapes) => {
  const a = shapeAt(node, shapes, 0);
  const n: Dim | undefined = intOf(node, 'N');
  return [tensor(dtypeAt(node, shapes, 0), a && n !== undefined ? [...a.slice(0, -1), n] : undefined)];
};
