// com.microsoft: the ops that ONNX Runtime fuses into and that quantizers write.

import { intOf } from '../attributes';
import {
  biasSoftmaxAxes,
  broadcastAxes,
  convAxesAt,
  embedAxes,
  flatWeightAxes,
  fusedMatMulAxes,
  gatherQuantizedAxes,
  headsAxes,
  matMulNBitsAxes,
  nhwcConvAxes,
  packedAttentionAxes,
  packedTokensAxes,
  poolAxes,
  productAxes,
  quantizeAxes,
  quantizedConcatAxes,
  quantizedEmbedAxes,
  quantizedGemmAxes,
  quantizedLstmAxes,
  rotaryAxes,
  skipNormAxes,
} from '../axes/contrib';
import { featureAxes } from '../axes/indexing';
import { convAxes, coupledAxis, firstAxes, gemmAxes, groupNormAxes, layerNormAxes, variadicAxes } from '../axes/layers';
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
  quantizedAttention,
  quantizedBinary,
  quantizedConcat,
  quantizedGemm,
  quantizedWhere,
} from '../shapes/rules/contrib';
import {
  complexProduct,
  decoderAttention,
  embedding,
  expandDims,
  packedHeads,
  packedTokens,
  quantizedEmbed,
  relativePositionBias,
  removePadding,
  restorePadding,
  sameTwice,
} from '../shapes/rules/contrib-transformer';
import { same, toFirst, withMask } from '../shapes/rules/elementwise';
import { gemm, matMul } from '../shapes/rules/matrix';
import { gatherND, pad } from '../shapes/rules/move';
import { layerNormalization, recurrent, skipLayerNormalization } from '../shapes/rules/norm';
import { dequantizeLinear, matMulNBits, quantizeLinear } from '../shapes/rules/quant';
import { conv, globalPool, pool } from '../shapes/rules/window';
import { counted } from './counted';
import { row, rows } from './row';

/** Conv's, with the tensor that is added on top. */
const fusedConvAxes: AxesRule = (node, shapes) => {
  if (!node.inputs[3]) return convAxes(node, shapes);
  const [left, right] = (convAxes(node, shapes) ?? '').split('->');
  return right === undefined ? undefined : `${left}${node.inputs[2] ? '' : ',_'},${right}->${right}`;
};

/** Data, bias and residual broadcast; the mask lies as the data. */
const biasDropoutAxes: AxesRule = (node) => `${node.inputs.map((value, i) => (value && i < 3 ? '...' : '_')).join(',')}->...${node.outputs[1] ? ',...' : ''}`;

export const contrib: OpTable = {
  'com.microsoft:MatMulNBits': row(matMulNBits, 'accumulate', { axes: matMulNBitsAxes, cost: cost.matMulNBits }),
  'com.microsoft:MatMulBnb4': row(matMulNBits, 'accumulate', { axes: flatWeightAxes, cost: cost.matMulNBits }),
  'com.microsoft:GatherBlockQuantized': row(gatherBlockQuantized, 'rounding', { axes: gatherQuantizedAxes }),
  'com.microsoft:DynamicQuantizeMatMul': row(matMul(0, 1, 'float32'), 'approximate', { axes: productAxes(0, 1, [], [2, 3, 4]), cost: cost.matMul() }),
  'com.microsoft:MatMulIntegerToFloat': row(matMul(0, 1, 2), 'accumulate', { axes: productAxes(0, 1, [], [3, 5, 6]), cost: cost.matMul() }),
  'com.microsoft:QLinearAdd': row(quantizedBinary, 'rounding', { axes: broadcastAxes([0, 3]) }),
  'com.microsoft:QLinearMul': row(quantizedBinary, 'rounding', { axes: broadcastAxes([0, 3]) }),
  ...rows(['com.microsoft:QLinearSigmoid', 'com.microsoft:QLinearLeakyRelu'], row(same, 'rounding', { axes: firstAxes })),
  'com.microsoft:QLinearSoftmax': row(same, 'rounding', {
    axes: (node, shapes) => (intOf(node, 'opset', 13) < 13 ? undefined : coupledAxis(-1)(node, shapes)),
  }),
  'com.microsoft:QLinearAveragePool': row(channelsLast(pool), 'rounding', { axes: poolAxes() }),
  'com.microsoft:QLinearGlobalAveragePool': row(channelsLast(globalPool), 'rounding', { axes: poolAxes() }),
  'com.microsoft:QLinearConcat': row(quantizedConcat, 'rounding', { axes: quantizedConcatAxes }),
  'com.microsoft:QLinearWhere': row(quantizedWhere, 'rounding', { axes: broadcastAxes([0, 1, 4]) }),
  'com.microsoft:QLinearConv': row(channelsLast(conv(3, 7)), 'rounding', { axes: convAxesAt(3, 8, [4, 5]), cost: cost.conv(3) }),
  'com.microsoft:QGemm': row(quantizedGemm, 'rounding', { axes: quantizedGemmAxes, cost: cost.gemm }),
  'com.microsoft:QuantizeLinear': row(quantizeLinear, 'rounding', { axes: quantizeAxes }),
  'com.microsoft:DequantizeLinear': row(dequantizeLinear, 'rounding', { axes: quantizeAxes }),

  'com.microsoft:FusedMatMul': row(fusedMatMul, 'accumulate', { axes: fusedMatMulAxes, cost: cost.fusedMatMul }),
  'com.microsoft:TransposeMatMul': row(fusedMatMul, 'accumulate', { axes: fusedMatMulAxes, cost: cost.fusedMatMul }),
  'com.microsoft:FusedMatMulActivation': row(fusedMatMul, 'approximate', { axes: fusedMatMulAxes, cost: cost.fusedMatMul }),
  'com.microsoft:FusedGemm': row(gemm, 'approximate', { axes: gemmAxes, cost: cost.gemm }),
  'com.microsoft:FusedConv': row(conv(), 'approximate', { axes: fusedConvAxes, cost: cost.conv() }),
  'com.microsoft:NhwcMaxPool': row(channelsLast(pool, true), 'exact', { axes: poolAxes(true) }),

  ...rows(
    ['com.microsoft:Gelu', 'com.microsoft:QuickGelu', 'com.microsoft:BiasGelu', 'com.microsoft:FastGelu'],
    row(toFirst, 'approximate', { axes: variadicAxes }),
  ),
  'com.microsoft:BiasSoftmax': row(toFirst, 'approximate', { axes: biasSoftmaxAxes }),
  'com.microsoft:BiasSplitGelu': row(halfLast, 'approximate', { axes: featureAxes(false) }),
  'com.microsoft:BiasDropout': row(
    withMask(() => true),
    'exact',
    { axes: biasDropoutAxes },
  ),
  'com.microsoft:BiasAdd': row(toFirst, 'rounding', { axes: variadicAxes }),
  'com.microsoft:SkipLayerNormalization': row(skipLayerNormalization, 'accumulate', { axes: skipNormAxes }),
  'com.microsoft:SkipSimplifiedLayerNormalization': row(skipLayerNormalization, 'accumulate', { axes: skipNormAxes }),
  'com.microsoft:SimplifiedLayerNormalization': row(layerNormalization, 'accumulate', { axes: layerNormAxes }),
  'com.microsoft:LayerNormalization': row(layerNormalization, 'accumulate', { axes: layerNormAxes }),
  'com.microsoft:EmbedLayerNormalization': row(embedLayerNormalization, 'accumulate', { axes: embedAxes }),
  'com.microsoft:GroupNorm': row(same, 'accumulate', { axes: groupNormAxes(true) }),

  'com.microsoft:Attention': row(packedAttention, 'approximate', { axes: packedAttentionAxes, cost: cost.projectedAttention() }),
  'com.microsoft:MultiHeadAttention': row(multiHeadAttention, 'approximate', { axes: headsAxes, cost: cost.headsAttention(6) }),
  'com.microsoft:GroupQueryAttention': row(groupQueryAttention, 'approximate', { axes: headsAxes, cost: cost.headsAttention(3, 6) }),
  'com.microsoft:RotaryEmbedding': row(toFirst, 'rounding', { axes: rotaryAxes }),

  'com.microsoft:QAttention': row(quantizedAttention, 'approximate', { axes: packedAttentionAxes, cost: cost.projectedAttention(8) }),
  'com.microsoft:QEmbedLayerNormalization': row(quantizedEmbed, 'accumulate', { axes: quantizedEmbedAxes }),
  'com.microsoft:DynamicQuantizeLSTM': row(recurrent, 'approximate', { axes: quantizedLstmAxes, cost: cost.recurrent(4) }),
  'com.microsoft:DecoderMaskedMultiHeadAttention': row(decoderAttention, 'approximate', {
    noAxes: 'its cache may be a buffer of another length',
    cost: cost.headsAttention(5),
  }),
  'com.microsoft:PackedAttention': row(packedTokens, 'approximate', { axes: packedTokensAxes, cost: cost.untold }),
  'com.microsoft:PackedMultiHeadAttention': row(packedHeads, 'approximate', { noAxes: 'tokens of several sequences lie along one axis', cost: cost.untold }),
  'com.microsoft:RemovePadding': row(removePadding, 'exact', { axes: 'bsh,_->_h,bs,_,_' }),
  'com.microsoft:RestorePadding': row(restorePadding, 'exact', { axes: '_h,bs->bsh' }),
  'com.microsoft:LongformerAttention': row(toFirst, 'approximate', { noAxes: 'which tokens act on each other is an input', cost: cost.untold }),
  'com.microsoft:RelativePositionBias': row(relativePositionBias, 'exact', { axes: 'nh,_,_->_h__' }),
  'com.microsoft:MoE': row(toFirst, 'accumulate', { noAxes: 'which expert a token meets is found in the run', cost: cost.mixture([2, 4, 6], false) }),
  'com.microsoft:QMoE': row(toFirst, 'accumulate', { noAxes: 'which expert a token meets is found in the run', cost: cost.mixture([2, 5, 8], true) }),
  'com.microsoft:NhwcConv': row(channelsLast(conv(), true, 1), 'accumulate', { axes: nhwcConvAxes, cost: cost.conv() }),
  'com.microsoft:SkipGroupNorm': row(sameTwice, 'accumulate', { noAxes: 'the skip may lie in one of three forms' }),
  'com.microsoft:GemmFastGelu': row(matMul(), 'approximate', { axes: productAxes(0, 1, [], [2]), cost: cost.matMul() }),
  'com.microsoft:MatMulInteger16': row(matMul(0, 1, 'int32'), 'exact', { axes: productAxes(0, 1, [], []), cost: cost.matMul() }),
  'com.microsoft:Trilu': row(same, 'exact', { axes: counted.Trilu!.axes! }),
  'com.microsoft:GatherND': row(gatherND, 'exact', { axes: counted.GatherND!.axes! }),
  'com.microsoft:Pad': row(pad, 'exact', { axes: counted.Pad!.axes! }),
  'com.microsoft:Inverse': row(same, 'approximate', { axes: '...m!n!->...m!n!' }),
  'com.microsoft:ExpandDims': row(expandDims, 'exact', { noAxes: 'where the axis goes is an input' }),
  'com.microsoft:TorchEmbedding': row(embedding, 'exact', {
    axes: (node) =>
      `nh,*${node.inputs
        .slice(2)
        .map(() => ',_')
        .join('')}->*h`,
  }),
  ...rows(
    ['com.microsoft:ComplexMul', 'com.microsoft:ComplexMulConj'],
    row(complexProduct, 'rounding', { noAxes: 'the last axis holds the two parts of a number' }),
  ),
};
