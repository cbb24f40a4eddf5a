// Axis equations of layers: products, convolutions, normalisations, recurrent layers, attention.
import { intOf, opsetOf, stringOf } from '../attributes';
import type { AxesRule } from '../facts';
import { axisIn, shapeAt } from '../shapes/rule';
import { einsumTerms } from '../shapes/rules/matrix';
import { letters, rankOf, rest } from './letters';

/** The bias broadcasts to [m, n]: of rank 1 it lies along n. */
export const gemmAxes: AxesRule = (node, shapes) => {
  const rank = node.inputs[2] && rankOf(node, shapes, 2);
  const bias = node.inputs[2] ? `,${rank === undefined ? '_' : 'mn'.slice(2 - rank) || '_'}` : '';
  return `${intOf(node, 'transA', 0) ? 'km' : 'mk'},${intOf(node, 'transB', 0) ? 'nk' : 'kn'}${bias}->mn`;
};

/** Groups of c channels, each normalised; scale and bias one a group (opset 18) or one a channel. Data may be channels last. */
export const groupNormAxes =
  (channelsLast: boolean): AxesRule =>
  (node, shapes) => {
    const groups = intOf(node, 'num_groups') ?? intOf(node, 'groups');
    const scale = shapeAt(node, shapes, 1)?.[0];
    const parameter = opsetOf(node) < 21 && node.domain === '' && scale === groups ? 'g' : '(gc)';
    const data = channelsLast && intOf(node, 'channels_last', 1) === 1 ? 'n*(gc)!' : 'n(gc)!*';
    return `${data},${parameter},${parameter}->${data}`;
  };

/** Losses over classes c: one number, or one an item. */
export const lossAxes: AxesRule = (node) => {
  const weight = node.inputs[2] ? ',c' : '';
  const scores = node.outputs[1] ? ',nc!*' : '';
  return `nc!*,n*${weight}->${stringOf(node, 'reduction', 'mean') === 'none' ? 'n*' : ''}${scores}`;
};

/** LinearAttention on packed heads: entries of the sequence act on those after them; of the heads nothing is said. */
export const linearAttentionAxes: AxesRule = (node, shapes) => {
  if (rankOf(node, shapes) !== 3) return undefined;
  const terms = ['bs!_', 'bs!_', 'bs!_'];
  return `${node.inputs.map((_, i) => terms[i] ?? '_').join(',')}->bs!_${node.outputs[1] ? ',_' : ''}`;
};

/** Convolution: dense, depthwise, or in groups of c inputs and o outputs. */
export const convAxes: AxesRule = (node, shapes) => {
  const group = intOf(node, 'group', 1);
  const bias = node.inputs[2];
  if (group === 1) return `nc*,oc*${bias ? ',o' : ''}->no*`;
  const w = shapeAt(node, shapes, 1);
  if (w?.[1] === 1 && w[0] === group) return `nc*,c1*${bias ? ',c' : ''}->nc*`;
  return `n(gc)*,(go)c*${bias ? ',(go)' : ''}->n(go)*`;
};
export const convTransposeAxes: AxesRule = (node, shapes) => {
  const group = intOf(node, 'group', 1);
  const bias = node.inputs[2];
  if (group === 1) return `nc*,co*${bias ? ',o' : ''}->no*`;
  const w = shapeAt(node, shapes, 1);
  if (w?.[1] === 1 && w[0] === group) return `nc*,c1*${bias ? ',c' : ''}->nc*`;
  return `n(gc)*,(gc)o*${bias ? ',(go)' : ''}->n(go)*`;
};

/** Softmax and its kin: one coupled axis from opset 13 on, all axes from `axis` on before it. */
export const softmaxAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const flattens = opsetOf(node) < 13;
  const axis = rank && axisIn(intOf(node, 'axis', flattens ? 1 : -1), rank);
  if (rank === undefined || axis === undefined) return undefined;
  const own = letters(rank).map((each, i) => (i === axis || (flattens && i > axis) ? `${each}!` : each));
  return `${own.join('')}->${own.join('')}`;
};

/** Normalisation over the axes from `axis` on; scale and bias lie along them. */
export const layerNormAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const axis = rank && axisIn(intOf(node, 'axis', -1), rank);
  if (!rank || axis === undefined) return undefined;
  const own = letters(rank);
  const coupled = own.map((each, i) => (i >= axis ? `${each}!` : each)).join('');
  const along = own.slice(axis).join('');
  const parameters = node.inputs.slice(1).map((value) => (value ? along : '_'));
  const statistics = node.outputs.slice(1).map(() => own.map((each, i) => (i >= axis ? '1' : each)).join(''));
  return `${[coupled, ...parameters].join(',')}->${[coupled, ...statistics].join(',')}`;
};

/** One coupled axis, named by an attribute. */
export const coupledAxis =
  (fallback: number): AxesRule =>
  (node, shapes) => {
    const rank = rankOf(node, shapes);
    const axis = rank && axisIn(intOf(node, 'axis', fallback), rank);
    if (!rank || axis === undefined) return undefined;
    const own = letters(rank)
      .map((each, i) => (i === axis ? `${each}!` : each))
      .join('');
    return `${own}${rest(node, 1)}->${own}`;
  };

/** RNN, GRU, LSTM: d directions, g gates of h hidden units, k biases of them, p peepholes. */
export const recurrentAxes: AxesRule = (node) => {
  const batchFirst = intOf(node, 'layout', 0) === 1;
  const state = batchFirst ? 'bdh' : 'dbh';
  const terms = [batchFirst ? 'bsi' : 'sbi', 'd(gh)i', 'd(gh)h', 'd(kh)', 'b', state, state, 'd(ph)'];
  const inputs = node.inputs.map((value, i) => (value ? (terms[i] ?? '_') : '_'));
  const outputs = [batchFirst ? 'bsdh' : 'sdbh', state, state].slice(0, Math.max(node.outputs.length, 1));
  return `${inputs.join(',')}->${outputs.join(',')}`;
};

/** Attention of ai.onnx: k key heads, g query heads to each, of size d (value size e); i queries, j keys that act on each other. */
export const attentionAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  if (rank === undefined) return undefined;
  const [q, k, v, y] = rank === 3 ? ['bi(kgd)', 'bj!(kd)', 'bj!(ke)', 'bi(kge)'] : ['b(kg)id', 'bkj!d', 'bkj!e', 'b(kg)ie'];
  return `${q},${k},${v}${rest(node, 3)}->${[y, ...node.outputs.slice(1).map(() => '_')].join(',')}`;
};

/** Einsum's own equation, where it has no '...'. */
export const einsumAxes: AxesRule = (node) => {
  const { inputs, output } = einsumTerms(stringOf(node, 'equation', ''));
  if (inputs.length === 1 && inputs[0] === '') return '...->...';
  return [...inputs, output].some((term) => term.includes('.')) ? undefined : `${inputs.join(',')}->${output}`;
};

/** MatMul as numpy has it: a vector has no rows (or no columns). */
export const matMulAxes: AxesRule = (node, shapes) => {
  const [a, b] = [rankOf(node, shapes), rankOf(node, shapes, 1)];
  if (a === 1 || b === 1) {
    const [left, right] = [a === 1 ? 'k' : a === undefined ? undefined : '...mk', b === 1 ? 'k' : b === undefined ? undefined : '...kn'];
    return left && right ? `${left},${right}->${a === 1 && b === 1 ? '' : a === 1 ? '...n' : '...m'}` : undefined;
  }
  return '...mk,...kn->...mn';
};

/** Any number of inputs that broadcast together. */
export const variadicAxes: AxesRule = (node) => `${node.inputs.map(() => '...').join(',')}->...`;
/** Elementwise in the first input; the others are scalars or tables. */
export const firstAxes: AxesRule = (node) => `...${rest(node, 1)}->...`;
