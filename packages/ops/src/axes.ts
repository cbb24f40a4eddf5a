// Axis equations: which axis of which input becomes which axis of the output. Cost, pruning and tiling read them.
//
//   one term an input, '->', one term an output:   'nc*,oc*,o->no*'
//   letter   an axis; the same letter elsewhere is the same axis, entry for entry (an extent of 1 broadcasts)
//   ...      any number of leading axes, broadcast as numpy does
//   *        the remaining axes, paired in order; their extents may differ (windows, resizing)
//   1        an axis of extent one
//   _        an axis nothing is known about; as a whole term: an input or output that shares no axis (scalars, shapes)
//   a!       entries of this axis act on each other (softmax, normalisation)
//   (gc)     one axis made of several, row-major: g blocks of c
//   [a+b]    one axis that holds a, then b (Concat, Split)
// Letters on inputs alone are summed over.
import type { Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, opsetOf } from './attributes';
import type { AxesRule, OpTable, Shapes } from './facts';
import { axesIn, axisIn, listOf, numbersOf, shapeAt } from './shapes/rule';

export interface Axis {
  /** 'letter', '...', '*', '1', '_'; several letters for a composed or a concatenated axis. */
  readonly kind: 'letter' | 'leading' | 'rest' | 'one' | 'unknown' | 'composed' | 'concatenated';
  readonly letters: readonly string[];
  readonly coupled: boolean;
}
export interface AxisEquation {
  readonly inputs: readonly (readonly Axis[])[];
  readonly outputs: readonly (readonly Axis[])[];
}

const token = /\.\.\.|\*|1|_|\((\p{L}+)\)|\[([\p{L}+]+)\]|\p{L}/uy;

function parseTerm(term: string): Axis[] | undefined {
  const axes: Axis[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < term.length) {
    const hit = token.exec(term);
    if (!hit) return undefined;
    const [text, composed, joined] = hit;
    const coupled = term[token.lastIndex] === '!';
    if (coupled) token.lastIndex++;
    const kind =
      text === '...'
        ? 'leading'
        : text === '*'
          ? 'rest'
          : text === '1'
            ? 'one'
            : text === '_'
              ? 'unknown'
              : composed
                ? 'composed'
                : joined
                  ? 'concatenated'
                  : 'letter';
    const letters = composed ? [...composed] : joined ? joined.split('+') : kind === 'letter' ? [text] : [];
    axes.push({ kind, letters, coupled });
  }
  return axes;
}

/** An equation as terms of axes; undefined when it is not one. */
export function parseAxes(equation: string): AxisEquation | undefined {
  const [left, right, ...more] = equation.split('->');
  if (right === undefined || more.length) return undefined;
  const side = (text: string) => (text === '' ? [] : text.split(',').map(parseTerm));
  const [inputs, outputs] = [side(left!), side(right)];
  if ([...inputs, ...outputs].some((term) => !term)) return undefined;
  return { inputs: inputs as Axis[][], outputs: outputs as Axis[][] };
}

/** The axis equation of a node: its row's, for its attributes and ranks; undefined when the op has none or a rank it needs is unknown. */
export function axesOf(node: Node, shapes: Shapes, ops: OpTable, key: string): AxisEquation | undefined {
  const axes = ops[key]?.axes;
  const equation = typeof axes === 'function' ? axes(node, shapes) : axes;
  return equation === undefined ? undefined : parseAxes(equation);
}

/** a, b, c, ... and on through the Greek letters: enough for the rank limit of the loader. */
const letter = (i: number): string => (i < 26 ? String.fromCharCode(97 + i) : String.fromCharCode(0x3b1 + i - 26));
const letters = (rank: number, from = 0): string[] => Array.from({ length: rank }, (_, i) => letter(from + i));
const rankOf = (node: Node, shapes: Shapes, index = 0): number | undefined => shapeAt(node, shapes, index)?.length;

/** The bias broadcasts to [m, n]: of rank 1 it lies along n. */
export const gemmAxes: AxesRule = (node, shapes) => {
  const rank = node.inputs[2] && rankOf(node, shapes, 2);
  const bias = node.inputs[2] ? `,${rank === undefined ? '_' : 'mn'.slice(2 - rank) || '_'}` : '';
  return `${intOf(node, 'transA', 0) ? 'km' : 'mk'},${intOf(node, 'transB', 0) ? 'nk' : 'kn'}${bias}->mn`;
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

export const transposeAxes: AxesRule = (node, shapes) => {
  const rank = intsOf(node, 'perm')?.length ?? rankOf(node, shapes);
  if (rank === undefined) return undefined;
  const own = letters(rank);
  const perm = intsOf(node, 'perm') ?? own.map((_, i) => rank - 1 - i);
  return `${own.join('')}->${perm.map((axis) => own[axis] ?? '_').join('')}`;
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

export const reduceAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const given = listOf(node, shapes, 'axes', 1);
  if (rank === undefined || (given.given && !given.values)) return undefined;
  const own = letters(rank);
  const none = !given.values?.length;
  if (none && intOf(node, 'noop_with_empty_axes', 0) === 1) return `${own.join('')}${node.inputs[1] ? ',_' : ''}->${own.join('')}`;
  const axes = none ? own.map((_, i) => i) : axesIn(numbersOf(given.values) ?? [rank], rank);
  if (!axes) return undefined;
  const keep = intOf(node, 'keepdims', 1) === 1;
  const out = own.flatMap((each, i) => (axes.includes(i) ? (keep ? ['1'] : []) : [each]));
  return `${own.join('')}${node.inputs[1] ? ',_' : ''}->${out.join('')}`;
};

export const argReduceAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const axis = rank && axisIn(intOf(node, 'axis', 0), rank);
  if (!rank || axis === undefined) return undefined;
  const own = letters(rank);
  const out = own.flatMap((each, i) => (i === axis ? (intOf(node, 'keepdims', 1) === 1 ? ['1'] : []) : [each]));
  return `${own.map((each, i) => (i === axis ? `${each}!` : each)).join('')}->${out.join('')}`;
};

export const concatAxes: AxesRule = (node, shapes) => {
  const rank = node.inputs.map((_, i) => rankOf(node, shapes, i)).find((each) => each !== undefined);
  const axis = rank && axisIn(intOf(node, 'axis', 1), rank);
  if (!rank || axis === undefined || node.inputs.length + rank > 50) return undefined;
  const own = letters(rank);
  const parts = letters(node.inputs.length, rank);
  const term = (along: string): string => own.map((each, i) => (i === axis ? along : each)).join('');
  return `${parts.map(term).join(',')}->${term(`[${parts.join('+')}]`)}`;
};

export const splitAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const axis = rank && axisIn(intOf(node, 'axis', 0), rank);
  if (!rank || axis === undefined || node.outputs.length + rank > 50) return undefined;
  const own = letters(rank);
  const parts = letters(node.outputs.length, rank);
  const term = (along: string): string => own.map((each, i) => (i === axis ? along : each)).join('');
  return `${term(`[${parts.join('+')}]`)}${node.inputs[1] ? ',_' : ''}->${parts.map(term).join(',')}`;
};

export const squeezeAxes: AxesRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const given = listOf(node, shapes, 'axes', 1);
  const listed = given.given ? numbersOf(given.values) : shape?.flatMap((dim, i) => (dim === 1 ? [i] : []));
  const axes = shape && listed && axesIn(listed, shape.length);
  if (!axes) return undefined;
  const own = letters(shape.length);
  return `${own.map((each, i) => (axes.includes(i) ? '1' : each)).join('')}${node.inputs[1] ? ',_' : ''}->${own.filter((_, i) => !axes.includes(i)).join('')}`;
};
export const unsqueezeAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const given = numbersOf(listOf(node, shapes, 'axes', 1).values);
  const axes = rank !== undefined && given ? axesIn(given, rank + given.length) : undefined;
  if (rank === undefined || !axes) return undefined;
  const own = letters(rank);
  let next = 0;
  const out = Array.from({ length: rank + axes.length }, (_, i) => (axes.includes(i) ? '1' : own[next++]));
  return `${own.join('')}${node.inputs[1] ? ',_' : ''}->${out.join('')}`;
};

export const gatherAxes: AxesRule = (node, shapes) => {
  const [rank, more] = [rankOf(node, shapes), rankOf(node, shapes, 1)];
  const axis = rank && axisIn(intOf(node, 'axis', 0), rank);
  if (!rank || more === undefined || axis === undefined) return undefined;
  const own = letters(rank);
  const picked = letters(more, rank);
  return `${own.join('')},${picked.join('')}->${[...own.slice(0, axis), ...picked, ...own.slice(axis + 1)].join('')}`;
};

/** Reshape and Flatten: axes that meet at equal running products of extents are one to one, or composed, or taken apart. */
export const reshapeAxes: AxesRule = (node, shapes) => {
  const from = shapeAt(node, shapes, 0);
  const out = node.outputs[0] && shapes.of(node.outputs[0]);
  const to = out?.kind === 'tensor' ? out.shape : undefined;
  if (!from || !to) return undefined;
  const terms = matchExtents(from, to);
  return terms && `${terms[0]}${node.inputs[1] ? ',_' : ''}->${terms[1]}`;
};

function matchExtents(from: readonly (number | string)[], to: readonly (number | string)[]): readonly [string, string] | undefined {
  let [i, j, next] = [0, 0, 0];
  const [left, right]: [string[], string[]] = [[], []];
  while (i < from.length || j < to.length) {
    if (i < from.length && from[i] === to[j]) {
      const name = letter(next++);
      left.push(name);
      right.push(name);
      i++;
      j++;
    } else if (to[j] === 1) {
      right.push('1');
      j++;
    } else if (from[i] === 1) {
      left.push('1');
      i++;
    } else {
      const [many, one, lists, single] = smaller(from[i], to[j]) ? [from, to[j], left, right] : [to, from[i], right, left];
      let at = many === from ? i : j;
      let product = 1;
      const names: string[] = [];
      while (typeof one === 'number' && product < one && typeof many[at] === 'number') {
        product *= many[at] as number;
        names.push(letter(next++));
        at++;
      }
      if (product !== one) return undefined;
      lists.push(...names);
      single.push(`(${names.join('')})`);
      if (many === from) [i, j] = [at, j + 1];
      else [i, j] = [i + 1, at];
    }
  }
  return [left.join(''), right.join('')];
}
const smaller = (a: number | string | undefined, b: number | string | undefined): boolean => typeof a === 'number' && (typeof b !== 'number' || a < b);
