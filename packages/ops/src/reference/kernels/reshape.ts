// Ops that give the same elements other dims.
import type { Node } from '@modeldiet/onnx-io';
import { reshape as relabel } from '@modeldiet/tensor';
import { intOf, intsOf } from '../../attributes';
import { int64s, integersOf } from '../array';
import { axisOf, badInput, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { elementCount, product } from '../layout';

/** A list of integers: an attribute in old opsets, an input in new ones. */
export function listAt(node: Node, inputs: readonly (Datum | undefined)[], name: string, index: number): readonly number[] | undefined {
  const attribute = intsOf(node, name);
  if (attribute) return attribute;
  const input = optionalAt(node, inputs, index);
  return input && integersOf(input);
}

const reshape: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const target = listAt(node, inputs, 'shape', 1);
  if (!target) badInput(node, 1, 'an input is missing');
  const copied = target.map((dim, i) => (dim === 0 && intOf(node, 'allowzero', 0) === 0 ? (x.dims[i] ?? 0) : dim));
  const others = product(copied.filter((dim) => dim !== -1));
  const dims = copied.map((dim) => (dim === -1 ? (others === 0 ? 0 : elementCount(x.dims) / others) : dim));
  if (!dims.every(Number.isInteger) || product(dims) !== elementCount(x.dims))
    badInput(node, 1, 'the shape holds another number of elements', { expected: x.dims, actual: target });
  return [relabel(x, dims)];
};

const flatten: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const axis = intOf(node, 'axis', 1);
  const at = axis < 0 ? axis + x.dims.length : axis;
  return [relabel(x, [product(x.dims.slice(0, at)), product(x.dims.slice(at))])];
};

const squeeze: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const axes = listAt(node, inputs, 'axes', 1)?.map((axis) => axisOf(node, axis, x.dims.length));
  const gone = (dim: number, axis: number): boolean => (axes ? axes.includes(axis) : dim === 1);
  if (x.dims.some((dim, axis) => axes?.includes(axis) && dim !== 1)) badInput(node, 0, 'a squeezed axis is not of extent 1', { actual: x.dims });
  return [
    relabel(
      x,
      x.dims.filter((dim, axis) => !gone(dim, axis)),
    ),
  ];
};

const unsqueeze: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const given = listAt(node, inputs, 'axes', 1) ?? [];
  const rank = x.dims.length + given.length;
  const axes = given.map((axis) => axisOf(node, axis, rank));
  let next = 0;
  return [
    relabel(
      x,
      Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : x.dims[next++]!)),
    ),
  ];
};

const shape: Kernel = (node, inputs) => {
  const { dims } = tensorAt(node, inputs, 0);
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dims.length : at, 0), dims.length);
  return [int64s(dims.slice(clamp(intOf(node, 'start', 0)), clamp(intOf(node, 'end', dims.length))))];
};

export const kernels = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  'com.microsoft:ExpandDims': unsqueeze,
  Shape: shape,
  Size: (node, inputs) => [int64s([elementCount(tensorAt(node, inputs, 0).dims)], [])],
} satisfies Record<string, Kernel>;
