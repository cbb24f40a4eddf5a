// Axis equations of quantized and com.microsoft ops: their scales and zero points lie along an axis of what they scale.
import { attr, type Node } from '@modeldiet/onnx-io';
import { intOf } from '../attributes';
import type { AxesRule, Shapes } from '../facts';
import { axisIn, shapeAt } from '../shapes/rule';
import { convAxes } from './layers';
import { letters, rankOf } from './letters';
import { gatherAxes } from './movement';

/** The term of a parameter that is one for all ('_') or one an entry of axis `letter`. */
const along = (node: Node, shapes: Shapes, index: number, letter: string): string => {
  const shape = shapeAt(node, shapes, index);
  return shape?.length === 1 && shape[0] !== 1 ? letter : '_';
};
/** An equation from terms by input; inputs without one share no axis. */
const equation = (node: Node, terms: Readonly<Record<number, string>>, output: string): string =>
  `${node.inputs.map((value, i) => (value ? (terms[i] ?? '_') : '_')).join(',')}->${output}`;

/** Elementwise, the scale (1) and zero point (2) one for all, one an entry of `axis`, or one a block of it. */
export const quantizeAxes: AxesRule = (node, shapes) => {
  const [x, scale] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  if (!x || !scale) return undefined;
  if (scale.length === 0 || (scale.length === 1 && scale[0] === 1)) return equation(node, { 0: '...' }, '...');
  const at = axisIn(intOf(node, 'axis', 1), x.length);
  if (at === undefined) return undefined;
  const own = letters(x.length);
  if (scale.length === 1) return equation(node, { 0: own.join(''), 1: own[at]!, 2: own[at]! }, own.join(''));
  const [extent, blocks, size] = [x[at], scale[at], intOf(node, 'block_size', 0)];
  if (typeof extent !== 'number' || typeof blocks !== 'number' || scale.length !== x.length || blocks * size !== extent) return undefined;
  const [block] = letters(1, x.length);
  const whole = own.map((each, i) => (i === at ? `(${each}${block})` : each)).join('');
  return equation(node, { 0: whole, 1: own.join(''), 2: own.join('') }, whole);
};

/** A convolution whose data, weight and bias are at other inputs; parameters of the weight lie along its filters. Data may be channels last. */
export const convAxesAt =
  (weight: number, bias: number, filters: readonly number[] = []): AxesRule =>
  (node, shapes) => {
    const inputs = [node.inputs[0], node.inputs[weight], ...(node.inputs[bias] ? [node.inputs[bias]] : [])];
    const [left, right] = (convAxes({ ...node, inputs }, shapes) ?? '').split('->');
    if (right === undefined) return undefined;
    const [x, w, b] = left!.split(',') as [string, string, string | undefined];
    const last = (term: string): string => (intOf(node, 'channels_last', 0) === 1 ? `${term[0]}*${term.slice(1, -1)}` : term);
    // The first axis of the weight, composed where there are groups.
    const filter = w[0] === '(' ? w.slice(0, w.indexOf(')') + 1) : w[0]!;
    const parameters = Object.fromEntries(filters.map((i) => [i, along(node, shapes, i, filter)]));
    return equation(node, { ...parameters, 0: last(x), [weight]: w, ...(b && { [bias]: b }) }, last(right));
  };

/** A product of A and B at `a` and `b`; `rows` and `columns` are parameters that may lie along those of the result. */
export const productAxes =
  (a: number, b: number, rows: readonly number[], columns: readonly number[]): AxesRule =>
  (node, shapes) => {
    const [left, right] = [rankOf(node, shapes, a), rankOf(node, shapes, b)];
    if (left === undefined || right === undefined || left < 2 || right < 2) return undefined;
    const terms: Record<number, string> = {};
    for (const i of rows) terms[i] = along(node, shapes, i, 'm');
    for (const i of columns) terms[i] = along(node, shapes, i, 'n');
    return equation(node, { ...terms, [a]: '...mk', [b]: '...kn' }, '...mn');
  };

/** QGemm: parameters of B may lie along its columns; C is [n], [1, n] or [m, n]. */
export const quantizedGemmAxes: AxesRule = (node, shapes) => {
  const rank = node.inputs[6] ? rankOf(node, shapes, 6) : undefined;
  const [a, b] = [intOf(node, 'transA', 0) ? 'km' : 'mk', intOf(node, 'transB', 0) ? 'nk' : 'kn'];
  const terms = { 0: a, 3: b, 4: along(node, shapes, 4, 'n'), 5: along(node, shapes, 5, 'n'), 6: rank === undefined ? '_' : 'mn'.slice(2 - rank) || '_' };
  return equation(node, terms, 'mn');
};

/** FusedMatMul: either side may be transposed; with the batch moved in front of the last axis nothing is said. */
export const fusedMatMulAxes: AxesRule = (node, shapes) => {
  const [left, right] = [rankOf(node, shapes, 0), rankOf(node, shapes, 1)];
  if (left === undefined || right === undefined || left < 2 || right < 2) return undefined;
  if (intOf(node, 'transBatchA', 0) || intOf(node, 'transBatchB', 0)) return undefined;
  return `...${intOf(node, 'transA', 0) ? 'km' : 'mk'},...${intOf(node, 'transB', 0) ? 'nk' : 'kn'}->...mn`;
};

/** MatMulNBits: N rows of b blocks of packed codes; scales and float zero points in blocks too, zero points of codes packed. */
export const matMulNBitsAxes: AxesRule = (node, shapes) => {
  const blocks = (index: number, last: string): string => (rankOf(node, shapes, index) === 2 ? `n${last}` : `(n${last})`);
  const isPacked = (): boolean => {
    const type = node.inputs[3] && shapes.of(node.inputs[3]);
    return type?.kind === 'tensor' && type.dtype === 'uint8';
  };
  const zeros = node.inputs[3] ? blocks(3, isPacked() ? 'z' : 'b') : '_';
  return equation(node, { 0: '...k', 1: 'nb_', 2: blocks(2, 'b'), 3: zeros, 5: 'n' }, '...n');
};

/** MatMulBnb4: the weight is one flat list of codes. */
export const flatWeightAxes: AxesRule = (node) => equation(node, { 0: '...k' }, '..._');

/** GatherBlockQuantized: as Gather; of the packed axis, its scales and zero points nothing is said. */
export const gatherQuantizedAxes: AxesRule = (node, shapes) => {
  const [rank, more] = [rankOf(node, shapes), rankOf(node, shapes, 1)];
  const packed = rank && axisIn(intOf(node, 'quantize_axis', 1), rank);
  const plain = gatherAxes({ ...node, attributes: new Map([['axis', attr.int(intOf(node, 'gather_axis', 0))]]) }, shapes);
  if (!rank || more === undefined || packed === undefined || !plain) return undefined;
  const name = letters(rank)[packed]!;
  const [inputs, output] = plain.replaceAll(name, '_').split('->') as [string, string];
  const [data, indices] = inputs.split(',') as [string, string];
  return equation(node, { 0: data, 1: indices, 2: data, 3: data }, output);
};

/** Softmax of data and bias over all axes from `axis` on. */
export const biasSoftmaxAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const axis = rank && axisIn(intOf(node, 'axis', 1), rank);
  if (!rank || axis === undefined) return undefined;
  const own = letters(rank).map((each, i) => (i >= axis ? `${each}!` : each));
  return equation(node, { 0: own.join('') }, own.join(''));
};

/** QLinearAdd, QLinearMul, QLinearWhere: the tensors at `tensors` broadcast together. */
export const broadcastAxes =
  (tensors: readonly number[]): AxesRule =>
  (node) =>
    equation(node, Object.fromEntries(tensors.map((i) => [i, '...'])), '...');

/** QLinearConcat: the scale and zero point of the result, then a triple an input. */
export const quantizedConcatAxes: AxesRule = (node, shapes) => {
  const at = Array.from({ length: Math.floor((node.inputs.length - 2) / 3) }, (_, i) => 2 + 3 * i);
  const rank = at.map((i) => rankOf(node, shapes, i)).find((each) => each !== undefined);
  const axis = rank && axisIn(intOf(node, 'axis', 0), rank);
  if (!rank || axis === undefined || at.length + rank > 50) return undefined;
  const [own, parts] = [letters(rank), letters(at.length, rank)];
  const term = (mark: string): string => own.map((each, i) => (i === axis ? mark : each)).join('');
  return equation(node, Object.fromEntries(at.map((i, part) => [i, term(parts[part]!)])), term(`[${parts.join('+')}]`));
};

/** Pools over [N, C, spatial...], or [N, spatial..., C]. */
export const poolAxes =
  (always = false): AxesRule =>
  (node) =>
    always || intOf(node, 'channels_last', 0) === 1 ? equation(node, { 0: 'n*c' }, 'n*c') : equation(node, { 0: 'nc*' }, 'nc*');

/** Input + skip, normalised over the last axis, the parameters along it; statistics and the sum. */
export const skipNormAxes: AxesRule = (node, shapes) => {
  const [rank, skip] = [rankOf(node, shapes), rankOf(node, shapes, 1)];
  if (!rank || !skip) return undefined;
  const own = letters(rank);
  const [all, last] = [own.join(''), own[rank - 1]!];
  const parameters = Object.fromEntries([2, 3, 4].map((i) => [i, last]));
  const outputs = [`${all}!`, `${all.slice(0, -1)}1`, `${all.slice(0, -1)}1`, all].slice(0, Math.max(1, node.outputs.length));
  return equation(node, { ...parameters, 0: `${all}!`, 1: own.slice(rank - skip).join('') }, outputs.join(','));
};

/** EmbedLayerNormalization: tokens of the batch, tables of h numbers a row. */
export const embedAxes: AxesRule = (node) => {
  const outputs = ['bsh!', 'b', 'bsh'].slice(0, Math.max(1, node.outputs.length));
  return equation(node, { 0: 'bs', 1: 'bs', 2: 'vh', 3: 'ph', 4: 'th', 5: 'h', 6: 'h', 7: 'bs', 8: '1s' }, outputs.join(','));
};

const unknownOutputs = (node: Node): string =>
  node.outputs
    .slice(1)
    .map(() => ',_')
    .join('');

/** Attention with packed weights: entries of the sequence act on each other; the columns of the weight are those of Q, of K, of V. */
export const packedAttentionAxes: AxesRule = (node) => equation(node, { 0: 'bs!i', 1: 'i[q+k+v]', 2: '[q+k+v]' }, `bs!v${unknownOutputs(node)}`);

/** MultiHeadAttention and GroupQueryAttention with Q, K and V apart: k key heads of g queries each, of size d (values e). */
export const headsAxes: AxesRule = (node, shapes) => {
  if ([0, 1, 2].some((i) => !node.inputs[i] || rankOf(node, shapes, i) !== 3)) return undefined;
  return equation(node, { 0: 'bi(kgd)', 1: 'bj!(kd)', 2: 'bj!(ke)' }, `bi(kge)${unknownOutputs(node)}`);
};

/** RotaryEmbedding: entries of a head's vector act on each other. */
export const rotaryAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  if (rank === undefined) return undefined;
  const term = rank === 3 ? 'bs(hd)!' : 'bhsd!';
  return equation(node, { 0: term }, term);
};

/** NhwcConv: Conv with the channels of data, weight and result last. */
export const nhwcConvAxes: AxesRule = (node, shapes) => {
  const [left, right] = (convAxes(node, shapes) ?? '').split('->');
  if (right === undefined) return undefined;
  const [x, w, ...rest] = left!.split(',') as [string, string, ...string[]];
  const last = (term: string): string => {
    const terms = term.match(/\([^)]*\)|\*|./g)!;
    return [terms[0], ...terms.slice(2), terms[1]].join('');
  };
  return `${[last(x), last(w), ...rest].join(',')}->${last(right)}`;
};

/** QEmbedLayerNormalization: as EmbedLayerNormalization, each table with a scale and a zero point. */
export const quantizedEmbedAxes: AxesRule = (node) => {
  const outputs = ['bsh!', 'b'].slice(0, Math.max(1, node.outputs.length));
  return equation(node, { 0: 'bs', 1: 'bs', 2: 'vh', 3: 'ph', 4: 'th', 5: 'h', 6: 'h', 7: 'bs' }, outputs.join(','));
};

/** DynamicQuantizeLSTM: LSTM with its weights the other way round. */
export const quantizedLstmAxes: AxesRule = (node) => {
  const outputs = ['sdbh', 'dbh', 'dbh'].slice(0, Math.max(1, node.outputs.length));
  return equation(node, { 0: 'sbi', 1: 'di(gh)', 2: 'dh(gh)', 3: 'd(kh)', 4: 'b', 5: 'dbh', 6: 'dbh', 7: 'd(ph)' }, outputs.join(','));
};

/** PackedAttention: tokens act on those of their sequence. */
export const packedTokensAxes: AxesRule = (node) => equation(node, { 0: 't!i', 1: 'i[q+k+v]', 2: '[q+k+v]' }, 't!v');
