// Normalisations and recurrent layers.
import { intOf, stringOf } from '../../attributes';
import { addDims, floorDivDims, mulDims, subDims, unknown } from '../../dims';
import { dtypeOf } from '../../dtypes';
import type { ShapeRule } from '../../facts';
import { axisIn, dtypeAt, type Shape, shapeAt, tensor, typeOf } from '../rule';

/** BatchNormalization: the running statistics have the shape of the mean; before opset 14 there may be two saved ones more. */
export const batchNormalization: ShapeRule = (node, shapes) => {
  const stat = tensor(dtypeAt(node, shapes, 3) ?? dtypeAt(node, shapes, 0), shapeAt(node, shapes, 3) ?? [shapeAt(node, shapes, 0)?.[1] ?? unknown]);
  return [typeOf(node, shapes, 0), stat, stat, stat, stat];
};

const statistics = (shape: Shape | undefined, from: number): Shape | undefined => {
  const at = shape && axisIn(from, shape.length);
  return shape && at !== undefined ? shape.map((dim, i) => (i < at ? dim : 1)) : undefined;
};

/** LayerNormalization, RMSNormalization and their com.microsoft kin: mean and inverse deviation keep the axes before `axis`, the others are 1. */
export const layerNormalization: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const stash = dtypeOf(intOf(node, 'stash_type', 1));
  const stat = tensor(stash, statistics(shape, intOf(node, 'axis', -1)));
  return [tensor(dtypeAt(node, shapes, 0), shape), stat, stat];
};

/** SkipLayerNormalization: output, mean, inverse deviation, and the sum of input and skip. */
export const skipLayerNormalization: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const stat = tensor('float32', statistics(shape, -1));
  const type = tensor(dtypeAt(node, shapes, 0), shape);
  return [type, stat, stat, type];
};

/** RNN, GRU, LSTM: Y [seq, directions, batch, hidden], Y_h and Y_c [directions, batch, hidden]; `layout` 1 puts the batch first. */
export const recurrent: ShapeRule = (node, shapes) => {
  const x = shapeAt(node, shapes, 0);
  const r = shapeAt(node, shapes, 2);
  const batchFirst = intOf(node, 'layout', 0) === 1;
  const hidden = intOf(node, 'hidden_size') ?? r?.[2] ?? unknown;
  const directions = stringOf(node, 'direction', 'forward') === 'bidirectional' ? 2 : 1;
  const [seq, batch] = batchFirst ? [x?.[1] ?? unknown, x?.[0] ?? unknown] : [x?.[0] ?? unknown, x?.[1] ?? unknown];
  const dtype = dtypeAt(node, shapes, 0);
  const y = tensor(dtype, batchFirst ? [batch, seq, directions, hidden] : [seq, directions, batch, hidden]);
  const last = tensor(dtype, batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]);
  return [y, last, last];
};

/** Attention of ai.onnx (23 on): Y as Q, present key and value [batch, heads, past + kv, size], the score matrix. */
export const attention: ShapeRule = (node, shapes) => {
  const [q, k, v] = [0, 1, 2].map((i) => shapeAt(node, shapes, i));
  const [pastK, pastV] = [shapeAt(node, shapes, 4), shapeAt(node, shapes, 5)];
  const dtype = dtypeAt(node, shapes, 0);
  if (!q || !k || !v) return [tensor(dtype, undefined), tensor(dtype, undefined), tensor(dtype, undefined), tensor(dtype, undefined)];
  const flat = q.length === 3;
  const [heads, kvHeads] = flat ? [intOf(node, 'q_num_heads') ?? unknown, intOf(node, 'kv_num_heads') ?? unknown] : [q[1]!, k[1]!];
  const [qLen, kvLen] = flat ? [q[1]!, k[1]!] : [q[2]!, k[2]!];
  const sizeV = flat ? floorDivDims(v[2]!, kvHeads) : v[3]!;
  const sizeK = flat ? floorDivDims(k[2]!, kvHeads) : k[3]!;
  const total = addDims(kvLen, pastK ? (pastK[2] ?? unknown) : node.inputs[4] ? unknown : 0);
  const batch = q[0]!;
  return [
    tensor(dtype, flat ? [batch, qLen, mulDims(heads, sizeV)] : [batch, heads, qLen, sizeV]),
    tensor(dtypeAt(node, shapes, 1), [batch, kvHeads, total, sizeK]),
    tensor(dtypeAt(node, shapes, 2), [batch, kvHeads, pastV ? addDims(kvLen, pastV[2] ?? unknown) : total, sizeV]),
    tensor(dtype, [batch, heads, qLen, total]),
  ];
};

/** CausalConvWithState: the output as the input, the state [batch, channels, k - 1]. */
export const causalConv: ShapeRule = (node, shapes) => {
  const [x, w, past] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1), shapeAt(node, shapes, 3)];
  const state = past ?? (x && w && [x[0]!, x[1]!, subDims(w[2] ?? unknown, 1)]);
  return [tensor(dtypeAt(node, shapes, 0), x), tensor(dtypeAt(node, shapes, 0), state)];
};

/** LinearAttention: [batch, time, q heads * value size], the state [batch, kv heads, key size, value size]. */
export const linearAttention: ShapeRule = (node, shapes) => {
  const [q, v, past] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 2), shapeAt(node, shapes, 3)];
  const [heads, kvHeads] = [intOf(node, 'q_num_heads') ?? unknown, intOf(node, 'kv_num_heads') ?? unknown];
  const [keySize, valueSize] = [floorDivDims(q?.[2] ?? unknown, heads), floorDivDims(v?.[2] ?? unknown, kvHeads)];
  return [
    tensor(dtypeAt(node, shapes, 0), q && [q[0]!, q[1]!, mulDims(heads, valueSize)]),
    tensor(dtypeAt(node, shapes, 3) ?? dtypeAt(node, shapes, 0), past ?? (q && [q[0]!, kvHeads, keySize, valueSize])),
  ];
};

/** FlexAttention: Q's extents with V's size. */
export const flexAttention: ShapeRule = (node, shapes) => {
  const [q, v] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 2)];
  return [tensor(dtypeAt(node, shapes, 0), q && [...q.slice(0, 3), v?.[3] ?? unknown])];
};
