// Quantization ops of ai.onnx.
import { convAxesAt } from '../axes/layers';
import * as cost from '../cost';
import type { OpTable } from '../facts';
import { matMul } from '../shapes/rules/matrix';
import { dequantizeLinear, dynamicQuantizeLinear, quantizeLinear } from '../shapes/rules/quant';
import { conv } from '../shapes/rules/window';
import { row } from './row';

const rest = (count: number): string => ',_'.repeat(Math.max(0, count));

export const quant: OpTable = {
  QuantizeLinear: row(quantizeLinear, 'rounding', { axes: (node) => `...${rest(node.inputs.length - 1)}->...` }),
  DequantizeLinear: row(dequantizeLinear, 'rounding', { axes: (node) => `...${rest(node.inputs.length - 1)}->...` }),
  DynamicQuantizeLinear: row(dynamicQuantizeLinear, 'rounding', { axes: '...->...,_,_' }),
  MatMulInteger: row(matMul(0, 1, 'int32'), 'exact', { axes: (node) => `...mk,...kn${rest(node.inputs.length - 2)}->...mn`, cost: cost.matMul() }),
  ConvInteger: row(conv(1, 'int32'), 'exact', { axes: convAxesAt(1, 99), cost: cost.conv() }),
  QLinearMatMul: row(matMul(0, 3, 7), 'rounding', { axes: '...mk,_,_,...kn,_,_,_,_->...mn', cost: cost.matMul() }),
  QLinearConv: row(conv(3, 7), 'rounding', { axes: convAxesAt(3, 8), cost: cost.conv(3) }),
};
