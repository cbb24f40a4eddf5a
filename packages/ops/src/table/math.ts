// Elementwise mathematics, comparisons, logic, and the matrix products.
import { runningAxes } from '../axes/indexing';
import { einsumAxes, firstAxes, gemmAxes, matMulAxes, variadicAxes } from '../axes/layers';
import * as cost from '../cost';
import type { OpTable } from '../facts';
import { broadcasting, broadcastingTo, castLike, pow, same, sameShape, sameShapeTyped, toFirst, updated, where } from '../shapes/rules/elementwise';
import { det, einsum, gemm, matMul } from '../shapes/rules/matrix';
import { values } from '../shapes/values/arithmetic';
import { values as moved } from '../shapes/values/move';
import { row, rows } from './row';

const unary = '...->...';
const binary = '...,...->...';

const ofSteps = { noAxes: 'a training step takes any number of tensors, each of its own shape' } as const;

export const math: OpTable = {
  Abs: row(same, 'exact', { axes: unary, values: values.Abs }),
  Neg: row(same, 'exact', { axes: unary, values: values.Neg }),
  Sign: row(same, 'exact', { axes: unary, values: values.Sign }),
  Floor: row(same, 'exact', { axes: unary, values: values.Floor }),
  Ceil: row(same, 'exact', { axes: unary, values: values.Ceil }),
  Round: row(same, 'exact', { axes: unary, values: values.Round }),
  Identity: row(same, 'exact', { axes: unary, values: moved.Identity }),
  Sqrt: row(same, 'rounding', { axes: unary, values: values.Sqrt }),
  Reciprocal: row(same, 'rounding', { axes: unary, values: values.Reciprocal }),
  Exp: row(same, 'approximate', { axes: unary, values: values.Exp }),
  Log: row(same, 'approximate', { axes: unary, values: values.Log }),
  ...rows(['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Erf'], row(same, 'approximate', { axes: unary })),
  ...rows(['Sigmoid', 'Softplus', 'Softsign', 'Elu', 'Celu', 'Selu', 'Mish', 'Gelu', 'Swish'], row(same, 'approximate', { axes: unary })),
  ...rows(['Relu', 'LeakyRelu', 'ThresholdedRelu', 'HardSigmoid', 'HardSwish', 'Shrink'], row(same, 'rounding', { axes: unary })),
  ...rows(['ScaledTanh', 'Affine'], row(same, 'approximate', { axes: unary })),
  Clip: row(same, 'exact', { axes: firstAxes, values: values.Clip }),
  PRelu: row(toFirst, 'rounding', { axes: binary }),

  Add: row(broadcasting, 'rounding', { axes: binary, values: values.Add }),
  Sub: row(broadcasting, 'rounding', { axes: binary, values: values.Sub }),
  Mul: row(broadcasting, 'rounding', { axes: binary, values: values.Mul }),
  Div: row(broadcasting, 'rounding', { axes: binary, values: values.Div }),
  Mod: row(broadcasting, 'exact', { axes: binary, values: values.Mod }),
  Pow: row(pow, 'approximate', { axes: binary, values: values.Pow }),
  Max: row(broadcasting, 'exact', { axes: variadicAxes, values: values.Max }),
  Min: row(broadcasting, 'exact', { axes: variadicAxes, values: values.Min }),
  Sum: row(broadcasting, 'rounding', { axes: variadicAxes, values: values.Sum }),
  Mean: row(broadcasting, 'rounding', { axes: variadicAxes }),
  ...rows(['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'], row(broadcasting, 'exact', { axes: binary })),
  BitwiseNot: row(same, 'exact', { axes: unary }),

  And: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.And }),
  Or: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.Or }),
  Xor: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.Xor }),
  Not: row(same, 'exact', { axes: unary, values: values.Not }),
  Equal: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.Equal }),
  Less: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.Less }),
  LessOrEqual: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.LessOrEqual }),
  Greater: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.Greater }),
  GreaterOrEqual: row(broadcastingTo('bool'), 'exact', { axes: binary, values: values.GreaterOrEqual }),
  IsNaN: row(sameShape('bool'), 'exact', { axes: unary }),
  IsInf: row(sameShape('bool'), 'exact', { axes: unary }),
  Where: row(where, 'exact', { axes: '...,...,...->...', values: values.Where }),

  Cast: row(sameShapeTyped('to'), 'rounding', { axes: unary, values: values.Cast }),
  CastLike: row(castLike, 'rounding', { axes: '...,_->...', values: values.CastLike }),
  BitCast: row(sameShapeTyped('to'), 'exact', { axes: unary }),
  CumSum: row(same, 'accumulate', { axes: runningAxes, values: moved.CumSum }),
  CumProd: row(same, 'accumulate', { axes: runningAxes }),

  MatMul: row(matMul(), 'accumulate', { axes: matMulAxes, cost: cost.matMul() }),
  Gemm: row(gemm, 'accumulate', { axes: gemmAxes, cost: cost.gemm }),
  Einsum: row(einsum, 'accumulate', { axes: einsumAxes, cost: cost.einsum }),
  Det: row(det, 'accumulate', { axes: '...m!n!->...' }),
  // Gradients and optimizers of ai.onnx.preview.training keep the types of what they update.
  ...rows(['ai.onnx.preview.training:Momentum', 'ai.onnx.preview.training:Adagrad'], row(updated(3), 'rounding', ofSteps)),
  'ai.onnx.preview.training:Adam': row(updated(4), 'approximate', ofSteps),
};
