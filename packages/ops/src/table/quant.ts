// Quantization ops of ai.onnx.
import type { OpTable } from '../facts';
import { matMul } from '../shapes/rules/matrix';
import { dequantizeLinear, dynamicQuantizeLinear, quantizeLinear } from '../shapes/rules/quant';
import { conv } from '../shapes/rules/window';
import { row } from './row';

export const quant: OpTable = {
  QuantizeLinear: row(quantizeLinear, 'rounding'),
  DequantizeLinear: row(dequantizeLinear, 'rounding'),
  DynamicQuantizeLinear: row(dynamicQuantizeLinear, 'rounding'),
  MatMulInteger: row(matMul(0, 1, 'int32'), 'exact'),
  ConvInteger: row(conv(1, 'int32'), 'exact'),
  QLinearMatMul: row(matMul(0, 3, 7), 'rounding'),
  QLinearConv: row(conv(3, 7), 'rounding'),
};
