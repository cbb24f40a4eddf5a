// THE TABLE: how an op's weight is quantized dynamically. Add one: `quantizeDynamic(model, { rules: { ...dynamicRules, MyOp: { weightInput: 1, rewrite } } })`.
import { conv, convTranspose } from './conv';
import { gather } from './gather';
import { gemm, matMul } from './matmul';
import type { DynamicRules } from './rule';

export const dynamicRules: DynamicRules = {
  MatMul: { weightInput: 1, rewrite: matMul },
  Gemm: { weightInput: 1, rewrite: gemm },
  Conv: { weightInput: 1, rewrite: conv },
  ConvTranspose: { weightInput: 1, rewrite: convTranspose },
  Gather: { weightInput: 0, rewrite: gather },
};
