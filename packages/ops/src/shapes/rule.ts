// What shape rules share: types of inputs, axes, attributes that became inputs in a later opset, broadcasting.
import type { Dim, Node, ValueType } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import { intsOf } from '../attributes';
import { equalDims, unknown } from '../dims';
import type { Shapes } from '../facts';

export type Shape = readonly Dim[];
export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype?: DType;
  readonly shape?: Shape;
}

/** A tensor type; what is undefined is unknown. */
export const tensor = (dtype: DType | undefined, shape: Shape | undefined): TensorType => ({
  kind: 'tensor',
  ...(dtype && { dtype }),
  ...(shape && { shape }),
});

export const typeOf = (node: Node, shapes: Shapes, index: number): ValueType | undefined => {
  const value = node.inputs[index];
  return value && shapes.of(value);
};
export const dtypeAt = (node: Node, shapes: Shapes, index: number): DType | undefined => {
  const type = typeOf(node, shapes, index);
  return type && (type.kind === 'tensor' || type.kind === 'sparse') ? type.dtype : undefined;
};
export const shapeAt = (node: Node, shapes: Shapes, index: number): Shape | undefined => {
  const type = typeOf(node, shapes, index);
  return type && (type.kind === 'tensor' || type.kind === 'sparse') ? type.shape : undefined;
};

/** So many unknown extents. A rank that no tensor has is a mistake of the node. */
export function unknowns(rank: number): Shape {
  if (!(rank >= 0 && rank <= mostAxes)) throw new RangeError(`a rank of ${rank}`);
  return Array.from({ length: rank }, () => unknown);
}
const mostAxes = 1000;

/** The axis counted from the front; undefined when it is outside the rank. */
export const axisIn = (axis: number, rank: number): number | undefined => (axis >= -rank && axis < rank ? (axis + rank) % rank : undefined);
export const axesIn = (axes: readonly number[], rank: number): number[] | undefined => {
  const found = axes.map((axis) => axisIn(axis, rank));
  return found.every((axis) => axis !== undefined) ? (found as number[]) : undefined;
};

/** The elements of input `index` as dims; undefined when nothing is known of them. */
export const elementsAt = (node: Node, shapes: Shapes, index: number): readonly Dim[] | undefined => {
  const value = node.inputs[index];
  return value && shapes.elements(value)?.data;
};
/** The number of elements of the 1-D input `index`. */
export const lengthAt = (node: Node, shapes: Shapes, index: number): number | undefined => {
  const elements = elementsAt(node, shapes, index);
  if (elements) return elements.length;
  const shape = shapeAt(node, shapes, index);
  return shape?.length === 1 && typeof shape[0] === 'number' ? shape[0] : undefined;
};

/** A list of integers that is an attribute in old opsets and an input in new ones. `given` without `values`: it is there and unknown. */
export interface IntList {
  readonly given: boolean;
  readonly values?: readonly Dim[];
}
export function listOf(node: Node, shapes: Shapes, name: string, input: number): IntList {
  const attribute = intsOf(node, name);
  if (attribute) return { given: true, values: attribute };
  if (!node.inputs[input]) return { given: false };
  const values = elementsAt(node, shapes, input);
  return values ? { given: true, values } : { given: true };
}
export const numbersOf = (values: readonly Dim[] | undefined): number[] | undefined =>
  values?.every((each) => typeof each === 'number') ? (values as number[]) : undefined;

/** True for b = min(n, a) with n > 1, which is a or too small to broadcast with it: 'min(512,seq)' beside 'seq'. */
const capped = (a: Dim, b: Dim): boolean => {
  const hit = typeof b === 'string' && b.startsWith('min(') && /^min\((\d+),(.*)\)$/.exec(b);
  return !!hit && Number(hit[1]) > 1 && hit[2] === a;
};

/** One extent of a broadcast: equal, or one of them 1. Two different symbols: unknown, since either may be 1. */
export function broadcastDim(a: Dim, b: Dim): Dim {
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  if (capped(a, b)) return a;
  if (capped(b, a)) return b;
  return equalDims(a, b) ? a : unknown;
}

/** Multidirectional (numpy) broadcasting; undefined when a rank is unknown. */
export function broadcast(inputs: readonly (Shape | undefined)[]): Shape | undefined {
  if (inputs.length === 0 || inputs.some((shape) => !shape)) return undefined;
  const rank = Math.max(...inputs.map((shape) => shape!.length));
  return Array.from({ length: rank }, (_, i) =>
    inputs.reduce<Dim>((dim, shape) => {
      const at = i - (rank - shape!.length);
      return at < 0 ? dim : broadcastDim(dim, shape![at]!);
    }, 1),
  );
}

export const replaceAt = (shape: Shape, at: number, dim: Dim): Shape => shape.map((each, i) => (i === at ? dim : each));

export const isStaticShape = (shape: Shape | undefined): shape is readonly number[] => !!shape && shape.every((dim) => typeof dim === 'number');
