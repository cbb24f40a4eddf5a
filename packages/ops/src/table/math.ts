// Elementwise mathematics, comparisons, logic, and the matrix products.
import type { OpTable } from '../facts';
import { broadcasting, broadcastingTo, castLike, pow, same, sameShape, sameShapeTyped, toFirst, updated, where } from '../shapes/rules/elementwise';
import { det, einsum, gemm, matMul } from '../shapes/rules/matrix';
import { values } from '../shapes/values/arithmetic';
import { values as moved } from '../shapes/values/move';
import { row, rows } from './row';

export const math: OpTable = {
  Abs: row(same, 'exact', { values: values.Abs }),
  Neg: row(same, 'exact', { values: values.Neg }),
  Sign: row(same, 'exact', { values: values.Sign }),
  Floor: row(same, 'exact', { values: values.Floor }),
  Ceil: row(same, 'exact', { values: values.Ceil }),
  Round: row(same, 'exact', { values: values.Round }),
  Identity: row(same, 'exact', { values: moved.Identity }),
  Sqrt: row(same, 'rounding', { values: values.Sqrt }),
  Reciprocal: row(same, 'rounding', { values: values.Reciprocal }),
  Exp: row(same, 'approximate', { values: values.Exp }),
  Log: row(same, 'approximate', { values: values.Log }),
  ...rows(['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Erf'], row(same, 'approximate')),
  ...rows(['Sigmoid', 'Softplus', 'Softsign', 'Elu', 'Celu', 'Selu', 'Mish', 'Gelu', 'Swish'], row(same, 'approximate')),
  ...rows(['Relu', 'LeakyRelu', 'ThresholdedRelu', 'HardSigmoid', 'HardSwish', 'Shrink'], row(same, 'rounding')),
  ...rows(['ScaledTanh', 'Affine'], row(same, 'approximate')),
  Clip: row(same, 'exact', { values: values.Clip }),
  PRelu: row(toFirst, 'rounding'),

  Add: row(broadcasting, 'rounding', { values: values.Add }),
  Sub: row(broadcasting, 'rounding', { values: values.Sub }),
  Mul: row(broadcasting, 'rounding', { values: values.Mul }),
  Div: row(broadcasting, 'rounding', { values: values.Div }),
  Mod: row(broadcasting, 'exact', { values: values.Mod }),
  Pow: row(pow, 'approximate', { values: values.Pow }),
  Max: row(broadcasting, 'exact', { values: values.Max }),
  Min: row(broadcasting, 'exact', { values: values.Min }),
  Sum: row(broadcasting, 'rounding', { values: values.Sum }),
  Mean: row(broadcasting, 'rounding'),
  ...rows(['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'], row(broadcasting, 'exact')),
  BitwiseNot: row(same, 'exact'),

  And: row(broadcastingTo('bool'), 'exact', { values: values.And }),
  Or: row(broadcastingTo('bool'), 'exact', { values: values.Or }),
  Xor: row(broadcastingTo('bool'), 'exact', { values: values.Xor }),
  Not: row(same, 'exact', { values: values.Not }),
  Equal: row(broadcastingTo('bool'), 'exact', { values: values.Equal }),
  Less: row(broadcastingTo('bool'), 'exact', { values: values.Less }),
  LessOrEqual: row(broadcastingTo('bool'), 'exact', { values: values.LessOrEqual }),
  Greater: row(broadcastingTo('bool'), 'exact', { values: values.Greater }),
  GreaterOrEqual: row(broadcastingTo('bool'), 'exact', { values: values.GreaterOrEqual }),
  IsNaN: row(sameShape('bool'), 'exact'),
  IsInf: row(sameShape('bool'), 'exact'),
  Where: row(where, 'exact', { values: values.Where }),

  Cast: row(sameShapeTyped('to'), 'rounding', { values: values.Cast }),
  CastLike: row(castLike, 'rounding', { values: values.CastLike }),
  BitCast: row(sameShapeTyped('to'), 'exact'),
  CumSum: row(same, 'accumulate', { values: moved.CumSum }),
  CumProd: row(same, 'accumulate'),

  MatMul: row(matMul(), 'accumulate'),
  Gemm: row(gemm, 'accumulate'),
  Einsum: row(einsum, 'accumulate'),
  Det: row(det, 'accumulate'),
  // Gradients and optimizers of ai.onnx.preview.training keep the types of what they update.
  ...rows(['ai.onnx.preview.training:Momentum', 'ai.onnx.preview.training:Adagrad'], row(updated(3), 'rounding')),
  'ai.onnx.preview.training:Adam': row(updated(4), 'approximate'),
};
