// MatMul and Gemm with weights in 8 bits (stored, folded back when the model is loaded) or in blocks of 4 or 2 bits.
// MatMulNBits: ONNX Runtime contrib operators, com.microsoft:MatMulNBits-1. Blocked DequantizeLinear: ONNX 21.
import { chooseQParams, int4, isModelDietError, perBlock, quantizeLinear } from '@modeldiet/numfmt';
import { attr, edit, type Node, numberParam, type Value } from '@modeldiet/onnx-io';
import { byteLengthOf, mapWeight, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';
import { addConstant, type ConstantSource, constantSource, dataType, dropUnread, type FloatType, isFloat, seenDims } from '../constant';
import { finish, floatCast } from '../dynamic/emit';
import { nodeBytes, type Outcome, tooSmall } from '../dynamic/rule';
import { fail } from '../errors';
import { permute } from '../permute';
import { type BlockSpec, blockBytes, blocksOf } from './blocks';
import type { WeightsRule, WeightsWork } from './rule';

interface Weighted {
  readonly source: ConstantSource;
  readonly type: FloatType;
  readonly transposed: boolean;
  readonly transA: boolean;
  readonly alpha: number;
  readonly beta: number;
  readonly bias?: Value;
}

function weightedOf(node: Node): Weighted | Outcome {
  const source = constantSource(node.inputs[1]);
  if (!source) return { code: 'weight-not-constant', reason: 'its right side is computed, not a constant' };
  const { type, dims } = source.weight;
  if (!isFloat(type)) return { code: 'weight-not-float', reason: `its weight is ${type}` };
  if (dims.length !== 2) return { code: 'weight-rank', reason: `its weight has rank ${dims.length}` };
  if (constantSource(node.inputs[0])) return { code: 'weight-not-constant', reason: 'both sides are constants' };
  if (node.opType === 'MatMul') return { source, type, transposed: false, transA: false, alpha: 1, beta: 1 };
  const [transA, transB, alpha, beta] = ['transA', 'transB', 'alpha', 'beta'].map((name) => numberParam(node, name));
  if (typeof alpha !== 'number' || typeof beta !== 'number' || transA === 'dynamic' || transB === 'dynamic')
    return { code: 'attribute-not-constant', reason: 'its attributes are given by the caller of its function' };
  return { source, type, transposed: Boolean(transB), transA: Boolean(transA), alpha, beta, ...(node.inputs[2] && { bias: node.inputs[2] }) };
}

/** int8, a Cast and a Mul in front of the float operator. */
async function bytes(node: Node, { source, type, transposed }: Weighted, { bytes: tools }: WeightsWork): Promise<Outcome> {
  const axis = transposed ? 0 : 1;
  const small = tooSmall(source, tools.perAxis ? seenDims(source)[axis]! : 1, 2);
  if (small) return small;
  const { graph } = node;
  const weight = await tools.weight(source, {
    format: 'int8',
    perm: source.perm,
    axis: tools.perAxis ? axis : undefined,
    scaleBy: 1,
    scaleDims: transposed ? { trailing: 1 } : 'vector',
  });
  const cast = edit.addNode(graph, { opType: 'Cast', inputs: [weight.codes], attributes: { to: attr.int(dataType.float32) } });
  const back = edit.addNode(graph, { opType: 'Mul', inputs: [cast.outputs[0], weight.scale] }).outputs[0]!;
  const held = node.inputs[1];
  edit.setInput(node, 1, floatCast(graph, back, type));
  dropUnread(held);
  return { changed: `weight ${source.holder.name} as int8, Cast and Mul` };
}

function nBits(node: Node, weighted: Weighted, spec: BlockSpec, { accuracyLevel, work }: WeightsWork): Outcome {
  const { source, type, transA, beta, bias } = weighted;
  const { graph } = node;
  const name = source.holder.name;
  const { K, N, codes, scales, zeroPoints } = blocksOf(source, spec, work);
  const a = floatCast(graph, node.inputs[0]!, 'float32', type);
  const input = transA ? edit.addNode(graph, { opType: 'Transpose', inputs: [a], attributes: { perm: attr.ints([1, 0]) } }).outputs[0]! : a;
  const inputs = [input, addConstant(graph, `${name}_q${spec.bits}`, codes), addConstant(graph, `${name}_scales`, scales)];
  if (zeroPoints) inputs.push(addConstant(graph, `${name}_zero_points`, zeroPoints));
  let y = edit.addNode(graph, {
    opType: 'MatMulNBits',
    domain: 'com.microsoft',
    name: node.name && `${node.name}_q${spec.bits}`,
    inputs,
    attributes: {
      K: attr.int(K),
      N: attr.int(N),
      bits: attr.int(spec.bits),
      block_size: attr.int(spec.blockSize),
      ...(accuracyLevel !== undefined && { accuracy_level: attr.int(accuracyLevel) }),
    },
  }).outputs[0]!;
  if (bias) {
    let added = floatCast(graph, bias, 'float32', type);
    if (beta !== 1)
      added = edit.addNode(graph, { opType: 'Mul', inputs: [added, addConstant(graph, `${name}_beta`, tensor('float32', Float32Array.of(beta), []))] })
        .outputs[0]!;
    y = edit.addNode(graph, { opType: 'Add', inputs: [y, added] }).outputs[0]!;
  }
  if (!graph.model.opsets.has('com.microsoft')) edit.setOpset(graph.model, 'com.microsoft', 1);
  return finish(node, floatCast(graph, y, type), `MatMulNBits of ${spec.bits} bits, blocks of ${spec.blockSize}, weight ${name}`);
}

/** int4 as the operator sees the weight, blocks along K, DequantizeLinear in front of it. */
function blocked(node: Node, { source, type, transposed }: Weighted, { blockSize }: BlockSpec, { work }: WeightsWork): Outcome {
  const { graph } = node;
  const { perm, holder, weight } = source;
  const dims = seenDims(source);
  const axis = transposed ? 1 : 0;
  const scaleDims = dims.map((extent, i) => (i === axis ? Math.ceil(extent / blockSize) : extent));
  const convert = (held: Tensor): { codes: Tensor; scales: Tensor } => {
    const values = perm ? permute(toFloat32(held), held.dims, perm) : toFloat32(held);
    try {
      const qparams = chooseQParams(values, { format: int4, scheme: 'symmetric', granularity: perBlock(blockSize, axis), dims });
      return { codes: tensor('int4', quantizeLinear(values, qparams) as Uint8Array, dims), scales: tensor('float32', qparams.scale, scaleDims) };
    } catch (e) {
      if (isModelDietError(e) && e.code === 'numfmt/not-finite') throw fail('not-finite', { where: { value: holder.name }, actual: e.actual, cause: e });
      throw e;
    }
  };
  const { codes, scales } = mapWeight(weight, { codes: { type: 'int4', dims }, scales: { type: 'float32', dims: scaleDims } }, convert, work);
  const inputs = [addConstant(graph, `${holder.name}_q4`, codes), addConstant(graph, `${holder.name}_scales`, scales)];
  const back = edit.addNode(graph, { opType: 'DequantizeLinear', inputs, attributes: { axis: attr.int(axis), block_size: attr.int(blockSize) } }).outputs[0]!;
  const held = node.inputs[1];
  edit.setInput(node, 1, floatCast(graph, back, type));
  dropUnread(held);
  return { changed: `weight ${holder.name} as int4, blocks of ${blockSize}, DequantizeLinear` };
}

/** The row of MatMul and of Gemm. */
export const matrix: WeightsRule['rewrite'] = (node, work) => {
  const weighted = weightedOf(node);
  if (!('source' in weighted)) return weighted;
  if (work.bits === 8) return bytes(node, weighted, work);
  const { source, transposed, alpha } = weighted;
  const spec: BlockSpec = { bits: work.bits, blockSize: work.blockSize, scheme: work.scheme, transposed, scaleBy: alpha };
  const [K, N] = transposed ? [seenDims(source)[1]!, seenDims(source)[0]!] : [seenDims(source)[0]!, seenDims(source)[1]!];
  const after = blockBytes(K, N, spec) + 3 * nodeBytes;
  const before = byteLengthOf(source.weight.type, source.weight.dims);
  if (after >= before) return { code: 'too-small', reason: `${work.bits} bits would take ${after} bytes (codes, scales, nodes), the weight takes ${before}` };
  return work.form === 'matMulNBits' ? nBits(node, weighted, spec, work) : blocked(node, weighted, spec, work);
};
