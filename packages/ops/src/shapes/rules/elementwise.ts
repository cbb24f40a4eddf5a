// Elementwise ops: the output has the shape of the input, or the broadcast of all inputs.
import type { Node } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import { intOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import type { ShapeRule, Shapes } from '../../facts';
import { broadcast, broadcastDim, dtypeAt, shapeAt, tensor, typeOf, unknowns } from '../rule';

/** Output 0 is of the type of input 0, whatever its kind. */
export const same: ShapeRule = (node, shapes) => [typeOf(node, shapes, 0)];

/** Every output is of the type of input 0: Dropout's mask apart, see {@link withMask}. */
export const allSame: ShapeRule = (node, shapes) => node.outputs.map(() => typeOf(node, shapes, 0));

/** The shape of input 0 with a fixed element type. */
export const sameShape =
  (dtype: DType): ShapeRule =>
  (node, shapes) => [tensor(dtype, shapeAt(node, shapes, 0))];

/** The shape of input 0; the element type is the attribute's TensorProto.DataType, else `fallback`, else that of input 0. */
export const sameShapeTyped =
  (attribute: string, fallback?: DType): ShapeRule =>
  (node, shapes) => [tensor(dtypeOf(intOf(node, attribute)) ?? fallback ?? dtypeAt(node, shapes, 0), shapeAt(node, shapes, 0))];

/** The shape of input 0 with the element type of input 1. */
export const castLike: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 1), shapeAt(node, shapes, 0))];

/** Opsets before 7 broadcast one way, to the shape of A. */
const oneWay = (node: Node): boolean => node.attributes.has('broadcast') || node.attributes.has('axis');

/** The element type of the first input that has one. */
const firstType = (node: Node, shapes: Shapes): DType | undefined => node.inputs.map((_, i) => dtypeAt(node, shapes, i)).find(Boolean);

const broadcastInputs = (node: Node, shapes: Shapes) =>
  oneWay(node) ? shapeAt(node, shapes, 0) : broadcast(node.inputs.flatMap((value, i) => (value ? [shapeAt(node, shapes, i)] : [])));

export const broadcasting: ShapeRule = (node, shapes) => [tensor(firstType(node, shapes), broadcastInputs(node, shapes))];
/** A comparison or a logical op. */
export const broadcastingTo =
  (dtype: DType): ShapeRule =>
  (node, shapes) => [tensor(dtype, broadcastInputs(node, shapes))];

/** Pow: the element type is the base's. */
export const pow: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0), broadcastInputs(node, shapes))];

export const where: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 1) ?? dtypeAt(node, shapes, 2), broadcastInputs(node, shapes))];

/** PRelu: the slope broadcasts to X. */
export const toFirst: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0), shapeAt(node, shapes, 0))];

/** Dropout: the mask is bool from opset 10 on (7-9: the type of the data). */
export const withMask =
  (boolMask: (node: Node) => boolean): ShapeRule =>
  (node, shapes) => {
    const type = typeOf(node, shapes, 0);
    return [type, tensor(boolMask(node) ? 'bool' : dtypeAt(node, shapes, 0), shapeAt(node, shapes, 0))];
  };

/** Expand: the given shape broadcast with the input's. */
export const expand: ShapeRule = (node, shapes) => {
  const dtype = dtypeAt(node, shapes, 0);
  const from = shapeAt(node, shapes, 0);
  const value = node.inputs[1];
  const target = value && shapes.elements(value)?.data;
  if (from && target) return [tensor(dtype, broadcast([from, target]))];
  const length = value && shapeAt(node, shapes, 1)?.[0];
  if (!from || typeof length !== 'number') return [tensor(dtype, undefined)];
  const shape = broadcast([from, unknowns(length)]);
  // A known extent above 1 survives whatever it is broadcast with.
  return [
    tensor(
      dtype,
      shape?.map((dim, i) => broadcastDim(dim, from[i - (shape.length - from.length)] ?? 1)),
    ),
  ];
};

/** Optimizer steps of ai.onnx.preview.training: inputs R, T, then groups X, G, ...; outputs X, then the groups after G. */
export const updated =
  (groups: number): ShapeRule =>
  (node, shapes) => {
    const count = Math.floor((node.inputs.length - 2) / groups);
    return node.outputs.map((_, i) => typeOf(node, shapes, i < count ? 2 + i : 2 + count + i));
  };
