// THE TABLE: what static quantization does with an operator. Add one: `quantizeStatic(model, { rules: { ...staticRules, MyOp: { kind: 'shared' } } })`.
import { type Node, numberParam, type OpKey } from '@modeldiet/onnx-io';

/**
 * weighted: data in input 0, a constant weight in input 1 with output channels along `axis`, perhaps a bias in input 2. `needsOutput`: the integer kernel exists only with a quantized output.
 * observed: every data input and the output have a range of their own.
 * shared: the output holds numbers of the input, so it has the input's scale.
 * fixed: the output's range is known from the operator.
 * clamp: directly behind a weighted operator it is part of it: the range is taken behind the clamp.
 */
export type StaticRule =
  | { readonly kind: 'weighted'; readonly axis: (node: Node, rank: number) => number; readonly needsOutput: boolean }
  | { readonly kind: 'observed' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'fixed'; readonly min: number; readonly max: number }
  | { readonly kind: 'clamp' };
export type StaticRules = Readonly<Record<OpKey, StaticRule>>;

const observed: StaticRule = { kind: 'observed' };
const shared: StaticRule = { kind: 'shared' };
const clamp: StaticRule = { kind: 'clamp' };

export const staticRules: StaticRules = {
  Conv: { kind: 'weighted', axis: () => 0, needsOutput: true },
  Gemm: { kind: 'weighted', axis: (node) => (numberParam(node, 'transB') ? 0 : 1), needsOutput: false },
  MatMul: { kind: 'weighted', axis: (_, rank) => rank - 1, needsOutput: false },
  Add: observed,
  Mul: observed,
  AveragePool: observed,
  GlobalAveragePool: observed,
  Concat: observed,
  MaxPool: shared,
  Flatten: shared,
  Reshape: shared,
  Transpose: shared,
  Squeeze: shared,
  Unsqueeze: shared,
  Sigmoid: { kind: 'fixed', min: 0, max: 1 },
  Relu: clamp,
  Clip: clamp,
};
