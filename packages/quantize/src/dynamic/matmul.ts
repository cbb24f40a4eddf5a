// MatMul and Gemm with a constant right side, as DynamicQuantizeLinear + MatMulInteger + Cast + Mul (+ Add): the form that runtimes fuse into one kernel.
// y ~ (xq - xz) @ (wq - wz) * (xs * ws), the integer product exact in int32. ONNX operators MatMulInteger-10, DynamicQuantizeLinear-11.
import { attr, edit, type Node, numberParam, type Value } from '@modeldiet/onnx-io';
import { type ConstantSource, constantSource, type FloatType, isFloat, seenDims } from '../constant';
import { finish, floatCast } from './emit';
import { type DynamicRule, type DynamicWork, type Outcome, tooSmall } from './rule';

interface Product {
  readonly input: Value;
  readonly source: ConstantSource;
  /** Weight stored [N, K]. */
  readonly transposed: boolean;
  /** Multiplies the weight's scale. */
  readonly alpha: number;
}

/** Emits the integer product; returns the float32 result. */
async function product(node: Node, { input, source, transposed, alpha }: Product, work: DynamicWork): Promise<Value> {
  const { graph } = node;
  const rank = source.weight.dims.length;
  const swap = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  const perm = transposed ? (source.perm ? swap.map((axis) => source.perm![axis]!) : swap) : source.perm;
  const axis = work.perAxis && rank === 2 ? 1 : undefined;
  const weight = await work.weight(source, { format: work.weightFormat, perm, axis, scaleBy: alpha, scaleDims: 'vector' });
  const x = work.quantizedInput(graph, input, source.weight.type === 'float32');
  const base = node.name || node.outputs[0]!.name;
  const integer = edit.addNode(graph, {
    opType: 'MatMulInteger',
    name: `${base}_quant`,
    inputs: [x.codes, weight.codes, x.zeroPoint, weight.zeroPoint],
    outputs: [`${base}_int32`].map((n) => edit.freshName(graph.model, n)),
  });
  const cast = edit.addNode(graph, { opType: 'Cast', inputs: integer.outputs, attributes: { to: attr.int(1) } });
  const scale = edit.addNode(graph, { opType: 'Mul', inputs: [x.scale, weight.scale] });
  return edit.addNode(graph, { opType: 'Mul', inputs: [cast.outputs[0], scale.outputs[0]] }).outputs[0]!;
}

interface FloatSource extends ConstantSource {
  readonly type: FloatType;
}

function sourceOf(node: Node): FloatSource | Outcome {
  if (!node.inputs[0]) return { code: 'no-input', reason: 'it has no left side' };
  const source = constantSource(node.inputs[1]);
  if (!source) return { code: 'weight-not-constant', reason: 'its right side is computed, not a constant' };
  const { type, dims } = source.weight;
  if (!isFloat(type)) return { code: 'weight-not-float', reason: `its weight is ${type}` };
  if (dims.length < 2) return { code: 'weight-rank', reason: `its weight has rank ${dims.length}` };
  if (constantSource(node.inputs[0])) return { code: 'weight-not-constant', reason: 'both sides are constants' };
  return { ...source, type };
}

export const matMul: DynamicRule['rewrite'] = async (node, work) => {
  const source = sourceOf(node);
  if (!('type' in source)) return source;
  const small = tooSmall(source, work.perAxis ? seenDims(source).at(-1)! : 1, 5);
  if (small) return small;
  const y = await product(node, { input: node.inputs[0]!, source, transposed: false, alpha: 1 }, work);
  return finish(node, floatCast(node.graph, y, source.type), `MatMulInteger, weight ${source.holder.name}`);
};

export const gemm: DynamicRule['rewrite'] = async (node, work) => {
  const source = sourceOf(node);
  if (!('type' in source)) return source;
  const [transA, transB, alpha, beta] = ['transA', 'transB', 'alpha', 'beta'].map((name) => numberParam(node, name));
  if (typeof alpha !== 'number' || typeof beta !== 'number' || transA === 'dynamic' || transB === 'dynamic')
    return { code: 'attribute-not-constant', reason: 'its attributes are given by the caller of its function' };
  const transposed = Boolean(transB);
  const small = tooSmall(source, work.perAxis ? seenDims(source)[transposed ? 0 : 1]! : 1, 6);
  if (small) return small;
  const { graph } = node;
  const [a, , c] = node.inputs;
  const input = transA ? edit.addNode(graph, { opType: 'Transpose', inputs: [a], attributes: { perm: attr.ints([1, 0]) } }).outputs[0]! : a!;
  let y = await product(node, { input, source, transposed, alpha }, work);
  if (c) {
    let bias = floatCast(graph, c, 'float32', source.type);
    if (beta !== 1) bias = edit.addNode(graph, { opType: 'Mul', inputs: [bias, work.constant(graph, 'beta', [beta], [])] }).outputs[0]!;
    y = edit.addNode(graph, { opType: 'Add', inputs: [y, bias] }).outputs[0]!;
  }
  return finish(node, floatCast(graph, y, source.type), `MatMulInteger, weight ${source.holder.name}`);
};
