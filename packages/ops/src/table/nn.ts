// Layers: convolutions, pools, normalisations, activations over an axis, recurrent layers, attention, losses.
import { intOf, intsOf, opsetOf } from '../attributes';
import type { OpTable } from '../facts';
import { same, toFirst, withMask } from '../shapes/rules/elementwise';
import { attention, batchNormalization, causalConv, flexAttention, layerNormalization, linearAttention, recurrent } from '../shapes/rules/norm';
import { loss } from '../shapes/rules/reduce';
import { affineGrid, col2Im, conv, convTranspose, globalPool, gridSample, maxUnpool, pool, resize, roi } from '../shapes/rules/window';
import { values } from '../shapes/values/move';
import { row, rows } from './row';

const pairOf = (values: readonly number[] | undefined): readonly [number, number] => [values?.[0] ?? 1, values?.[1] ?? 1];

export const nn: OpTable = {
  Conv: row(conv(), 'accumulate'),
  ConvTranspose: row(convTranspose, 'accumulate'),
  DeformConv: row(conv(), 'accumulate'),
  CausalConvWithState: row(causalConv, 'accumulate'),

  MaxPool: row(pool, 'exact'),
  AveragePool: row(pool, 'accumulate'),
  LpPool: row(pool, 'approximate'),
  GlobalAveragePool: row(globalPool, 'accumulate'),
  GlobalMaxPool: row(globalPool, 'exact'),
  GlobalLpPool: row(globalPool, 'approximate'),
  MaxUnpool: row(maxUnpool, 'exact'),
  Col2Im: row(col2Im, 'accumulate'),
  RoiAlign: row(
    roi((node) => [intOf(node, 'output_height', 1), intOf(node, 'output_width', 1)]),
    'accumulate',
  ),
  MaxRoiPool: row(
    roi((node) => pairOf(intsOf(node, 'pooled_shape'))),
    'exact',
  ),
  GridSample: row(gridSample, 'accumulate'),
  AffineGrid: row(affineGrid, 'rounding'),
  Resize: row(resize, 'rounding'),
  Upsample: row(resize, 'rounding'),

  BatchNormalization: row(batchNormalization, 'rounding'),
  InstanceNormalization: row(same, 'accumulate'),
  GroupNormalization: row(same, 'accumulate'),
  LayerNormalization: row(layerNormalization, 'accumulate'),
  RMSNormalization: row(layerNormalization, 'accumulate'),
  // Not of the standard; exporters and ONNX Runtime write it in the default domain.
  SimplifiedLayerNormalization: row(layerNormalization, 'accumulate'),
  LpNormalization: row(same, 'accumulate'),
  LRN: row(same, 'accumulate'),
  MeanVarianceNormalization: row(same, 'accumulate'),

  ...rows(['Softmax', 'LogSoftmax', 'Hardmax'], row(same, 'approximate')),
  Dropout: row(
    withMask((node) => opsetOf(node) >= 10),
    'exact',
    { values: values.Dropout },
  ),
  ...rows(['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'], row(loss, 'approximate')),

  RNN: row(recurrent, 'approximate'),
  GRU: row(recurrent, 'approximate'),
  LSTM: row(recurrent, 'approximate'),
  Attention: row(attention, 'approximate'),
  RotaryEmbedding: row(toFirst, 'rounding'),
  LinearAttention: row(linearAttention, 'approximate'),
  'ai.onnx.preview:FlexAttention': row(flexAttention, 'approximate'),
  SwiGLU: row(same, 'approximate'),
};
