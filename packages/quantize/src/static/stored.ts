// Weights as stored integers behind a DequantizeLinear, and biases in int32 at the scale of the products.
import { quantizeBias } from '@modeldiet/numfmt';
import { addressOf, attr, type Draft, edit, type Graph, type Value } from '@modeldiet/onnx-io';
import { type LongWork, materialize, tensor, toFloat32 } from '@modeldiet/tensor';
import { addConstant, dropUnread } from '../constant';
import { type QuantizedWeight, type WeightSpec, weightQuantizer } from '../weights';
import type { WeightedNode } from './plan';
import { codeType, type Weigh, type WeightBits } from './run';

export const dequantized = (graph: Graph, codes: Value, { scale, zeroPoint }: Pick<QuantizedWeight, 'scale' | 'zeroPoint'>, axis?: number): Value =>
  edit.addNode(graph, { opType: 'DequantizeLinear', inputs: [codes, scale, zeroPoint], attributes: axis === undefined ? {} : { axis: attr.int(axis) } })
    .outputs[0]!;

/** The bias in int32 at the scale of the products, or undefined where it stays float. */
export async function biasFor(
  { node, bias }: Pick<WeightedNode, 'node' | 'bias'>,
  inputScale: number,
  weightScales: Float32Array,
  draft: Draft,
  work: LongWork,
): Promise<Value | undefined> {
  if (bias?.weight.dims.length !== 1 || bias.perm || bias.weight.type !== 'float32') return undefined;
  const { graph } = node;
  const { name } = bias.holder;
  const { codes, qparams, saturated } = quantizeBias(toFloat32(await materialize(bias.weight, work)), inputScale, weightScales);
  if (saturated > 0) {
    draft.warn({
      code: 'quantize/bias-kept',
      message: `${saturated} entries of the bias do not fit into int32 at the scale of the products; it stays float`,
      where: { ...addressOf(node), value: name },
      count: saturated,
    });
    return undefined;
  }
  const dims = weightScales.length > 1 ? [weightScales.length] : [];
  const scale = addConstant(graph, `${name}_scale`, tensor('float32', qparams.scale, dims));
  const zeroPoint = addConstant(graph, `${name}_zero_point`, tensor('int32', new Int32Array(qparams.scale.length), dims));
  return dequantized(
    graph,
    addConstant(graph, `${name}_quantized`, tensor('int32', codes, bias.weight.dims)),
    { scale, zeroPoint },
    dims.length ? 0 : undefined,
  );
}

/** Codes of so many bits in the smallest type that holds them, with scales as DequantizeLinear has them. */
export const storedSpec = (bits: WeightBits, perm: readonly number[] | undefined, axis: number | undefined): WeightSpec => ({
  format: codeType(bits),
  bits,
  perm,
  axis,
  scaleBy: 1,
  scaleDims: 'vector',
  zeroPoints: 'each',
});

/** Weights become stored integers, biases int32. */
export function storeWeights(draft: Draft, work: LongWork): Weigh {
  const quantizer = weightQuantizer(work);
  return async (planned, input, axis, bits) => {
    const { node, source } = planned;
    const held = node.inputs.slice(1);
    const weight = await quantizer(source, storedSpec(bits, source.perm, axis));
    edit.setInput(node, 1, dequantized(node.graph, weight.codes, weight, axis));
    const bias = await biasFor(planned, input.number, weight.scales, draft, work);
    if (bias) edit.setInput(node, 2, bias);
    for (const value of held) dropUnread(value);
  };
}
