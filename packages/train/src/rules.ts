// THE TABLE: how each op is differentiated. To add an op, add a row; from outside, `gradient(model, { rules: { ...gradientRules, MyOp: rule } })`.
import type { OpKey } from '@modeldiet/onnx-io';
import { elementwise } from './rules/elementwise';
import { products } from './rules/matmul';
import { movement } from './rules/movement';
import { normalizations } from './rules/normalize';
import { quantization } from './rules/quantize';
import { reductions } from './rules/reduce';
import type { GradientRule } from './rules/rule';

export type GradientRules = Readonly<Record<OpKey, GradientRule>>;

/** Rows for ai.onnx opset 13 and up. An op without a row is `train/no-gradient`, when a gradient would have to pass through it. */
export const gradientRules: GradientRules = { ...elementwise, ...products, ...reductions, ...normalizations, ...movement, ...quantization };
