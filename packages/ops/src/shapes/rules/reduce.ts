// Reductions, arg-reductions, TopK and others that shrink an axis.
import type { Dim } from '@modeldiet/onnx-io';
import { intOf, stringOf } from '../../attributes';
import { unknown } from '../../dims';
import type { ShapeRule } from '../../facts';
import { axesIn, axisIn, dtypeAt, elementsAt, lengthAt, listOf, numbersOf, replaceAt, type Shape, shapeAt, tensor, unknowns } from '../rule';

const reducedShape = (shape: Shape, axes: readonly number[], keep: boolean): Shape =>
  keep ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : shape.filter((_, i) => !axes.includes(i));

/** Reduce*: the axes are an attribute, or an input from opset 18 on (ReduceSum: 13). */
export const reduce: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const dtype = dtypeAt(node, shapes, 0);
  const keep = intOf(node, 'keepdims', 1) === 1;
  const given = listOf(node, shapes, 'axes', 1);
  const none = !given.given || given.values?.length === 0;
  if (none && intOf(node, 'noop_with_empty_axes', 0) === 1) return [tensor(dtype, shape)];
  if (none && !keep) return [tensor(dtype, [])];
  if (!shape) return [tensor(dtype, undefined)];
  if (none)
    return [
      tensor(
        dtype,
        shape.map(() => 1),
      ),
    ];
  const listed = numbersOf(given.values);
  const axes = listed && axesIn(listed, shape.length);
  if (axes) return [tensor(dtype, reducedShape(shape, axes, keep))];
  const count = lengthAt(node, shapes, 1);
  return [tensor(dtype, keep ? unknowns(shape.length) : count ? unknowns(shape.length - count) : undefined)];
};

export const argReduce: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const axis = shape && axisIn(intOf(node, 'axis', 0), shape.length);
  return [tensor('int64', shape && axis !== undefined ? reducedShape(shape, [axis], intOf(node, 'keepdims', 1) === 1) : undefined)];
};

/** TopK: k is an attribute before opset 10. */
export const topK: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const k: Dim = intOf(node, 'k') ?? elementsAt(node, shapes, 1)?.[0] ?? unknown;
  const axis = shape && axisIn(intOf(node, 'axis', -1), shape.length);
  const out = shape && axis !== undefined ? replaceAt(shape, axis, k) : undefined;
  return [tensor(dtypeAt(node, shapes, 0), out), tensor('int64', out)];
};

/** NonZero: one row an axis, one column a hit. */
export const nonZero: ShapeRule = (node, shapes) => [tensor('int64', [shapeAt(node, shapes, 0)?.length ?? unknown, unknown])];

export const unique: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const axis = intOf(node, 'axis');
  const at = axis === undefined ? undefined : shape && axisIn(axis, shape.length);
  const y = axis === undefined ? [unknown] : shape && at !== undefined ? replaceAt(shape, at, unknown) : undefined;
  return [tensor(dtypeAt(node, shapes, 0), y), tensor('int64', [unknown]), tensor('int64', [unknown]), tensor('int64', [unknown])];
};

/** Losses over classes: one number, or one a sample when nothing is reduced. The second output is the log-probabilities. */
export const loss: ShapeRule = (node, shapes) => {
  const dtype = dtypeAt(node, shapes, 0);
  const out = stringOf(node, 'reduction', 'mean') === 'none' ? shapeAt(node, shapes, 1) : [];
  return [tensor(dtype, out), tensor(dtype, shapeAt(node, shapes, 0))];
};

/** NonMaxSuppression: rows of batch, class, box. */
export const nonMaxSuppression: ShapeRule = () => [tensor('int64', [unknown, 3])];
