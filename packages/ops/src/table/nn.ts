// Layers: convolutions, pools, normalisations, activations over an axis, recurrent layers, attention, losses.
import { intOf, intsOf, opsetOf } from '../attributes';
import { convAxesAt, rotaryAxes } from '../axes/contrib';
import { meanVarianceAxes } from '../axes/indexing';
import {
  attentionAxes,
  convAxes,
  convTransposeAxes,
  coupledAxis,
  groupNormAxes,
  layerNormAxes,
  linearAttentionAxes,
  lossAxes,
  recurrentAxes,
  softmaxAxes,
} from '../axes/layers';
import * as cost from '../cost';
import type { AxesRule, OpTable } from '../facts';
import { same, toFirst, withMask } from '../shapes/rules/elementwise';
import { attention, batchNormalization, causalConv, flexAttention, layerNormalization, linearAttention, recurrent } from '../shapes/rules/norm';
import { loss } from '../shapes/rules/reduce';
import { affineGrid, col2Im, conv, convTranspose, globalPool, gridSample, maxUnpool, pool, resize, roi } from '../shapes/rules/window';
import { values } from '../shapes/values/move';
import { row, rows } from './row';

const pairOf = (values: readonly number[] | undefined): readonly [number, number] => [values?.[0] ?? 1, values?.[1] ?? 1];

/** A convolution where it looks is told by more inputs; with the channels in several offset groups nothing is said. */
const deformedAxes: AxesRule = (node, shapes) => (intOf(node, 'offset_group', 1) === 1 ? convAxesAt(1, 3)(node, shapes) : undefined);

/** Depthwise over time, and what it remembers of it. */
const causalAxes: AxesRule = (node) => {
  const terms = ['nc*', 'c1*', 'c', 'nc*'];
  return `${node.inputs.map((value, i) => (value ? terms[i] : '_')).join(',')}->nc*${node.outputs[1] ? ',nc*' : ''}`;
};

export const nn: OpTable = {
  Conv: row(conv(), 'accumulate', { axes: convAxes, cost: cost.conv() }),
  ConvTranspose: row(convTranspose, 'accumulate', { axes: convTransposeAxes, cost: cost.convTranspose }),
  DeformConv: row(conv(), 'accumulate', { axes: deformedAxes, cost: cost.conv() }),
  CausalConvWithState: row(causalConv, 'accumulate', { axes: causalAxes, cost: cost.conv() }),

  MaxPool: row(pool, 'exact', { axes: (node) => `nc*->nc*${node.outputs[1] ? ',nc*' : ''}` }),
  AveragePool: row(pool, 'accumulate', { axes: 'nc*->nc*' }),
  LpPool: row(pool, 'approximate', { axes: 'nc*->nc*' }),
  GlobalAveragePool: row(globalPool, 'accumulate', { axes: 'nc*->nc*' }),
  GlobalMaxPool: row(globalPool, 'exact', { axes: 'nc*->nc*' }),
  GlobalLpPool: row(globalPool, 'approximate', { axes: 'nc*->nc*' }),
  MaxUnpool: row(maxUnpool, 'exact', { axes: (node) => `nc*,nc*${node.inputs[2] ? ',_' : ''}->nc*` }),
  Col2Im: row(col2Im, 'accumulate', { axes: 'n(ck)l,_,_->nc*' }),
  RoiAlign: row(
    roi((node) => [intOf(node, 'output_height', 1), intOf(node, 'output_width', 1)]),
    'accumulate',
    { axes: '_c__,r_,r->rc__' },
  ),
  MaxRoiPool: row(
    roi((node) => pairOf(intsOf(node, 'pooled_shape'))),
    'exact',
    { axes: '_c__,r_->rc__' },
  ),
  GridSample: row(gridSample, 'accumulate', { axes: 'nc*,_->nc*' }),
  AffineGrid: row(affineGrid, 'rounding', { axes: 'n__,_->n*' }),
  Resize: row(resize, 'rounding', { axes: (node) => `*${',_'.repeat(node.inputs.length - 1)}->*` }),
  Upsample: row(resize, 'rounding', { axes: (node) => `*${',_'.repeat(node.inputs.length - 1)}->*` }),

  BatchNormalization: row(batchNormalization, 'rounding', { axes: 'nc*,c,c,c,c->nc*' }),
  InstanceNormalization: row(same, 'accumulate', { axes: 'nc*,c,c->nc*' }),
  GroupNormalization: row(same, 'accumulate', { axes: groupNormAxes(false) }),
  LayerNormalization: row(layerNormalization, 'accumulate', { axes: layerNormAxes }),
  RMSNormalization: row(layerNormalization, 'accumulate', { axes: layerNormAxes }),
  // Not of the standard; exporters and ONNX Runtime write it in the default domain.
  SimplifiedLayerNormalization: row(layerNormalization, 'accumulate', { axes: layerNormAxes }),
  LpNormalization: row(same, 'accumulate', { axes: coupledAxis(-1) }),
  LRN: row(same, 'accumulate', { axes: 'nc!*->nc!*' }),
  MeanVarianceNormalization: row(same, 'accumulate', { axes: meanVarianceAxes }),

  ...rows(['Softmax', 'LogSoftmax', 'Hardmax'], row(same, 'approximate', { axes: softmaxAxes })),
  Dropout: row(
    withMask((node) => opsetOf(node) >= 10),
    'exact',
    { axes: (node) => `...${',_'.repeat(node.inputs.length - 1)}->...`, values: values.Dropout },
  ),
  ...rows(['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'], row(loss, 'approximate', { axes: lossAxes })),

  RNN: row(recurrent, 'approximate', { axes: recurrentAxes, cost: cost.recurrent(1) }),
  GRU: row(recurrent, 'approximate', { axes: recurrentAxes, cost: cost.recurrent(3) }),
  LSTM: row(recurrent, 'approximate', { axes: recurrentAxes, cost: cost.recurrent(4) }),
  Attention: row(attention, 'approximate', { axes: attentionAxes, cost: cost.attention }),
  RotaryEmbedding: row(toFirst, 'rounding', { axes: rotaryAxes }),
  LinearAttention: row(linearAttention, 'approximate', { axes: linearAttentionAxes }),
  'ai.onnx.preview:FlexAttention': row(flexAttention, 'approximate', { axes: attentionAxes, cost: cost.flexAttention }),
  SwiGLU: row(same, 'approximate', { axes: '...,...->...' }),
};
