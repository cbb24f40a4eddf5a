// com.microsoft: the ops that ONNX Runtime's transformer optimizer, its quantizer and its model builder write (docs/ContribOperators.md of ONNX Runtime 1.31).
import type { Dim, ValueType } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { addDims, floorDivDims, mulDims, unknown } from '../../dims';
import type { ShapeRule } from '../../facts';
import { broadcast, dtypeAt, elementsAt, type Shape, shapeAt, tensor } from '../rule';

const at = (shape: Shape | undefined, axis: number): Dim => shape?.[axis] ?? unknown;

/** QEmbedLayerNormalization: the tables are codes, the result has the type of their scales. */
export const quantizedEmbed: ShapeRule = (node, shapes) => {
  const [ids, words] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 2)];
  return [tensor(dtypeAt(node, shapes, 8), ids && [ids[0]!, at(ids, 1), at(words, 1)]), tensor('int32', [at(ids, 0)])];
};

/** DecoderMaskedMultiHeadAttention: one query; the caches grow by it, unless past and present share their buffer. */
export const decoderAttention: ShapeRule = (node, shapes) => {
  const [q, v, pastK, pastV] = [0, 2, 5, 6].map((i) => shapeAt(node, shapes, i));
  const dtype = dtypeAt(node, shapes, 0);
  const heads = intOf(node, 'num_heads') ?? unknown;
  const hidden = q?.length === 5 ? mulDims(q[2]!, q[4]!) : v?.length === 3 ? v[2]! : v?.length === 4 ? mulDims(v[1]!, v[3]!) : at(q, 2);
  const grown = intOf(node, 'past_present_share_buffer', 0) ? 0 : 1;
  const present = (past: Shape | undefined): ValueType =>
    tensor(dtype, past ? [past[0]!, at(past, 1), addDims(at(past, 2), grown), at(past, 3)] : [at(q, 0), heads, unknown, unknown]);
  return [tensor(dtype, q && [q[0]!, q[1]!, hidden]), present(pastK), present(pastV), tensor(undefined, [at(q, 0), heads, at(q, 1), unknown])];
};

/** PackedAttention: tokens without their padding, [tokens, in] and weights [in, q + k + v]. */
export const packedTokens: ShapeRule = (node, shapes) => {
  const [x, weights] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const qkv = node.attributes.get('qkv_hidden_sizes');
  const hidden = qkv?.kind === 'ints' && qkv.value.length === 3 ? Number(qkv.value[2]) : floorDivDims(at(weights, 1), 3);
  return [tensor(dtypeAt(node, shapes, 0), x && [x[0]!, hidden])];
};

/** PackedMultiHeadAttention: Q [tokens, hidden], or Q, K and V in [tokens, heads, 3, size]. */
export const packedHeads: ShapeRule = (node, shapes) => {
  const [q, v] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 2)];
  return [tensor(dtypeAt(node, shapes, 0), q && [q[0]!, q.length === 4 ? mulDims(q[1]!, q[3]!) : at(v, 1)])];
};

/** RemovePadding: [batch, seq, hidden] -> [tokens, hidden], where each token stood [batch, seq], the ends [batch + 1], the longest [1]. */
export const removePadding: ShapeRule = (node, shapes) => {
  const x = shapeAt(node, shapes, 0);
  return [
    tensor(dtypeAt(node, shapes, 0), [unknown, at(x, 2)]),
    tensor('int32', [at(x, 0), at(x, 1)]),
    tensor('int32', [addDims(at(x, 0), 1)]),
    tensor('int32', [1]),
  ];
};

/** RestorePadding: [tokens, hidden] and [batch, seq] -> [batch, seq, hidden]. */
export const restorePadding: ShapeRule = (node, shapes) => {
  const [x, places] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  return [tensor(dtypeAt(node, shapes, 0), [at(places, 0), at(places, 1), at(x, 1)])];
};

/** RelativePositionBias: [buckets, heads] -> [1, heads, queries, keys]. */
export const relativePositionBias: ShapeRule = (node, shapes) => [
  tensor(dtypeAt(node, shapes, 0), [
    1,
    at(shapeAt(node, shapes, 0), 1),
    elementsAt(node, shapes, 1)?.[0] ?? unknown,
    elementsAt(node, shapes, 2)?.[0] ?? unknown,
  ]),
];

/** ComplexMul: the last axis holds pairs. */
export const complexProduct: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0), broadcast([shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)]))];

/** ExpandDims: an axis of 1 at a place that is a constant. */
export const expandDims: ShapeRule = (node, shapes) => {
  const [x, place] = [shapeAt(node, shapes, 0), elementsAt(node, shapes, 1)?.[0]];
  if (!x || typeof place !== 'number') return [tensor(dtypeAt(node, shapes, 0), x && [...x.map(() => unknown), unknown])];
  const axis = place < 0 ? place + x.length + 1 : place;
  return [tensor(dtypeAt(node, shapes, 0), [...x.slice(0, axis), 1, ...x.slice(axis)])];
};

/** TorchEmbedding: rows of the weight, by index. */
export const embedding: ShapeRule = (node, shapes) => {
  const [table, ids] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  return [tensor(dtypeAt(node, shapes, 0), ids && table && [...ids, at(table, 1)])];
};

/** The same type and shape for the output and what is asked besides (SkipGroupNorm's sum). */
export const sameTwice: ShapeRule = (node, shapes) => {
  const type = tensor(dtypeAt(node, shapes, 0), shapeAt(node, shapes, 0));
  return [type, type];
};
