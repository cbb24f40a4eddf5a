// com.microsoft: the ops that ONNX Runtime fuses into and that quantizers write.
import { convAxes } from '../axes/layers';
import * as cost from '../cost';
import type { AxesRule, OpTable } from '../facts';
import {
  channelsLast,
  embedLayerNormalization,
  fusedMatMul,
  gatherBlockQuantized,
  groupQueryAttention,
  halfLast,
  multiHeadAttention,
  packedAttention,
  quantizedBinary,
  quantizedConcat,
  quantizedGemm,
  quantizedWhere,
} from '../shapes/rules/contrib';
import { same, toFirst, withMask } from '../shapes/rules/elementwise';
import { gemm, matMul } from '../shapes/rules/matrix';
import { layerNormalization, skipLayerNormalization } from '../shapes/rules/norm';
import { dequantizeLinear, matMulNBits, quantizeLinear } from '../shapes/rules/quant';
import { conv, globalPool, pool } from '../shapes/rules/window';
import { row, rows } from './row';

/** Conv's, with the tensor that is added on top. */
const fusedConvAxes: AxesRule = (node, shapes) => {
  if (!node.inputs[3]) return convAxes(node, shapes);
  const [left, right] = (convAxes(node, shapes) ?? '').split('->');
  return right === undefined ? undefined : `${left}${node.inputs[2] ? '' : ',_'},${right}->${right}`;
};

export const contrib: OpTable = {
  'com.microsoft:MatMulNBits': row(matMulNBits, 'accumulate', { cost: cost.matMulNBits }),
  'com.microsoft:MatMulBnb4': row(matMulNBits, 'accumulate', { cost: cost.matMulNBits }),
  'com.microsoft:MatMulFpQ4': row(matMulNBits, 'accumulate', { cost: cost.matMulNBits }),
  'com.microsoft:GatherBlockQuantized': row(gatherBlockQuantized, 'rounding'),
  'com.microsoft:DynamicQuantizeMatMul': row(matMul(0, 1, 'float32'), 'approximate', { cost: cost.matMul() }),
  'com.microsoft:MatMulIntegerToFloat': row(matMul(0, 1, 2), 'accumulate', { cost: cost.matMul() }),
  'com.microsoft:QLinearAdd': row(quantizedBinary, 'rounding'),
  'com.microsoft:QLinearMul': row(quantizedBinary, 'rounding'),
  ...rows(['com.microsoft:QLinearSigmoid', 'com.microsoft:QLinearLeakyRelu', 'com.microsoft:QLinearSoftmax'], row(same, 'rounding')),
  'com.microsoft:QLinearAveragePool': row(channelsLast(pool), 'rounding'),
  'com.microsoft:QLinearGlobalAveragePool': row(channelsLast(globalPool), 'rounding'),
  'com.microsoft:QLinearConcat': row(quantizedConcat, 'rounding'),
  'com.microsoft:QLinearWhere': row(quantizedWhere, 'rounding'),
  'com.microsoft:QLinearConv': row(channelsLast(conv(3, 7)), 'rounding', { cost: cost.conv(3) }),
  'com.microsoft:QGemm': row(quantizedGemm, 'rounding'),
  'com.microsoft:QuantizeLinear': row(quantizeLinear, 'rounding'),
  'com.microsoft:DequantizeLinear': row(dequantizeLinear, 'rounding'),

  'com.microsoft:FusedMatMul': row(fusedMatMul, 'accumulate', { cost: cost.fusedMatMul }),
  'com.microsoft:TransposeMatMul': row(fusedMatMul, 'accumulate', { cost: cost.fusedMatMul }),
  'com.microsoft:FusedMatMulActivation': row(fusedMatMul, 'approximate', { cost: cost.fusedMatMul }),
  'com.microsoft:FusedGemm': row(gemm, 'approximate', { cost: cost.gemm }),
  'com.microsoft:FusedConv': row(conv(), 'approximate', { axes: fusedConvAxes, cost: cost.conv() }),
  'com.microsoft:NhwcMaxPool': row(channelsLast(pool, true), 'exact'),

  ...rows(
    ['com.microsoft:Gelu', 'com.microsoft:QuickGelu', 'com.microsoft:BiasGelu', 'com.microsoft:FastGelu', 'com.microsoft:BiasSoftmax'],
    row(toFirst, 'approximate'),
  ),
  'com.microsoft:BiasSplitGelu': row(halfLast, 'approximate'),
  'com.microsoft:BiasDropout': row(
    withMask(() => true),
    'exact',
  ),
  'com.microsoft:BiasAdd': row(toFirst, 'rounding'),
  'com.microsoft:SkipLayerNormalization': row(skipLayerNormalization, 'accumulate'),
  'com.microsoft:SkipSimplifiedLayerNormalization': row(skipLayerNormalization, 'accumulate'),
  'com.microsoft:SimplifiedLayerNormalization': row(layerNormalization, 'accumulate'),
  'com.microsoft:LayerNormalization': row(layerNormalization, 'accumulate'),
  'com.microsoft:EmbedLayerNormalization': row(embedLayerNormalization, 'accumulate'),
  'com.microsoft:GroupNorm': row(same, 'accumulate'),

  'com.microsoft:Attention': row(packedAttention, 'approximate', { cost: cost.contribAttention(true, 0) }),
  'com.microsoft:MultiHeadAttention': row(multiHeadAttention, 'approximate', { cost: cost.contribAttention(false, 1) }),
  'com.microsoft:GroupQueryAttention': row(groupQueryAttention, 'approximate', { cost: cost.contribAttention(false, 1) }),
  'com.microsoft:RotaryEmbedding': row(toFirst, 'rounding'),
};
