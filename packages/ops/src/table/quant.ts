// Quantization ops of ai.onnx.
import { convAxesAt, productAxes, quantizeAxes } from '../axes/contrib';
import * as cost from '../cost';
import type { OpTable } from '../facts';
import { matMul } from '../shapes/rules/matrix';
import { dequantizeLinear, dynamicQuantizeLinear, quantizeLinear } from '../shapes/rules/quant';
import { conv } from '../shapes/rules/window';
import { row } from './row';

export const quant: OpTable = {
  QuantizeLinear: row(quantizeLinear, 'rounding', { axes: quantizeAxes }),
  DequantizeLinear: row(dequantizeLinear, 'rounding', { axes: quantizeAxes }),
  DynamicQuantizeLinear: row(dynamicQuantizeLinear, 'rounding', { axes: '...->...,_,_' }),
  MatMulInteger: row(matMul(0, 1, 'int32'), 'exact', { axes: productAxes(0, 1, [2], [3]), cost: cost.matMul() }),
  ConvInteger: row(conv(1, 'int32'), 'exact', { axes: convAxesAt(1, 99, [3]), cost: cost.conv() }),
  QLinearMatMul: row(matMul(0, 3, 7), 'rounding', { axes: productAxes(0, 3, [1, 2], [4, 5]), cost: cost.matMul() }),
  QLinearConv: row(conv(3, 7), 'rounding', { axes: convAxesAt(3, 8, [4, 5]), cost: cost.conv(3) }),
};
