// Classic machine learning (ai.onnx.ml): rows of features in, labels and scores out.
import type { Dim, Node } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import { intOf, intsOf, stringsOf } from '../../attributes';
import { addDims, sizeOf, unknown } from '../../dims';
import type { ShapeRule, Shapes } from '../../facts';
import { dtypeAt, shapeAt, tensor } from '../rule';

const rows = (node: Node, shapes: Shapes): Dim => {
  const shape = shapeAt(node, shapes, 0);
  return shape?.length === 1 ? 1 : (shape?.[0] ?? unknown);
};

/** The class labels: strings or int64, and how many. */
function classes(node: Node): { readonly dtype: DType; readonly count: Dim } {
  for (const name of ['classlabels_strings', 'classlabels_string']) {
    const names = stringsOf(node, name);
    if (names?.length) return { dtype: 'string', count: names.length };
  }
  for (const name of ['classlabels_int64s', 'classlabels_ints', 'classlabels_int64']) {
    const numbers = intsOf(node, name);
    if (numbers?.length) return { dtype: 'int64', count: numbers.length };
  }
  return { dtype: 'int64', count: unknown };
}

/** Label [rows] and scores [rows, classes]. */
export const classifier: ShapeRule = (node, shapes) => {
  const { dtype, count } = classes(node);
  return [tensor(dtype, [rows(node, shapes)]), tensor('float32', [rows(node, shapes), count])];
};
export const regressor: ShapeRule = (node, shapes) => [tensor('float32', [rows(node, shapes), intOf(node, 'n_targets', intOf(node, 'targets', 1))])];
export const svmRegressor: ShapeRule = (node, shapes) => [tensor('float32', [rows(node, shapes), 1])];

/** ZipMap: a sequence of maps from label to score, one a row. */
export const zipMap: ShapeRule = (node) => [{ kind: 'sequence', element: { kind: 'map', key: classes(node).dtype, element: tensor('float32', undefined) } }];

/** ArrayFeatureExtractor: picks entries of the last axis, one for every element of Y. */
export const arrayFeatureExtractor: ShapeRule = (node, shapes) => {
  const [x, y] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  if (!x) return [tensor(dtypeAt(node, shapes, 0), undefined)];
  const picked = y ? sizeOf(y) : unknown;
  return [tensor(dtypeAt(node, shapes, 0), x.length === 1 ? [1, picked] : [...x.slice(0, -1), picked])];
};

export const oneHotEncoder: ShapeRule = (node, shapes) => {
  const count = intsOf(node, 'cats_int64s')?.length ?? stringsOf(node, 'cats_strings')?.length ?? unknown;
  const shape = shapeAt(node, shapes, 0);
  return [tensor('float32', shape && [...shape, count])];
};
export const featureVectorizer: ShapeRule = (node, shapes) => {
  const given = intsOf(node, 'inputdimensions');
  const total = given ? given.reduce((a, b) => a + b, 0) : node.inputs.reduce<Dim>((sum, _, i) => addDims(sum, shapeAt(node, shapes, i)?.[1] ?? unknown), 0);
  return [tensor('float32', [rows(node, shapes), total])];
};

const valueTypes: readonly (readonly [string, DType])[] = [
  ['values_int64s', 'int64'],
  ['values_floats', 'float32'],
  ['values_strings', 'string'],
];
/** LabelEncoder: the type of the values; opset 1 maps between strings and int64. */
export const labelEncoder: ShapeRule = (node, shapes) => {
  const values = node.attributes.get('values_tensor');
  const typed = values?.kind === 'tensor' && values.value.type !== 'sparse' && values.value.type !== 'opaque' ? values.value.type : undefined;
  const listed = valueTypes.find(([name]) => node.attributes.has(name))?.[1];
  const old: DType | undefined = node.attributes.has('classes_strings') ? (dtypeAt(node, shapes, 0) === 'string' ? 'int64' : 'string') : undefined;
  return [tensor(typed ?? listed ?? old, shapeAt(node, shapes, 0))];
};
/** CategoryMapper: strings to int64 and back. */
export const categoryMapper: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0) === 'string' ? 'int64' : 'string', shapeAt(node, shapes, 0))];
export const dictVectorizer: ShapeRule = (node) => [
  tensor(undefined, [1, stringsOf(node, 'string_vocabulary')?.length ?? intsOf(node, 'int64_vocabulary')?.length ?? unknown]),
];
/** TreeEnsemble (5): [rows, targets]. */
export const treeEnsemble: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0), [rows(node, shapes), intOf(node, 'n_targets', 1)])];
