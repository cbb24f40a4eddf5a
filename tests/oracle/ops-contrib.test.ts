// com.microsoft ops, each in several shapes and attributes, against ONNX Runtime: kernel, shape rule and axis equation.
import { tensor } from '@modeldiet/tensor';
import { describe, it } from 'vitest';
import { bools, drawn, int32s, int64s, judge, type NodeCase, s8, scalar, u8 } from './ops-node';

const { bytes, floats, signed, small } = drawn('kernels');

const step = 1.01 / 128;
const ms = (op: string, inputs: NodeCase['inputs'], more: Omit<NodeCase, 'op' | 'inputs'> = {}): NodeCase => ({ op: `com.microsoft:${op}`, inputs, ...more });

const quantized: Readonly<Record<string, NodeCase>> = {
  'QLinearSoftmax, last axis': ms('QLinearSoftmax', [bytes(2, 6), scalar(0.05), u8(100), scalar(1 / 256), u8(0)], {
    attributes: { axis: -1, opset: 13 },
    allowed: step,
  }),
  'QLinearSoftmax, first axis, signed': ms('QLinearSoftmax', [signed(5, 3), scalar(0.04), s8(3), scalar(1 / 256), s8(-128)], {
    attributes: { axis: 0, opset: 13 },
    allowed: 2.1 / 128,
  }),
  'QLinearSoftmax, flattened': ms('QLinearSoftmax', [bytes(2, 3, 4), scalar(0.03), u8(100), scalar(1 / 256), u8(0)], {
    attributes: { axis: 1, opset: 11 },
    allowed: 4 * step,
  }),
  QLinearAveragePool: ms('QLinearAveragePool', [bytes(1, 2, 6, 6), scalar(0.05), u8(100), scalar(0.04), u8(90)], {
    attributes: { kernel_shape: [3, 3], strides: [2, 2] },
    allowed: step,
  }),
  'QLinearAveragePool, pads counted': ms('QLinearAveragePool', [bytes(2, 3, 5, 5), scalar(0.05), u8(100), scalar(0.05), u8(100)], {
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
    allowed: step,
  }),
  'QLinearAveragePool, channels last': ms('QLinearAveragePool', [signed(1, 5, 7, 4), scalar(0.05), s8(3), scalar(0.04), s8(-2)], {
    attributes: { kernel_shape: [2, 3], channels_last: 1 },
    allowed: 1.5 / 82,
  }),
  QLinearGlobalAveragePool: ms('QLinearGlobalAveragePool', [bytes(2, 3, 4, 5), scalar(0.05), u8(100), scalar(0.02), u8(128)], {
    attributes: { channels_last: 0 },
    allowed: step,
  }),
  'QLinearGlobalAveragePool, channels last': ms('QLinearGlobalAveragePool', [bytes(2, 4, 5, 3), scalar(0.05), u8(100), scalar(0.02), u8(128)], {
    attributes: { channels_last: 1 },
    allowed: step,
  }),
  QLinearConcat: ms('QLinearConcat', [scalar(0.04), u8(120), bytes(2, 3), scalar(0.03), u8(10), bytes(2, 4), scalar(0.05), u8(128)], {
    attributes: { axis: 1 },
    fed: [2],
    allowed: step,
  }),
  'QLinearConcat of three': ms(
    'QLinearConcat',
    [scalar(0.04), s8(1), signed(1, 3), scalar(0.03), s8(10), signed(2, 3), scalar(0.04), s8(1), signed(4, 3), scalar(0.05), s8(-9)],
    {
      attributes: { axis: -2 },
      fed: [2, 5],
      allowed: step,
    },
  ),
  QLinearWhere: ms('QLinearWhere', [bools([1, 0, 1], [3]), bytes(2, 3), scalar(0.03), u8(100), bytes(2, 3), scalar(0.05), u8(128), scalar(0.05), u8(120)], {
    fed: [0, 1, 4],
    allowed: step,
  }),
  'QLinearWhere, broadcast': ms(
    'QLinearWhere',
    [bools([1, 0], [2, 1]), signed(2, 3), scalar(0.03), s8(10), signed(1), scalar(0.05), s8(-8), scalar(0.05), s8(0)],
    {
      fed: [0, 1],
      allowed: step,
    },
  ),
  'QLinearConv, channels first': ms(
    'QLinearConv',
    [bytes(1, 2, 5, 5), scalar(0.02), u8(120), signed(3, 2, 3, 3), small(3), s8(0, 0, 0), scalar(0.1), u8(128), int32s([5, -7, 100])],
    {
      attributes: { pads: [1, 1, 1, 1] },
      allowed: step,
    },
  ),
  'QLinearConv, channels last': ms('QLinearConv', [bytes(2, 5, 6, 4), scalar(0.02), u8(120), signed(6, 4, 3, 3), scalar(0.02), s8(0), scalar(0.1), u8(128)], {
    attributes: { channels_last: 1, strides: [2, 1] },
    allowed: step,
  }),
  'QLinearConv, depthwise, channels last': ms(
    'QLinearConv',
    [bytes(1, 5, 5, 4), scalar(0.02), u8(120), signed(4, 1, 3, 3), small(4), s8(0, 0, 0, 0), scalar(0.05), u8(128)],
    {
      attributes: { channels_last: 1, group: 4 },
      allowed: step,
    },
  ),
  QGemm: ms('QGemm', [bytes(3, 4), scalar(0.02), u8(120), signed(4, 5), scalar(0.02), s8(0), int32s([1, 2, 300, -400, 5]), scalar(0.1), u8(128)], {
    allowed: step,
  }),
  'QGemm to float': ms(
    'QGemm',
    [bytes(3, 4), scalar(0.02), u8(120), bytes(5, 4), small(5), u8(128, 127, 126, 130, 120), int32s([1, 2, 300, -400, 5], [1, 5])],
    { attributes: { transB: 1, alpha: 0.5 } },
  ),
  'QGemm, A transposed, no bias': ms('QGemm', [bytes(4, 3), scalar(0.02), u8(120), bytes(4, 5), scalar(0.02), u8(128)], { attributes: { transA: 1 } }),
  'QLinearAdd, broadcast, signed': ms('QLinearAdd', [signed(2, 1, 4), scalar(0.03), s8(1), signed(3, 1), scalar(0.02), s8(4), scalar(0.05), s8(-3)], {
    fed: [0, 3],
    allowed: step,
  }),
  'QLinearMul, of a scalar': ms('QLinearMul', [bytes(2, 5), scalar(0.03), u8(1), bytes(1), scalar(0.02), u8(4), scalar(0.1), u8(30)], { allowed: step }),
  'QLinearSigmoid, signed': ms('QLinearSigmoid', [signed(3, 8), scalar(0.05), s8(12), scalar(1 / 256), s8(-128)], { allowed: step }),
  'QLinearLeakyRelu, signed': ms('QLinearLeakyRelu', [signed(3, 8), scalar(0.05), s8(12), scalar(0.05), s8(-100)], {
    attributes: { alpha: 0.01 },
    allowed: step,
  }),
  NhwcMaxPool: ms('NhwcMaxPool', [bytes(1, 6, 5, 3)], { attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 1] }, allowed: 1e-9 }),
  'MatMulNBits, 4 bits, batch, bias': ms('MatMulNBits', [floats(2, 3, 40), bytes(5, 3, 8), small(15), undefined, undefined, floats(5)], {
    attributes: { K: 40, N: 5, bits: 4, block_size: 16 },
  }),
  'MatMulNBits, scales of two axes': ms('MatMulNBits', [floats(3, 64), bytes(6, 2, 16), small(6, 2), bytes(6, 1)], {
    attributes: { K: 64, N: 6, bits: 4, block_size: 32 },
  }),
  'MatMulNBits, 2 bits': ms('MatMulNBits', [floats(3, 64), bytes(6, 2, 8), small(12)], { attributes: { K: 64, N: 6, bits: 2, block_size: 32 } }),
  'MatMulNBits, float zero points': ms('MatMulNBits', [floats(3, 64), bytes(6, 2, 16), small(12), floats(12)], {
    attributes: { K: 64, N: 6, bits: 4, block_size: 32 },
  }),
  'MatMulBnb4, NF4': ms('MatMulBnb4', [floats(2, 3, 32), bytes(80), small(10)], { attributes: { K: 32, N: 5, block_size: 16, quant_type: 1 } }),
  'MatMulBnb4, FP4': ms('MatMulBnb4', [floats(3, 32), bytes(80), small(5)], { attributes: { K: 32, N: 5, block_size: 32, quant_type: 0 } }),
  'GatherBlockQuantized, zero points': ms('GatherBlockQuantized', [bytes(6, 16), int64s(4, 0), small(6, 2), bytes(6, 1)], {
    attributes: { bits: 4, block_size: 16, quantize_axis: 1, gather_axis: 0 },
  }),
  'GatherBlockQuantized, 8 bits': ms('GatherBlockQuantized', [bytes(6, 32), int64s(4, 0, 5, 5), small(6, 2)], {
    attributes: { bits: 8, block_size: 16, quantize_axis: 1, gather_axis: 0 },
  }),
  'DynamicQuantizeMatMul, batch': ms('DynamicQuantizeMatMul', [floats(2, 3, 8), bytes(8, 4), scalar(0.02)], {}),
  'DynamicQuantizeMatMul, signed, bias': ms('DynamicQuantizeMatMul', [floats(3, 8), signed(8, 4), small(4), s8(0, 0, 0, 0), floats(4)], { allowed: 1e-2 }),
  'MatMulIntegerToFloat, batch': ms('MatMulIntegerToFloat', [bytes(2, 3, 8), bytes(8, 4), scalar(0.02), scalar(0.01)], {}),
};

const fused: Readonly<Record<string, NodeCase>> = {
  'FusedMatMul, both transposed': ms('FusedMatMul', [floats(2, 4, 3), floats(2, 5, 4)], { attributes: { transA: 1, transB: 1, alpha: -2 } }),
  'FusedMatMul, broadcast': ms('FusedMatMul', [floats(2, 1, 3, 4), floats(5, 4, 2)], { attributes: { alpha: 0.5 } }),
  'FusedMatMul, batch of B moved': ms('FusedMatMul', [floats(2, 3, 4), floats(4, 2, 5)], { attributes: { transBatchB: 1 } }),
  'FusedConv, sigmoid, groups': ms('FusedConv', [floats(2, 4, 5, 5), floats(6, 2, 3, 3), floats(6)], {
    attributes: { activation: 'Sigmoid', group: 2, pads: [1, 1, 1, 1] },
  }),
  'FusedConv, clip': ms('FusedConv', [floats(1, 2, 7), floats(3, 2, 3)], { attributes: { activation: 'Clip', activation_params: [-0.5, 0.7], strides: [2] } }),
  'FusedConv, hard sigmoid': ms('FusedConv', [floats(1, 2, 5, 5), floats(3, 2, 3, 3)], {
    attributes: { activation: 'HardSigmoid', activation_params: [0.2, 0.5], dilations: [2, 2] },
  }),
  'FusedGemm, tanh': ms('FusedGemm', [floats(3, 2), floats(3, 4), floats(2, 4)], { attributes: { activation: 'Tanh', transA: 1, beta: 0.3 } }),
  'FastGelu without bias': ms('FastGelu', [floats(2, 3, 4)]),
  'BiasGelu of three axes': ms('BiasGelu', [floats(2, 3, 4), floats(4)]),
  QuickGelu: ms('QuickGelu', [floats(7)]),
  'SkipLayerNormalization, sum asked': ms('SkipLayerNormalization', [floats(2, 3, 8), floats(2, 3, 8), floats(8)], { outputs: [true, false, false, true] }),
  'SkipLayerNormalization, skip broadcast': ms('SkipLayerNormalization', [floats(2, 3, 8), floats(3, 8), floats(8), floats(8)], {
    attributes: { epsilon: 1e-3 },
  }),
  'SkipLayerNormalization of two axes': ms('SkipLayerNormalization', [floats(5, 8), floats(5, 8), floats(8), floats(8), floats(8)]),
  'SkipSimplifiedLayerNormalization, sum and bias': ms('SkipSimplifiedLayerNormalization', [floats(2, 3, 8), floats(2, 3, 8), floats(8), floats(8)], {
    attributes: { epsilon: 1e-3 },
    outputs: [true, false, false, true],
  }),
  EmbedLayerNormalization: ms(
    'EmbedLayerNormalization',
    [
      int32s([1, 2, 3, 0, 5, 4], [2, 3]),
      int32s([0, 1, 1, 0, 0, 1], [2, 3]),
      floats(6, 8),
      floats(4, 8),
      floats(2, 8),
      floats(8),
      floats(8),
      int32s([1, 1, 0, 1, 1, 1], [2, 3]),
    ],
    { outputs: [true, true, true], attributes: { epsilon: 1e-5 } },
  ),
  'EmbedLayerNormalization without segments': ms(
    'EmbedLayerNormalization',
    [int32s([1, 2, 3, 0, 5, 4], [2, 3]), undefined, floats(6, 8), floats(4, 8), undefined, floats(8), floats(8)],
    {
      outputs: [true, true],
    },
  ),
  'EmbedLayerNormalization with positions': ms(
    'EmbedLayerNormalization',
    [int32s([1, 2, 3, 0, 5, 4], [2, 3]), undefined, floats(6, 8), floats(4, 8), undefined, floats(8), floats(8), undefined, int32s([3, 2, 1], [1, 3])],
    { outputs: [true, true] },
  ),
  RotaryEmbedding: ms('RotaryEmbedding', [floats(2, 3, 8), int64s(0), floats(10, 2), floats(10, 2)]),
  'RotaryEmbedding, neighbours, positions': ms(
    'RotaryEmbedding',
    [floats(2, 3, 8), { ...int64s(1, 2, 3, 0, 4, 9), dims: [2, 3] }, floats(10, 4), floats(10, 4)],
    { attributes: { interleaved: 1 } },
  ),
  'RotaryEmbedding by heads': ms('RotaryEmbedding', [floats(2, 4, 3, 6), int64s(2), floats(10, 3), floats(10, 3)]),
  'RotaryEmbedding, part of a head': ms('RotaryEmbedding', [floats(1, 3, 16), int64s(1), floats(10, 2), floats(10, 2)], {
    attributes: { num_heads: 2, rotary_embedding_dim: 4 },
  }),
};

const rows = (...values: number[]) => int32s(values);
const heads = { num_heads: 2 };
const attention: Readonly<Record<string, NodeCase>> = {
  Attention: ms('Attention', [floats(2, 3, 8), floats(8, 24), floats(24)], { attributes: heads }),
  'Attention, other widths, scale': ms('Attention', [floats(2, 3, 6), floats(6, 8 + 8 + 12), floats(28)], {
    attributes: { num_heads: 4, qkv_hidden_sizes: [8, 8, 12], scale: 0.3 },
  }),
  'Attention, causal': ms('Attention', [floats(2, 4, 8), floats(8, 24), floats(24)], { attributes: { ...heads, unidirectional: 1 } }),
  'Attention, lengths': ms('Attention', [floats(2, 4, 8), floats(8, 24), floats(24), rows(2, 4)], { attributes: heads }),
  'Attention, ends and starts': ms('Attention', [floats(2, 4, 8), floats(8, 24), floats(24), rows(3, 4, 1, 0)], { attributes: heads }),
  'Attention, flags': ms('Attention', [floats(2, 4, 8), floats(8, 24), floats(24), int32s([1, 1, 0, 0, 1, 0, 1, 1], [2, 4])], { attributes: heads }),
  'Attention, flags a query': ms('Attention', [floats(1, 2, 8), floats(8, 24), floats(24), int32s([1, 0, 1, 1], [1, 2, 2])], {
    attributes: { ...heads, mask_filter_value: -50 },
  }),
  'Attention, past and present': ms('Attention', [floats(2, 3, 8), floats(8, 24), floats(24), undefined, floats(2, 2, 2, 5, 4)], {
    attributes: heads,
    outputs: [true, true],
  }),
  'Attention, bias of scores': ms('Attention', [floats(2, 3, 8), floats(8, 24), floats(24), undefined, undefined, floats(2, 2, 3, 3)], { attributes: heads }),
  'Attention, past, causal': ms('Attention', [floats(2, 3, 8), floats(8, 24), floats(24), undefined, floats(2, 2, 2, 5, 4)], {
    attributes: { ...heads, unidirectional: 1 },
    outputs: [true, true],
  }),
  'MultiHeadAttention, flags': ms(
    'MultiHeadAttention',
    [floats(2, 3, 8), floats(2, 5, 8), floats(2, 5, 8), undefined, int32s([1, 1, 0, 1, 0, 1, 0, 1, 1, 1], [2, 5])],
    { attributes: heads, fed: [0, 1, 2] },
  ),
  'MultiHeadAttention, bias of scores': ms(
    'MultiHeadAttention',
    [floats(2, 3, 8), floats(2, 5, 8), floats(2, 5, 12), floats(28), undefined, floats(1, 2, 3, 5)],
    { attributes: heads, fed: [0, 1, 2] },
  ),
  'MultiHeadAttention, past and present': ms(
    'MultiHeadAttention',
    [floats(2, 3, 8), floats(2, 3, 8), floats(2, 3, 8), undefined, undefined, undefined, floats(2, 2, 4, 4), floats(2, 2, 4, 4)],
    {
      attributes: heads,
      fed: [0, 1, 2],
      outputs: [true, true, true],
    },
  ),
  'MultiHeadAttention, causal': ms('MultiHeadAttention', [floats(2, 4, 8), floats(2, 4, 8), floats(2, 4, 8), floats(24)], {
    attributes: { ...heads, unidirectional: 1 },
    fed: [0, 1, 2],
  }),
  'MultiHeadAttention, K and V by heads': ms('MultiHeadAttention', [floats(2, 3, 8), floats(2, 2, 5, 4), floats(2, 2, 5, 4)], {
    attributes: heads,
    fed: [0, 1, 2],
  }),
  'MultiHeadAttention, scores asked': ms('MultiHeadAttention', [floats(2, 3, 8), floats(2, 5, 8), floats(2, 5, 8)], {
    attributes: heads,
    fed: [0, 1, 2],
    outputs: [true, false, false, true],
  }),
  'GroupQueryAttention, prompt': ms(
    'GroupQueryAttention',
    [floats(2, 3, 32), floats(2, 3, 16), floats(2, 3, 16), undefined, undefined, rows(2, 2), int32s([3], [])],
    {
      attributes: { num_heads: 4, kv_num_heads: 2 },
      fed: [0, 1, 2],
      outputs: [true, true, true],
    },
  ),
  'GroupQueryAttention, packed': ms('GroupQueryAttention', [floats(2, 3, 64), undefined, undefined, undefined, undefined, rows(2, 2), int32s([3], [])], {
    attributes: { num_heads: 4, kv_num_heads: 2 },
    outputs: [true, true, true],
  }),
  'GroupQueryAttention, a cache that grows': ms(
    'GroupQueryAttention',
    [floats(2, 1, 32), floats(2, 1, 16), floats(2, 1, 16), floats(2, 2, 5, 8), floats(2, 2, 5, 8), rows(5, 5), int32s([6], [])],
    {
      attributes: { num_heads: 4, kv_num_heads: 2, scale: 0.4 },
      fed: [0, 1, 2, 3, 4],
      outputs: [true, true, true],
    },
  ),
  // Without its presents asked for, ONNX Runtime 1.30 gives other numbers here.
  'GroupQueryAttention, samples of other lengths': ms(
    'GroupQueryAttention',
    [floats(2, 1, 32), floats(2, 1, 16), floats(2, 1, 16), floats(2, 2, 8, 8), floats(2, 2, 8, 8), rows(3, 6), int32s([7], [])],
    {
      attributes: { num_heads: 4, kv_num_heads: 2 },
      fed: [0, 1, 2, 3, 4],
      outputs: [true, true, true],
    },
  ),
  'GroupQueryAttention, several tokens more': ms(
    'GroupQueryAttention',
    [floats(1, 3, 32), floats(1, 3, 16), floats(1, 3, 16), floats(1, 2, 4, 8), floats(1, 2, 4, 8), rows(6), int32s([7], [])],
    {
      attributes: { num_heads: 4, kv_num_heads: 2 },
      fed: [0, 1, 2, 3, 4],
      outputs: [true, true, true],
    },
  ),
  'GroupQueryAttention, rotary': ms(
    'GroupQueryAttention',
    [floats(2, 1, 64), floats(2, 1, 32), floats(2, 1, 32), floats(2, 2, 5, 16), floats(2, 2, 5, 16), rows(5, 5), int32s([6], []), floats(12, 8), floats(12, 8)],
    { attributes: { num_heads: 4, kv_num_heads: 2, do_rotary: 1 }, fed: [0, 1, 2, 3, 4], outputs: [true, true, true] },
  ),
  'GroupQueryAttention, rotary of neighbours in a prompt': ms(
    'GroupQueryAttention',
    [floats(1, 4, 128), undefined, undefined, undefined, undefined, rows(3), int32s([4], []), floats(12, 8), floats(12, 8)],
    { attributes: { num_heads: 4, kv_num_heads: 2, do_rotary: 1, rotary_interleaved: 1 }, outputs: [true, true, true] },
  ),
  'GroupQueryAttention, window, softcap': ms(
    'GroupQueryAttention',
    [floats(1, 6, 32), floats(1, 6, 16), floats(1, 6, 16), undefined, undefined, rows(5), int32s([6], [])],
    {
      attributes: { num_heads: 4, kv_num_heads: 2, local_window_size: 3, softcap: 2.5 },
      fed: [0, 1, 2],
    },
  ),
  'GroupQueryAttention, smooth softmax': ms(
    'GroupQueryAttention',
    [floats(1, 6, 32), floats(1, 6, 16), floats(1, 6, 16), undefined, undefined, rows(5), int32s([6], [])],
    {
      attributes: { num_heads: 4, kv_num_heads: 2, smooth_softmax: 1 },
      fed: [0, 1, 2],
    },
  ),
  'GroupQueryAttention, sinks': ms(
    'GroupQueryAttention',
    [
      floats(1, 6, 32),
      floats(1, 6, 16),
      floats(1, 6, 16),
      undefined,
      undefined,
      rows(5),
      int32s([6], []),
      undefined,
      undefined,
      undefined,
      undefined,
      floats(4),
    ],
    { attributes: { num_heads: 4, kv_num_heads: 2 }, fed: [0, 1, 2] },
  ),
  'GroupQueryAttention, bias of scores': ms(
    'GroupQueryAttention',
    [
      floats(2, 4, 32),
      floats(2, 4, 16),
      floats(2, 4, 16),
      undefined,
      undefined,
      rows(3, 3),
      int32s([4], []),
      undefined,
      undefined,
      undefined,
      floats(2, 1, 4, 4),
    ],
    { attributes: { num_heads: 4, kv_num_heads: 2 }, fed: [0, 1, 2] },
  ),
};

const lstm = (directions: number, scales: number) => [
  floats(4, 2, 3),
  signed(directions, 3, 20),
  signed(directions, 5, 20),
  floats(directions, 40),
  undefined,
  floats(directions, 2, 5),
  floats(directions, 2, 5),
  undefined,
  small(directions, ...(scales > 1 ? [scales] : [])),
  tensor('int8', new Int8Array(directions * scales), [directions, ...(scales > 1 ? [scales] : [])]),
  small(directions, ...(scales > 1 ? [scales] : [])),
  tensor('int8', new Int8Array(directions * scales), [directions, ...(scales > 1 ? [scales] : [])]),
];
/** What ONNX Runtime's quantizer and its transformer optimizer write. The runtime quantizes activations anew, the reference keeps them: an LSTM differs by some steps of 8 bits. */
const written: Readonly<Record<string, NodeCase>> = {
  QAttention: ms('QAttention', [bytes(2, 3, 8), signed(8, 24), floats(24), scalar(0.02), scalar(0.01)], { attributes: heads, allowed: 1e-4 }),
  'QAttention, zero points, mask': ms('QAttention', [bytes(2, 4, 8), bytes(8, 24), floats(24), scalar(0.02), scalar(0.01), rows(2, 4), u8(120), u8(130)], {
    attributes: heads,
    allowed: 1e-4,
  }),
  'QAttention, scales of columns, causal': ms(
    'QAttention',
    [bytes(1, 4, 8), signed(8, 24), floats(24), scalar(0.02), small(24), undefined, u8(128), tensor('int8', new Int8Array(24), [24])],
    {
      attributes: { ...heads, unidirectional: 1 },
      allowed: 1e-4,
    },
  ),
  'QAttention, past and present': ms(
    'QAttention',
    [bytes(2, 3, 8), signed(8, 24), floats(24), scalar(0.02), scalar(0.01), undefined, u8(128), s8(0), floats(2, 2, 2, 5, 4)],
    { attributes: { ...heads, unidirectional: 1 }, outputs: [true, true], allowed: 1e-4 },
  ),
  QEmbedLayerNormalization: ms(
    'QEmbedLayerNormalization',
    [
      int32s([1, 2, 3, 0, 5, 4], [2, 3]),
      int32s([0, 1, 1, 0, 0, 1], [2, 3]),
      bytes(6, 8),
      bytes(4, 8),
      bytes(2, 8),
      bytes(8),
      bytes(8),
      int32s([1, 1, 0, 1, 1, 1], [2, 3]),
      scalar(0.02),
      scalar(0.03),
      scalar(0.01),
      scalar(0.01),
      scalar(0.02),
      u8(128),
      u8(120),
      u8(125),
      u8(0),
      u8(128),
    ],
    { outputs: [true, true], allowed: 1e-4 },
  ),
  DynamicQuantizeLSTM: ms('DynamicQuantizeLSTM', lstm(1, 1), { attributes: { hidden_size: 5 }, outputs: [true, true, true], allowed: 0.05 }),
  'DynamicQuantizeLSTM, both directions, scales of columns': ms('DynamicQuantizeLSTM', lstm(2, 20), {
    attributes: { hidden_size: 5, direction: 'bidirectional' },
    outputs: [true, true, true],
    allowed: 0.05,
  }),
  Trilu: ms(
    'Trilu',
    [floats(2, 4, 5), int64s(1)].map((t, i) => (i ? { ...t, dims: [] } : t)),
    { attributes: { upper: 0 } },
  ),
  Inverse: ms('Inverse', [floats(2, 3, 3)], { factsOnly: true }),
  ExpandDims: ms('ExpandDims', [floats(2, 3), int32s([-1], [])], { allowed: 1e-6 }),
  MatMulInteger16: ms('MatMulInteger16', [tensor('int16', Int16Array.of(1, 2, 3, 4, 5, 6), [2, 3]), tensor('int16', Int16Array.of(1, 2, 3), [3, 1])], {
    allowed: 1e-6,
  }),
  GatherND: ms('GatherND', [floats(3, 4, 5), tensor('int64', BigInt64Array.of(0n, 1n, 2n, 3n), [2, 2])], { allowed: 1e-6 }),
  Pad: ms('Pad', [floats(2, 3), int64s(1, 0, 0, 2)], { allowed: 1e-6 }),
  // Past and present share their buffer: what is behind the tokens so far is what was there.
  'DecoderMaskedMultiHeadAttention, a shared cache': ms(
    'DecoderMaskedMultiHeadAttention',
    [floats(2, 1, 8), floats(2, 1, 8), floats(2, 1, 8), undefined, undefined, floats(2, 2, 5, 4), floats(2, 2, 5, 4), int32s([3])],
    { attributes: { ...heads, past_present_share_buffer: 1 }, fed: [0, 1, 2, 5, 6], outputs: [true, true, true], factsOnly: true },
  ),
};

describe('quantized', () => {
  for (const [name, each] of Object.entries(quantized)) it(name, () => judge(each));
});
describe('fused', () => {
  for (const [name, each] of Object.entries(fused)) it(name, () => judge(each));
});
describe('attention', () => {
  for (const [name, each] of Object.entries(attention)) it(name, () => judge(each));
});
describe("written by ONNX Runtime's own tools", () => {
  for (const [name, each] of Object.entries(written)) it(name, () => judge(each));
});
