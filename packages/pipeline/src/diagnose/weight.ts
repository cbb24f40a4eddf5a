// The constant a node multiplies by, also behind a DequantizeLinear.
import { constantOf, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import type { Weight } from '@modeldiet/tensor';

/** Which input is the weight. */
const weightInput: Readonly<Record<string, number>> = { QLinearMatMul: 3, QLinearConv: 3 };

export const isDequantize = (node: Node | undefined): node is Node => node !== undefined && opKey(node) === 'DequantizeLinear';

const dense = (value: Value | undefined): Weight | undefined => {
  const constant = value && constantOf(value);
  return constant && constant.type !== 'sparse' && constant.type !== 'opaque' ? constant : undefined;
};

/** The dense constant as it is stored, and the value that holds it; undefined where the weight is computed. */
export function storedWeight(node: Node): Weight | undefined {
  const value = node.inputs[weightInput[opKey(node)] ?? 1];
  return dense(value) ?? (isDequantize(value?.producer) ? dense(value!.producer!.inputs[0]) : undefined);
}

export const constantInput = dense;
