// ai.onnx.ml as scikit-learn's exporters write it, against ONNX Runtime: kernel, shape rule and axis equation.
import { describe, it } from 'vitest';
import { drawn, int64s, judge, type NodeCase } from './ops-node';

const { floats } = drawn('ml');
/** Probabilities are iterated until they move by less than this; which round is the last is a matter of rounding. */
const stopped = (classes: number): { readonly allowed: number } => ({ allowed: 0.005 / classes });

const ml = (op: string, inputs: NodeCase['inputs'], attributes: NodeCase['attributes'] = {}, outputs: NodeCase['outputs'] = [true]): NodeCase => ({
  op: `ai.onnx.ml:${op}`,
  inputs,
  attributes,
  outputs,
});
const wave = (count: number, scale = 1): number[] => Array.from({ length: count }, (_, i) => scale * Math.sin(1 + 1.7 * i));
const both = [true, true];
const text = (...data: string[]) => ({ type: 'string', dims: [data.length], data }) as const;

/** Three classes with 2, 3 and 2 support vectors of 4 features. */
const svc = {
  classlabels_ints: [4, 5, 9],
  vectors_per_class: [2, 3, 2],
  support_vectors: wave(28),
  coefficients: wave(14, 0.7),
  rho: [0.1, -0.2, 0.3],
  kernel_type: 'RBF',
  kernel_params: [0.3, 0, 3],
};
const binary = {
  classlabels_strings: ['no', 'yes'],
  vectors_per_class: [2, 3],
  support_vectors: wave(20),
  coefficients: wave(5, 0.9),
  rho: [0.1],
  kernel_type: 'POLY',
  kernel_params: [0.5, 1, 2],
};

/** Two trees of one split, two features. */
const forest = {
  nodes_treeids: [0, 0, 0, 1, 1, 1],
  nodes_nodeids: [0, 1, 2, 0, 1, 2],
  nodes_featureids: [0, 0, 0, 1, 0, 0],
  nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF'],
  nodes_values: [0.1, 0, 0, -0.2, 0, 0],
  nodes_truenodeids: [1, 0, 0, 1, 0, 0],
  nodes_falsenodeids: [2, 0, 0, 2, 0, 0],
};
const leaves = (kind: string, ids: readonly number[]) => ({
  [`${kind}_treeids`]: [0, 0, 1, 1],
  [`${kind}_nodeids`]: [1, 2, 1, 2],
  [`${kind}_ids`]: ids,
  [`${kind}_weights`]: [0.4, 0.7, 0.3, 0.9],
});

const cases: Readonly<Record<string, NodeCase>> = {
  'SVMRegressor, linear': ml('SVMRegressor', [floats(5, 4)], { coefficients: wave(4), rho: [0.4], kernel_type: 'LINEAR', kernel_params: [0, 0, 0] }),
  ...Object.fromEntries(
    ['LINEAR', 'POLY', 'RBF', 'SIGMOID'].map((kernel_type) => [
      `SVMRegressor, ${kernel_type}`,
      ml('SVMRegressor', [floats(5, 4)], {
        coefficients: wave(6),
        support_vectors: wave(24),
        n_supports: 6,
        rho: [0.4],
        kernel_type,
        kernel_params: [0.2, 0.5, 3],
      }),
    ]),
  ),
  'SVMRegressor, one class': ml('SVMRegressor', [floats(7, 4)], {
    coefficients: wave(6),
    support_vectors: wave(24),
    n_supports: 6,
    rho: [0.1],
    kernel_type: 'RBF',
    kernel_params: [0.2, 0, 3],
    one_class: 1,
  }),
  'SVMClassifier, three classes with probabilities': {
    ...ml('SVMClassifier', [floats(6, 4)], { ...svc, prob_a: [-1, -1.5, -2], prob_b: [0.1, 0.2, -0.1] }, both),
    ...stopped(3),
  },
  'SVMClassifier, two classes with probabilities': {
    ...ml('SVMClassifier', [floats(6, 4)], { ...binary, prob_a: [-1.2], prob_b: [0.1] }, both),
    ...stopped(2),
  },
  'Scaler, one a feature': ml('Scaler', [floats(3, 4)], { scale: wave(4), offset: wave(4) }),
  'Scaler, one for all': ml('Scaler', [floats(3, 4)], { scale: [2], offset: [0.5] }),
  ...Object.fromEntries(['MAX', 'L1', 'L2'].map((norm) => [`Normalizer, ${norm}`, ml('Normalizer', [floats(3, 4)], { norm })])),
  Binarizer: ml('Binarizer', [floats(3, 4)], { threshold: 0.2 }),
  Imputer: ml('Imputer', [{ type: 'float32', dims: [2, 3], data: Float32Array.of(Number.NaN, 1, 2, 3, Number.NaN, 5) }], {
    imputed_value_floats: [7, 8, 9],
    replaced_value_float: Number.NaN,
  }),
  'OneHotEncoder, numbers': ml('OneHotEncoder', [int64s(3, 1, 8)], { cats_int64s: [1, 2, 3] }),
  'OneHotEncoder, texts': ml('OneHotEncoder', [text('b', 'a', 'z')], { cats_strings: ['a', 'b'] }),
  'LabelEncoder, texts to numbers': ml('LabelEncoder', [text('b', 'a', 'z')], { keys_strings: ['a', 'b'], values_int64s: [3, 4], default_int64: -7 }),
  'LabelEncoder, numbers to texts': ml('LabelEncoder', [int64s(2, 5)], { keys_int64s: [1, 2], values_strings: ['one', 'two'], default_string: 'many' }),
  ArrayFeatureExtractor: ml('ArrayFeatureExtractor', [floats(3, 4), int64s(2, 0)]),
  FeatureVectorizer: { ...ml('FeatureVectorizer', [floats(3, 2), floats(3, 1)], { inputdimensions: [2, 1] }), fed: [0, 1] },
  'LinearClassifier, three classes': ml(
    'LinearClassifier',
    [floats(5, 4)],
    { classlabels_ints: [0, 1, 2], coefficients: wave(12), intercepts: wave(3), post_transform: 'SOFTMAX' },
    both,
  ),
  'LinearClassifier, two sets, logistic': ml(
    'LinearClassifier',
    [floats(5, 4)],
    { classlabels_strings: ['a', 'b'], coefficients: wave(8), intercepts: wave(2), post_transform: 'LOGISTIC' },
    both,
  ),
  LinearRegressor: ml('LinearRegressor', [floats(5, 4)], { coefficients: wave(8), intercepts: [0.1, 0.2], targets: 2 }),
  'TreeEnsembleRegressor, sum': ml('TreeEnsembleRegressor', [floats(6, 2)], { ...forest, ...leaves('target', [0, 0, 0, 0]), n_targets: 1 }),
  'TreeEnsembleRegressor, average, base': ml('TreeEnsembleRegressor', [floats(6, 2)], {
    ...forest,
    ...leaves('target', [0, 0, 0, 0]),
    n_targets: 1,
    aggregate_function: 'AVERAGE',
    base_values: [0.5],
  }),
  'TreeEnsembleClassifier, softmax': ml(
    'TreeEnsembleClassifier',
    [floats(6, 2)],
    { ...forest, ...leaves('class', [0, 1, 2, 1]), classlabels_int64s: [3, 5, 7], post_transform: 'SOFTMAX' },
    both,
  ),
  'TreeEnsembleClassifier, two classes, votes for the first': ml(
    'TreeEnsembleClassifier',
    [floats(6, 2)],
    { ...forest, ...leaves('class', [0, 0, 0, 0]), classlabels_int64s: [0, 1], post_transform: 'NONE' },
    both,
  ),
  'TreeEnsembleClassifier, two classes, votes for the second': ml(
    'TreeEnsembleClassifier',
    [floats(6, 2)],
    { ...forest, ...leaves('class', [1, 1, 1, 1]), classlabels_strings: ['no', 'yes'], post_transform: 'NONE' },
    both,
  ),
};

describe('ai.onnx.ml', () => {
  for (const [name, each] of Object.entries(cases)) it(name, () => judge(each));
});
describe('SVMClassifier without probabilities', () => {
  const positive = { ...binary, coefficients: [0.4, 0.3, 0.2, 0.5, 0.1] };
  const forms = {
    'three classes': svc,
    'two classes': binary,
    'two classes, all coefficients positive': positive,
    sigmoid: { ...svc, kernel_type: 'SIGMOID' },
    softmax: { ...svc, post_transform: 'SOFTMAX' },
  };
  for (const [name, attributes] of Object.entries(forms)) it(name, () => judge(ml('SVMClassifier', [floats(6, 4)], attributes, both)));
  it('linear', () =>
    judge(
      ml(
        'SVMClassifier',
        [floats(6, 4)],
        { classlabels_ints: [0, 1, 2], coefficients: wave(12), rho: [0.3], kernel_type: 'LINEAR', kernel_params: [0, 0, 0] },
        both,
      ),
    ));
});
