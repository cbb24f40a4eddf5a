// ai.onnx.ml: what scikit-learn exporters write.
import type { DType } from '@modeldiet/tensor';
import { intOf, stringOf } from '../attributes';
import { featureAxes, scaledAxes, widenedAxes } from '../axes/indexing';
import { coupledAxis } from '../axes/layers';
import { unknown } from '../dims';
import type { OpTable } from '../facts';
import { tensor } from '../shapes/rule';
import { same, sameShape } from '../shapes/rules/elementwise';
import {
  arrayFeatureExtractor,
  categoryMapper,
  classifier,
  dictVectorizer,
  featureVectorizer,
  labelEncoder,
  oneHotEncoder,
  regressor,
  svmRegressor,
  treeEnsemble,
  zipMap,
} from '../shapes/rules/ml';
import { row, rows } from './row';

const castTypes: Readonly<Record<string, DType>> = { TO_FLOAT: 'float32', TO_STRING: 'string', TO_INT64: 'int64' };

/** What becomes of a feature is in the attributes; rows stay rows. */
const features = { axes: featureAxes(true) };

export const ml: OpTable = {
  ...rows(
    ['ai.onnx.ml:LinearClassifier', 'ai.onnx.ml:TreeEnsembleClassifier', 'ai.onnx.ml:SVMClassifier'],
    row(classifier, 'accumulate', { axes: featureAxes(true, ['n']) }),
  ),
  ...rows(['ai.onnx.ml:LinearRegressor', 'ai.onnx.ml:TreeEnsembleRegressor'], row(regressor, 'accumulate', features)),
  'ai.onnx.ml:SVMRegressor': row(svmRegressor, 'accumulate', features),
  'ai.onnx.ml:TreeEnsemble': row(treeEnsemble, 'accumulate', features),
  'ai.onnx.ml:ZipMap': row(zipMap, 'exact', { noAxes: 'a map has no axes' }),
  'ai.onnx.ml:Scaler': row(sameShape('float32'), 'rounding', { axes: scaledAxes('scale', 'offset') }),
  'ai.onnx.ml:Normalizer': row(sameShape('float32'), 'accumulate', { axes: coupledAxis(-1) }),
  'ai.onnx.ml:Binarizer': row(same, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:Imputer': row(same, 'exact', { axes: scaledAxes('imputed_value_floats', 'imputed_value_int64s') }),
  'ai.onnx.ml:ArrayFeatureExtractor': row(arrayFeatureExtractor, 'exact', features),
  'ai.onnx.ml:OneHotEncoder': row(oneHotEncoder, 'exact', { axes: widenedAxes(false) }),
  'ai.onnx.ml:FeatureVectorizer': row(featureVectorizer, 'exact', { axes: (node) => `${node.inputs.map(() => 'n_').join(',')}->n_` }),
  'ai.onnx.ml:LabelEncoder': row(labelEncoder, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:CategoryMapper': row(categoryMapper, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:CastMap': row(
    (node) => [
      tensor(castTypes[stringOf(node, 'cast_to', 'TO_FLOAT')], [1, stringOf(node, 'map_form', 'DENSE') === 'SPARSE' ? intOf(node, 'max_map', 1) : unknown]),
    ],
    'rounding',
    { noAxes: 'a map has no axes' },
  ),
  'ai.onnx.ml:DictVectorizer': row(dictVectorizer, 'exact', { noAxes: 'a map has no axes' }),
};
