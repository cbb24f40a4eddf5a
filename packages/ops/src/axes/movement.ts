// Axis equations of ops that move, select or reduce: what becomes of each axis.
import type { Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, stringOf } from '../attributes';
import type { AxesRule, Shapes } from '../facts';
import { axesIn, axisIn, listOf, numbersOf, shapeAt } from '../shapes/rule';
import { letter, letters, rankOf, rest } from './letters';

export const transposeAxes: AxesRule = (node, shapes) => {
  const rank = intsOf(node, 'perm')?.length ?? rankOf(node, shapes);
  if (rank === undefined) return undefined;
  const own = letters(rank);
  const perm = intsOf(node, 'perm') ?? own.map((_, i) => rank - 1 - i);
  return `${own.join('')}->${perm.map((axis) => own[axis] ?? '_').join('')}`;
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

/** Slice and Pad: axes that are left alone stay, the others lose their entries' places. */
const touching =
  (axesTouched: (node: Node, shapes: Shapes, rank: number) => readonly number[] | undefined): AxesRule =>
  (node, shapes) => {
    const rank = rankOf(node, shapes);
    const touched = rank === undefined ? undefined : axesTouched(node, shapes, rank);
    if (rank === undefined || !touched) return undefined;
    const own = letters(rank)
      .map((each, i) => (touched.includes(i) ? '_' : each))
      .join('');
    return `${own}${rest(node, 1)}->${own}`;
  };
export const sliceAxes = touching((node, shapes, rank) => {
  const given = listOf(node, shapes, 'axes', 3);
  if (given.given) return axesIn(numbersOf(given.values) ?? [rank], rank);
  const starts = listOf(node, shapes, 'starts', 1);
  const count = starts.values?.length;
  return count === undefined ? undefined : Array.from({ length: count }, (_, i) => i);
});
export const padAxes = touching((node, shapes, rank) => {
  const pads = numbersOf(listOf(node, shapes, 'pads', 1).values);
  const given = listOf(node, shapes, 'axes', 3);
  const axes = given.given ? axesIn(numbersOf(given.values) ?? [rank], rank) : Array.from({ length: rank }, (_, i) => i);
  return pads && axes?.filter((_, i) => pads[i] !== 0 || pads[i + axes.length] !== 0);
});

/** TopK: the axis is sorted and cut. */
export const topKAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const axis = rank && axisIn(intOf(node, 'axis', -1), rank);
  if (!rank || axis === undefined) return undefined;
  const own = letters(rank);
  const out = own.map((each, i) => (i === axis ? '_' : each)).join('');
  return `${own.map((each, i) => (i === axis ? `${each}!` : each)).join('')}${rest(node, 1)}->${node.outputs.map(() => out).join(',')}`;
};

/** DepthToSpace and SpaceToDepth: blocks a x b of the image from or to the channels; DCR has them in front of the depth. */
export const blockAxes =
  (spread: boolean): AxesRule =>
  (node, shapes) => {
    if (rankOf(node, shapes) !== 4) return undefined;
    const deep = `n${stringOf(node, 'mode', 'DCR') === 'CRD' ? '(cab)' : '(abc)'}hw`;
    return spread ? `${deep}->nc(ha)(wb)` : `nc(ha)(wb)->${deep}`;
  };
