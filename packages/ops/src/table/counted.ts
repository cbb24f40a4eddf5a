// What counting and pruning ask of the ai.onnx ops: their axis equations (the notation is at the head of axes.ts) and multiply-accumulates. They stand apart from the rows of shapes,
// so that a page which only infers shapes need not load them.
import { intOf } from '../attributes';
import { convAxesAt, productAxes, quantizeAxes, rotaryAxes } from '../axes/contrib';
import {
  dftAxes,
  droppedAxes,
  featureAxes,
  gatherElementsAxes,
  gatherNDAxes,
  meanVarianceAxes,
  oneHotAxes,
  runningAxes,
  scatterElementsAxes,
  scatterNDAxes,
  stftAxes,
  tensorScatterAxes,
  tileAxes,
  widenedAxes,
} from '../axes/indexing';
import {
  attentionAxes,
  convAxes,
  convTransposeAxes,
  coupledAxis,
  einsumAxes,
  firstAxes,
  gemmAxes,
  groupNormAxes,
  layerNormAxes,
  linearAttentionAxes,
  lossAxes,
  matMulAxes,
  recurrentAxes,
  softmaxAxes,
  variadicAxes,
} from '../axes/layers';
import {
  argReduceAxes,
  blockAxes,
  concatAxes,
  gatherAxes,
  padAxes,
  reduceAxes,
  reshapeAxes,
  sliceAxes,
  splitAxes,
  squeezeAxes,
  topKAxes,
  transposeAxes,
  unsqueezeAxes,
} from '../axes/movement';
import * as cost from '../cost';
import type { AxesRule, OpFacts } from '../facts';
import { rows } from './row';

const unary = '...->...';
const binary = '...,...->...';
const ofSteps = { noAxes: 'a training step takes any number of tensors, each of its own shape' } as const;
const ofBodies = { noAxes: 'its inputs and outputs are those of the bodies it runs, which have equations of their own' } as const;
const ofSequences = { noAxes: 'a sequence or an optional holds tensors of any shape' } as const;
/** A convolution where it looks is told by more inputs; with the channels in several offset groups nothing is said. */
const deformedAxes: AxesRule = (node, shapes) => (intOf(node, 'offset_group', 1) === 1 ? convAxesAt(1, 3)(node, shapes) : undefined);
/** Depthwise over time, and what it remembers of it. */
const causalAxes: AxesRule = (node) => {
  const terms = ['nc*', 'c1*', 'c', 'nc*'];
  return `${node.inputs.map((value, i) => (value ? terms[i] : '_')).join(',')}->nc*${node.outputs[1] ? ',nc*' : ''}`;
};

const resizedAxes: AxesRule = (node) => `*${',_'.repeat(node.inputs.length - 1)}->*`;

/** Several ops, their keys with spaces between, that share a row. */
const each = <F>(keys: string, facts: F): Record<string, F> => rows(keys.trim().split(/\s+/), facts);

/** By op key, what {@link OpFacts} has of axes and cost. */
export const counted: Readonly<Record<string, Pick<OpFacts, 'axes' | 'noAxes' | 'cost'>>> = {
  // Elementwise mathematics, comparisons, logic, matrix products.
  ...each(
    `
    Abs Neg Sign Floor Ceil Round Identity Sqrt Reciprocal Exp Log Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Erf Sigmoid Softplus
    Softsign Elu Celu Selu Mish Gelu Swish Relu LeakyRelu ThresholdedRelu HardSigmoid HardSwish Shrink ScaledTanh Affine BitwiseNot Not IsNaN IsInf Cast
    BitCast`,
    { axes: unary },
  ),
  Clip: { axes: firstAxes },
  ...each(
    `
    PRelu Add Sub Mul Div Mod Pow BitShift BitwiseAnd BitwiseOr BitwiseXor And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual`,
    {
      axes: binary,
    },
  ),
  ...rows(['Max', 'Min', 'Sum', 'Mean'], { axes: variadicAxes }),
  Where: { axes: '...,...,...->...' },
  CastLike: { axes: '...,_->...' },
  ...rows(['CumSum', 'CumProd'], { axes: runningAxes }),
  MatMul: { axes: matMulAxes, cost: cost.matMul() },
  Gemm: { axes: gemmAxes, cost: cost.gemm },
  Einsum: { axes: einsumAxes, cost: cost.einsum },
  Det: { axes: '...m!n!->...' },
  ...rows(['ai.onnx.preview.training:Momentum', 'ai.onnx.preview.training:Adagrad', 'ai.onnx.preview.training:Adam'], ofSteps),
  // Layers.
  Conv: { axes: convAxes, cost: cost.conv() },
  ConvTranspose: { axes: convTransposeAxes, cost: cost.convTranspose },
  DeformConv: { axes: deformedAxes, cost: cost.conv() },
  CausalConvWithState: { axes: causalAxes, cost: cost.conv() },
  MaxPool: { axes: (node) => `nc*->nc*${node.outputs[1] ? ',nc*' : ''}` },
  ...each('AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool', { axes: 'nc*->nc*' }),
  MaxUnpool: { axes: (node) => `nc*,nc*${node.inputs[2] ? ',_' : ''}->nc*` },
  Col2Im: { axes: 'n(ck)l,_,_->nc*' },
  RoiAlign: { axes: '_c__,r_,r->rc__' },
  MaxRoiPool: { axes: '_c__,r_->rc__' },
  GridSample: { axes: 'nc*,_->nc*' },
  AffineGrid: { axes: 'n__,_->n*' },
  ...rows(['Resize', 'Upsample'], { axes: resizedAxes }),
  BatchNormalization: { axes: 'nc*,c,c,c,c->nc*' },
  InstanceNormalization: { axes: 'nc*,c,c->nc*' },
  GroupNormalization: { axes: groupNormAxes(false) },
  ...rows(['LayerNormalization', 'RMSNormalization', 'SimplifiedLayerNormalization'], { axes: layerNormAxes }),
  LpNormalization: { axes: coupledAxis(-1) },
  LRN: { axes: 'nc!*->nc!*' },
  MeanVarianceNormalization: { axes: meanVarianceAxes },
  ...rows(['Softmax', 'LogSoftmax', 'Hardmax'], { axes: softmaxAxes }),
  Dropout: { axes: (node) => `...${',_'.repeat(node.inputs.length - 1)}->...` },
  ...rows(['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'], { axes: lossAxes }),
  RNN: { axes: recurrentAxes, cost: cost.recurrent(1) },
  GRU: { axes: recurrentAxes, cost: cost.recurrent(3) },
  LSTM: { axes: recurrentAxes, cost: cost.recurrent(4) },
  Attention: { axes: attentionAxes, cost: cost.attention },
  RotaryEmbedding: { axes: rotaryAxes },
  LinearAttention: { axes: linearAttentionAxes },
  'ai.onnx.preview:FlexAttention': { axes: attentionAxes, cost: cost.flexAttention },
  SwiGLU: { axes: '...,...->...' },
  // Ops that move, select or make elements.
  ...each('Shape Size NonZero ConstantOfShape EyeLike HannWindow HammingWindow BlackmanWindow ImageDecoder', { axes: '_->_' }),
  ...rows(['Reshape', 'Flatten'], { axes: reshapeAxes }),
  Transpose: { axes: transposeAxes },
  Squeeze: { axes: squeezeAxes },
  Unsqueeze: { axes: unsqueezeAxes },
  Concat: { axes: concatAxes },
  Split: { axes: splitAxes },
  Slice: { axes: sliceAxes },
  Pad: { axes: padAxes },
  Expand: { axes: '...,_->...' },
  Tile: { axes: tileAxes },
  Gather: { axes: gatherAxes },
  GatherElements: { axes: gatherElementsAxes },
  GatherND: { axes: gatherNDAxes },
  ...rows(['ScatterElements', 'Scatter'], { axes: scatterElementsAxes }),
  ScatterND: { axes: scatterNDAxes },
  TensorScatter: { axes: tensorScatterAxes },
  Compress: { axes: droppedAxes(0) },
  ...rows(['ReverseSequence', 'CenterCropPad'], { axes: '*,_->*' }),
  DepthToSpace: { axes: blockAxes(true) },
  SpaceToDepth: { axes: blockAxes(false) },
  Trilu: { axes: (node) => `*${node.inputs[1] ? ',_' : ''}->*` },
  OneHot: { axes: oneHotAxes },
  Unique: { axes: droppedAxes(3) },
  Range: { axes: '_,_,_->_' },
  ...rows(['RandomNormal', 'RandomUniform'], { axes: '->_' }),
  ...rows(['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'], { axes: '...->...' }),
  Multinomial: { axes: 'nc!->n_' },
  DFT: { axes: dftAxes },
  STFT: { axes: stftAxes },
  MelWeightMatrix: { axes: '_,_,_,_,_->_' },
  // Reductions.
  ...each(
    `
    ReduceSum ReduceProd ReduceMax ReduceMin ReduceMean ReduceL1 ReduceSumSquare ReduceL2 ReduceLogSum ReduceLogSumExp`,
    {
      axes: reduceAxes,
    },
  ),
  ...rows(['ArgMax', 'ArgMin'], { axes: argReduceAxes }),
  TopK: { axes: topKAxes },
  NonMaxSuppression: { axes: (node) => `${['bn_', 'bcn', '_', '_', '_'].slice(0, node.inputs.length).join(',')}->_` },
  // Control flow, sequences, optionals, strings.
  ...rows(['If', 'Loop', 'Scan', 'SequenceMap'], ofBodies),
  ...each(
    `
    SequenceConstruct SequenceEmpty SequenceAt SequenceInsert SequenceErase SequenceLength SplitToSequence ConcatFromSequence Optional OptionalGetElement
    OptionalHasElement`,
    ofSequences,
  ),
  StringConcat: { axes: '...,...->...' },
  StringSplit: { axes: widenedAxes(true) },
  StringNormalizer: { axes: '_->_' },
  RegexFullMatch: { axes: '...->...' },
  TfIdfVectorizer: { axes: featureAxes(false) },
  // Quantization.
  ...rows(['QuantizeLinear', 'DequantizeLinear'], { axes: quantizeAxes }),
  DynamicQuantizeLinear: { axes: '...->...,_,_' },
  MatMulInteger: { axes: productAxes(0, 1, [2], [3]), cost: cost.matMul() },
  ConvInteger: { axes: convAxesAt(1, 99, [3]), cost: cost.conv() },
  QLinearMatMul: { axes: productAxes(0, 3, [1, 2], [4, 5]), cost: cost.matMul() },
  QLinearConv: { axes: convAxesAt(3, 8, [4, 5]), cost: cost.conv(3) },
};
