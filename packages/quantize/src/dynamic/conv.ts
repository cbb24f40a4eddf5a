// Conv and ConvTranspose with a constant weight, in three forms (ConvForm). ConvInteger takes u8 weights around 128: the only pair that ONNX Runtime has a fast kernel for
// (s8 weights were 4 to 11 times slower), and exact on every CPU. ONNX operators ConvInteger-10, DequantizeLinear-13.
import { attr, edit, type Node, numberParam, type Value } from '@modeldiet/onnx-io';
import { type ConstantSource, constantSource, dataType, dropUnread, type FloatType, isFloat, seenDims } from '../constant';
import { finish, floatCast } from './emit';
import { type ConvForm, type DynamicRule, type DynamicWork, type Outcome, tooSmall } from './rule';

interface FloatSource extends ConstantSource {
  readonly type: FloatType;
}

function weightOf(node: Node): FloatSource | Outcome {
  const source = constantSource(node.inputs[1]);
  if (!node.inputs[0]) return { code: 'no-input', reason: 'it has no data' };
  if (!source) return { code: 'weight-not-constant', reason: 'its weight is computed, not a constant' };
  const { type, dims } = source.weight;
  if (!isFloat(type)) return { code: 'weight-not-float', reason: `its weight is ${type}` };
  if (dims.length < 3) return { code: 'weight-rank', reason: `its weight has rank ${dims.length}` };
  return { ...source, type };
}

async function integer(node: Node, source: FloatSource, work: DynamicWork): Promise<Outcome> {
  const { graph } = node;
  const [input, , bias] = node.inputs;
  const spatial = source.weight.dims.length - 2;
  const channels = seenDims(source)[0]!;
  const weight = await work.weight(source, {
    format: 'uint8',
    perm: source.perm,
    axis: work.perAxis ? 0 : undefined,
    scaleBy: 1,
    scaleDims: { trailing: spatial },
  });
  const x = work.quantizedInput(graph, input!, source.type === 'float32');
  const convolved = edit.addNode(graph, {
    opType: 'ConvInteger',
    name: node.name && `${node.name}_quant`,
    inputs: [x.codes, weight.codes, x.zeroPoint, weight.zeroPoint],
    attributes: Object.fromEntries(node.attributes),
  });
  const cast = edit.addNode(graph, { opType: 'Cast', inputs: convolved.outputs, attributes: { to: attr.int(1) } });
  const scale = edit.addNode(graph, { opType: 'Mul', inputs: [x.scale, weight.scale] });
  let y = edit.addNode(graph, { opType: 'Mul', inputs: [cast.outputs[0], scale.outputs[0]] }).outputs[0]!;
  if (bias) {
    const shape = work.constant(graph, 'bias_shape', [1, channels, ...Array<number>(spatial).fill(1)], [spatial + 2], 'int64');
    const shaped = edit.addNode(graph, { opType: 'Reshape', inputs: [floatCast(graph, bias, 'float32', source.type), shape] }).outputs[0]!;
    y = edit.addNode(graph, { opType: 'Add', inputs: [y, shaped] }).outputs[0]!;
  }
  return finish(node, floatCast(graph, y, source.type), `ConvInteger, weight ${source.holder.name}`);
}

/** How many nodes each form adds. */
const newNodes = { integer: 6, storage: 2, dequantize: 1 } as const satisfies Record<ConvForm, number>;

interface Stored {
  readonly form: 'storage' | 'dequantize';
  readonly axis: number;
}

/** The float Conv stays; its weight is int8 in the file. */
async function stored(node: Node, source: FloatSource, { form, axis }: Stored, work: DynamicWork): Promise<Outcome> {
  const { graph } = node;
  const perAxis = work.perAxis ? axis : undefined;
  const trailing = source.weight.dims.length - 1 - axis;
  const weight = await work.weight(source, {
    format: 'int8',
    perm: source.perm,
    axis: perAxis,
    scaleBy: 1,
    scaleDims: form === 'storage' ? { trailing } : 'vector',
  });
  const held = node.inputs[1];
  let back: Value;
  if (form === 'storage') {
    const cast = edit.addNode(graph, { opType: 'Cast', inputs: [weight.codes], attributes: { to: attr.int(dataType.float32) } });
    back = edit.addNode(graph, { opType: 'Mul', inputs: [cast.outputs[0], weight.scale] }).outputs[0]!;
  } else
    back = edit.addNode(graph, {
      opType: 'DequantizeLinear',
      inputs: [weight.codes, weight.scale],
      attributes: perAxis === undefined ? {} : { axis: attr.int(axis) },
    }).outputs[0]!;
  edit.setInput(node, 1, floatCast(graph, back, source.type));
  dropUnread(held);
  return { changed: `weight ${source.holder.name} as int8, ${form === 'storage' ? 'Cast and Mul' : 'DequantizeLinear'}` };
}

export const conv: DynamicRule['rewrite'] = (node, work) => {
  const source = weightOf(node);
  if (!('type' in source)) return source;
  const channels = work.perAxis ? seenDims(source)[0]! : 1;
  // Depthwise and grouped integer convolution has no fast kernel: there the weight alone is quantized.
  const form = work.conv === 'integer' && numberParam(node, 'group') !== 1 ? 'storage' : work.conv;
  return tooSmall(source, channels, newNodes[form]) ?? (form === 'integer' ? integer(node, source, work) : stored(node, source, { form, axis: 0 }, work));
};

/** The weight is [C_in, C_out/group, ...]: its output channels are axis 1. */
export const convTranspose: DynamicRule['rewrite'] = (node, work) => {
  const source = weightOf(node);
  if (!('type' in source)) return source;
  const channels = work.perAxis ? seenDims(source)[1]! : 1;
  const form = work.conv === 'dequantize' ? 'dequantize' : 'storage';
  return tooSmall(source, channels, newNodes[form]) ?? stored(node, source, { form, axis: 1 }, work);
};
