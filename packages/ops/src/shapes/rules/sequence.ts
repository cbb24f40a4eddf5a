// Sequences, optionals, strings.
import type { ValueType } from '@modeldiet/onnx-io';
import { attributeOf, intOf } from '../../attributes';
import { unknown } from '../../dims';
import { dtypeOf } from '../../dtypes';
import type { ShapeRule } from '../../facts';
import { mergeTypes } from '../merge';
import { axisIn, dtypeAt, listOf, replaceAt, shapeAt, tensor, typeOf } from '../rule';

const elementOf = (type: ValueType | undefined): ValueType | undefined => (type?.kind === 'sequence' || type?.kind === 'optional' ? type.element : undefined);
const sequence = (element: ValueType | undefined): ValueType | undefined => element && { kind: 'sequence', element };

export const sequenceConstruct: ShapeRule = (node, shapes) => [sequence(node.inputs.map((_, i) => typeOf(node, shapes, i)).reduce(mergeTypes))];
export const sequenceEmpty: ShapeRule = (node) => [sequence(tensor(dtypeOf(intOf(node, 'dtype', 1)), undefined))];
export const sequenceAt: ShapeRule = (node, shapes) => [elementOf(typeOf(node, shapes, 0))];
export const sequenceInsert: ShapeRule = (node, shapes) => {
  const element = elementOf(typeOf(node, shapes, 0));
  const inserted = typeOf(node, shapes, 1);
  // An empty sequence says nothing of the shape, but that cannot be told from a sequence of unknown tensors.
  return [sequence(mergeTypes(element, inserted))];
};
export const sequenceErase: ShapeRule = (node, shapes) => [typeOf(node, shapes, 0)];
export const toInt64Scalar: ShapeRule = () => [tensor('int64', [])];
export const toBoolScalar: ShapeRule = () => [tensor('bool', [])];

export const splitToSequence: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const axis = shape && axisIn(intOf(node, 'axis', 0), shape.length);
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape || axis === undefined) return [sequence(tensor(dtype, undefined))];
  const split = listOf(node, shapes, 'split', 1);
  if (!split.given) return [sequence(tensor(dtype, intOf(node, 'keepdims', 1) === 1 ? replaceAt(shape, axis, 1) : shape.filter((_, i) => i !== axis)))];
  const scalar = shapeAt(node, shapes, 1)?.length === 0;
  const all = split.values;
  const equal =
    all?.every((each) => each === all[0]) && !(scalar && !(typeof shape[axis] === 'number' && typeof all[0] === 'number' && shape[axis] % all[0] === 0));
  return [sequence(tensor(dtype, replaceAt(shape, axis, equal ? all![0]! : unknown)))];
};

export const concatFromSequence: ShapeRule = (node, shapes) => {
  const element = elementOf(typeOf(node, shapes, 0));
  if (element?.kind !== 'tensor') return [tensor(undefined, undefined)];
  const { shape, dtype } = element;
  const fresh = intOf(node, 'new_axis', 0) === 1;
  const axis = shape && axisIn(intOf(node, 'axis', 0), shape.length + (fresh ? 1 : 0));
  if (!shape || axis === undefined) return [tensor(dtype, undefined)];
  return [tensor(dtype, fresh ? [...shape.slice(0, axis), unknown, ...shape.slice(axis)] : replaceAt(shape, axis, unknown))];
};

export const optional: ShapeRule = (node, shapes) => {
  const element = attributeOf(node, 'type', 'type') ?? typeOf(node, shapes, 0);
  return [element && { kind: 'optional', element }];
};
/** OptionalGetElement: from opset 18 on the input may be the element itself. */
export const optionalGetElement: ShapeRule = (node, shapes) => {
  const type = typeOf(node, shapes, 0);
  return [type?.kind === 'optional' ? type.element : type];
};

/** StringSplit: one axis more, as long as the longest split, and the counts. */
export const stringSplit: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  return [tensor('string', shape && [...shape, unknown]), tensor('int64', shape)];
};
/** StringNormalizer: [C] or [1, C]; without stop words the extent stays. */
export const stringNormalizer: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  return [tensor('string', shape && (node.attributes.has('stopwords') ? replaceAt(shape, shape.length - 1, unknown) : shape))];
};
/** TfIdfVectorizer: the last axis becomes the n-gram weights, as many as the largest index says. */
export const tfIdf: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const indexes = attributeOf(node, 'ngram_indexes', 'ints')?.map(Number) ?? [];
  return [tensor('float32', shape && [...shape.slice(0, -1), indexes.length ? Math.max(...indexes) + 1 : unknown])];
};
