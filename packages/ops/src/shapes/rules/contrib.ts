// com.microsoft: what ONNX Runtime fuses into, and the quantized kin of the standard ops.
import type { Dim } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { addDims, floorDivDims, mulDims, unknown } from '../../dims';
import type { ShapeRule, Shapes } from '../../facts';
import { axisIn, broadcast, dtypeAt, elementsAt, type Shape, shapeAt, tensor } from '../rule';
import { matMulShape } from './matrix';

const swapLast = (shape: Shape | undefined): Shape | undefined =>
  shape && shape.length > 1 ? [...shape.slice(0, -2), shape[shape.length - 1]!, shape[shape.length - 2]!] : shape;
/** transBatchA/B: the first axis goes in front of the last. */
const swapBatch = (shape: Shape | undefined): Shape | undefined => shape && [...shape.slice(1, -1), shape[0]!, shape[shape.length - 1]!];

/** FusedMatMul, TransposeMatMul. */
export const fusedMatMul: ShapeRule = (node, shapes) => {
  const side = (input: number, batch: string, trans: string): Shape | undefined => {
    const shape = intOf(node, batch, 0) ? swapBatch(shapeAt(node, shapes, input)) : shapeAt(node, shapes, input);
    return intOf(node, trans, 0) ? swapLast(shape) : shape;
  };
  return [tensor(dtypeAt(node, shapes, 0), matMulShape(side(0, 'transBatchA', 'transA'), side(1, 'transBatchB', 'transB')))];
};

/** QLinearAdd and QLinearMul: A and B at inputs 0 and 3. */
export const quantizedBinary: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0), broadcast([shapeAt(node, shapes, 0), shapeAt(node, shapes, 3)]))];

/** QLinearConcat: output scale and zero point, then triples. */
export const quantizedConcat: ShapeRule = (node, shapes) => {
  const at = Array.from({ length: Math.floor((node.inputs.length - 2) / 3) }, (_, i) => 2 + 3 * i);
  const all = at.map((i) => shapeAt(node, shapes, i));
  const known = all.find(Boolean);
  const axis = known && axisIn(intOf(node, 'axis', 0), known.length);
  const dtype = dtypeAt(node, shapes, 1);
  if (!known || axis === undefined) return [tensor(dtype, undefined)];
  const total = all.reduce<Dim>((sum, shape) => addDims(sum, shape?.[axis] ?? unknown), 0);
  return [
    tensor(
      dtype,
      known.map((dim, i) => (i === axis ? total : dim)),
    ),
  ];
};

/** QLinearWhere: condition, X and Y at 0, 1, 4. */
export const quantizedWhere: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 1), broadcast([0, 1, 4].map((i) => shapeAt(node, shapes, i))))];

/** GatherBlockQuantized: as Gather, of the type of the scales; packed bytes hold 8 / bits entries. */
export const gatherBlockQuantized: ShapeRule = (node, shapes) => {
  const [data, indices] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const dtype = dtypeAt(node, shapes, 2);
  const axis = data && axisIn(intOf(node, 'gather_axis', 0), data.length);
  if (!data || !indices || axis === undefined) return [tensor(dtype, undefined)];
  const packed = dtypeAt(node, shapes, 0) === 'uint8' ? 8 / intOf(node, 'bits', 4) : 1;
  const along = axisIn(intOf(node, 'quantize_axis', -1), data.length) ?? data.length - 1;
  const whole = data.map((dim, i) => (i === along ? mulDims(dim, packed) : dim));
  return [tensor(dtype, [...whole.slice(0, axis), ...indices, ...whole.slice(axis + 1)])];
};

/** com.microsoft:Attention: input [batch, seq, in], weights [in, 3 * hidden]; present [2, batch, heads, total, size]. QAttention has its past elsewhere, and the type of its scale. */
const projectedAttention =
  (pastAt: number, typeFrom: number): ShapeRule =>
  (node, shapes) => {
    const [input, weights, bias] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1), shapeAt(node, shapes, 2)];
    const dtype = dtypeAt(node, shapes, typeFrom);
    const qkv = node.attributes.get('qkv_hidden_sizes');
    const hidden = qkv?.kind === 'ints' ? Number(qkv.value[2]) : floorDivDims(weights?.[1] ?? bias?.[0] ?? unknown, 3);
    const past = shapeAt(node, shapes, pastAt);
    const heads = intOf(node, 'num_heads') ?? unknown;
    const total = node.inputs[pastAt] ? addDims(past?.[3] ?? unknown, input?.[1] ?? unknown) : (input?.[1] ?? unknown);
    return [tensor(dtype, input && [input[0]!, input[1]!, hidden]), tensor(dtype, [2, input?.[0] ?? unknown, heads, total, floorDivDims(hidden, heads)])];
  };
export const packedAttention = projectedAttention(4, 0);
export const quantizedAttention = projectedAttention(8, 3);

/** MultiHeadAttention: Q [batch, seq, hidden]; without past and with K of its own the presents are as long as K. */
export const multiHeadAttention: ShapeRule = (node, shapes) => {
  const [q, k, v, past] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1), shapeAt(node, shapes, 2), shapeAt(node, shapes, 6)];
  const dtype = dtypeAt(node, shapes, 0);
  const heads = intOf(node, 'num_heads') ?? unknown;
  const packed = q?.length === 5;
  const hidden = packed ? mulDims(q[2]!, q[4]!) : v?.length === 3 ? v[2]! : v?.length === 4 ? mulDims(v[1]!, v[3]!) : (q?.[2] ?? unknown);
  const own = k?.length === 4 ? k[2]! : (k?.[1] ?? unknown);
  const total = node.inputs[6] ? addDims(past?.[2] ?? unknown, own) : own;
  const width = packed ? hidden : (q?.[2] ?? unknown);
  const present = (all: Dim) => tensor(dtype, [q?.[0] ?? unknown, heads, total, floorDivDims(all, heads)]);
  return [tensor(dtype, q && [q[0]!, q[1]!, hidden]), present(width), present(hidden), tensor(dtype, q && [q[0]!, heads, q[1]!, total])];
};

/** GroupQueryAttention: the output as Q; the cache is as long as it was or as all tokens are, the longer of the two. */
export const groupQueryAttention: ShapeRule = (node, shapes) => {
  const [q, k, pastK, pastV] = [0, 1, 3, 4].map((i) => shapeAt(node, shapes, i));
  const dtype = dtypeAt(node, shapes, 0);
  const [heads, kvHeads] = [intOf(node, 'num_heads') ?? unknown, intOf(node, 'kv_num_heads') ?? unknown];
  const packed = !node.inputs[1];
  const size = packed ? floorDivDims(q?.[2] ?? unknown, addDims(heads, mulDims(2, kvHeads))) : floorDivDims(q?.[2] ?? unknown, heads);
  const hidden = packed ? mulDims(heads, size) : (q?.[2] ?? unknown);
  const tokens = elementsAt(node, shapes, 6)?.[0];
  const longest = (past: Dim | undefined): Dim =>
    typeof tokens !== 'number' ? unknown : past === undefined ? tokens : typeof past === 'number' ? Math.max(past, tokens) : unknown;
  const fresh: Shape = [q?.[0] ?? k?.[0] ?? unknown, kvHeads, longest(undefined), size];
  return [
    tensor(dtype, q && [q[0]!, q[1]!, hidden]),
    tensor(dtypeAt(node, shapes, 3) ?? dtype, pastK ? [pastK[0]!, pastK[1]!, longest(pastK[2]), pastK[3]!] : fresh),
    tensor(dtypeAt(node, shapes, 4) ?? dtype, pastV ? [pastV[0]!, pastV[1]!, longest(pastV[2]), pastV[3]!] : fresh),
  ];
};

/** EmbedLayerNormalization: [batch, seq, hidden], a mask index [batch], and the sum before the norm. */
export const embedLayerNormalization: ShapeRule = (node, shapes) => {
  const ids = shapeAt(node, shapes, 0);
  const table = shapeAt(node, shapes, 2);
  const out = tensor(dtypeAt(node, shapes, 2), ids && table && [ids[0]!, ids[1]!, table[1]!]);
  return [out, tensor('int32', [ids?.[0] ?? unknown]), out];
};

/** BiasSplitGelu: half of the last axis. */
export const halfLast: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  return [tensor(dtypeAt(node, shapes, 0), shape && [...shape.slice(0, -1), floorDivDims(shape[shape.length - 1]!, 2)])];
};

/** QGemm: A and B at 0 and 3; float32 unless an output scale is given. */
export const quantizedGemm: ShapeRule = (node, shapes) => {
  const [a, b] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 3)];
  const m = a?.[intOf(node, 'transA', 0) ? 1 : 0] ?? unknown;
  const n = b?.[intOf(node, 'transB', 0) ? 0 : 1] ?? unknown;
  return [tensor(node.inputs[7] ? dtypeAt(node, shapes, 0) : 'float32', [m, n])];
};

/** A rule over [N, C, spatial...] for a node whose data is [N, spatial..., C], always or by its attribute `channels_last`; and so its weight, if `weight` says at which input. */
export const channelsLast =
  (rule: ShapeRule, always = false, weight?: number): ShapeRule =>
  (node, shapes, infer) => {
    if (!always && intOf(node, 'channels_last', 0) !== 1) return rule(node, shapes, infer);
    const data = [node.inputs[0], weight === undefined ? undefined : node.inputs[weight]];
    const moved: Shapes = {
      ...shapes,
      of(value) {
        const type = shapes.of(value);
        if (!data.includes(value) || type?.kind !== 'tensor' || !type.shape) return type;
        const { shape } = type;
        return tensor(type.dtype, [shape[0]!, shape[shape.length - 1]!, ...shape.slice(1, -1)]);
      },
    };
    return rule(node, moved, infer).map((type) =>
      type?.kind === 'tensor' && type.shape ? tensor(type.dtype, [type.shape[0]!, ...type.shape.slice(2), type.shape[1]!]) : type,
    );
  };
