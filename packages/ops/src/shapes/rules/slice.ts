// Slice: the extent of each sliced axis, numbers or symbols.
import type { Dim } from '@modeldiet/onnx-io';
import { addDims, ceilDivDims, equalDims, maxDims, minDims, subDims, unknown } from '../../dims';
import type { ShapeRule } from '../../facts';
import { axesIn, dtypeAt, lengthAt, listOf, numbersOf, shapeAt, tensor, unknowns } from '../rule';

const huge = 2 ** 31 - 1;

/** The extent of one sliced axis. Starts and ends are clamped to the extent; a huge end means "to the end". */
export function slicedDim(dim: Dim, start: Dim, end: Dim, step: Dim): Dim {
  if (typeof step !== 'number' || step === 0 || start === unknown || end === unknown) return unknown;
  if (typeof dim === 'number' && typeof start === 'number' && typeof end === 'number') return countSliced(dim, start, end, step);
  if (step < 0) {
    const whole = (start === -1 || (typeof start === 'number' && start >= huge)) && typeof end === 'number' && end <= -huge;
    return whole ? ceilDivDims(dim, -step) : unknown;
  }
  const from = clampSymbolic(dim, start);
  const to = typeof end === 'number' && end >= huge ? dim : clampSymbolic(dim, end);
  if (from === unknown || to === unknown) return unknown;
  const span = subDims(to, from);
  // The span is known not to be negative when it starts at 0; otherwise an empty slice must stay possible.
  return ceilDivDims(from === 0 ? span : maxDims(span, 0), step);
}

/** A start or end in 0..dim; negative ones count from the end. A symbol is taken to be an extent, so not negative. */
function clampSymbolic(dim: Dim, at: Dim): Dim {
  if (at === 0) return 0;
  if (equalDims(dim, at)) return dim;
  if (typeof at === 'number') {
    if (at < 0) return maxDims(addDims(dim, at), 0);
    return minDims(dim, at);
  }
  const ahead = subDims(at, dim);
  if (typeof ahead === 'number') return ahead >= 0 ? dim : at;
  const back = normalizedNegative(at);
  if (back) return maxDims(addDims(dim, at), 0);
  return minDims(dim, at);
}
/** True for '-n' and the like: every term negative. */
const normalizedNegative = (dim: string): boolean => dim.startsWith('-') && !dim.slice(1).includes('+');

export function countSliced(dim: number, start: number, end: number, step: number): number {
  const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x < 0 ? x + dim : x, low), high);
  const [from, to] = step > 0 ? [clamp(start, 0, dim), clamp(end, 0, dim)] : [clamp(start, 0, dim - 1), clamp(end, -1, dim - 1)];
  return Math.max(0, Math.ceil((to - from) / step));
}

export const slice: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(dtype, undefined)];
  const starts = listOf(node, shapes, 'starts', 1);
  const ends = listOf(node, shapes, 'ends', 2);
  const axesGiven = listOf(node, shapes, 'axes', 3);
  const steps = listOf(node, shapes, 'steps', 4);
  const count = starts.values?.length ?? lengthAt(node, shapes, 1) ?? ends.values?.length ?? shape.length;
  const wanted = axesGiven.given ? numbersOf(axesGiven.values) : Array.from({ length: count }, (_, i) => i);
  const axes = wanted && axesIn(wanted, shape.length);
  if (!axes) return [tensor(dtype, unknowns(shape.length))];
  const out = [...shape];
  axes.forEach((axis, i) => {
    const step = steps.given ? (steps.values?.[i] ?? unknown) : 1;
    out[axis] = slicedDim(shape[axis]!, starts.values?.[i] ?? unknown, ends.values?.[i] ?? unknown, step);
  });
  return [tensor(dtype, out)];
};
