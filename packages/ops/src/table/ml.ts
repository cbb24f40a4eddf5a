// ai.onnx.ml: what scikit-learn exporters write.
import type { OpTable } from '../facts';
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

export const ml: OpTable = {
  ...rows(['ai.onnx.ml:LinearClassifier', 'ai.onnx.ml:TreeEnsembleClassifier', 'ai.onnx.ml:SVMClassifier'], row(classifier, 'accumulate')),
  ...rows(['ai.onnx.ml:LinearRegressor', 'ai.onnx.ml:TreeEnsembleRegressor'], row(regressor, 'accumulate')),
  'ai.onnx.ml:SVMRegressor': row(svmRegressor, 'accumulate'),
  'ai.onnx.ml:TreeEnsemble': row(treeEnsemble, 'accumulate'),
  'ai.onnx.ml:ZipMap': row(zipMap, 'exact'),
  'ai.onnx.ml:Scaler': row(sameShape('float32'), 'rounding', { axes: '...->...' }),
  'ai.onnx.ml:Normalizer': row(sameShape('float32'), 'accumulate'),
  'ai.onnx.ml:Binarizer': row(same, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:Imputer': row(same, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:ArrayFeatureExtractor': row(arrayFeatureExtractor, 'exact'),
  'ai.onnx.ml:OneHotEncoder': row(oneHotEncoder, 'exact'),
  'ai.onnx.ml:FeatureVectorizer': row(featureVectorizer, 'exact'),
  'ai.onnx.ml:LabelEncoder': row(labelEncoder, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:CategoryMapper': row(categoryMapper, 'exact', { axes: '...->...' }),
  'ai.onnx.ml:DictVectorizer': row(dictVectorizer, 'exact'),
};
