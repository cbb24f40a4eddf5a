// Quantization-aware training, before: the model that quantizeStatic would make, with weights that stay float and go through a QuantizeLinear and DequantizeLinear pair of their own. Jacob et al. 2018.
import { attr, edit, type Model, type Value } from '@modeldiet/onnx-io';
import { tensor } from '@modeldiet/tensor';
import { addConstant, seenDims } from '../constant';
import { type StaticForm, type StaticOptions, type StaticResult, staticTransform, type Weigh, type WeightBits } from '../static/run';
import { dequantized } from '../static/stored';
import { addAbsMaxScale } from './absmax-scale';

export type QatOptions = StaticOptions;

/** A pair behind each weight; nodes that read a weight in the same way read the same pair. */
function fakeWeights(): Weigh {
  const made = new Map<Value, Map<string, Value>>();
  return async ({ node, source }, _input, axis, bits) => {
    const weight = node.inputs[1]!;
    const known = made.get(weight) ?? new Map<string, Value>();
    made.set(weight, known);
    const key = `${axis}`;
    const pair = known.get(key) ?? fake(weight, source.holder.name, seenDims(source), axis, bits);
    known.set(key, pair);
    edit.setInput(node, 1, pair);
  };
}

/** Codes are int8 whatever the bits: the scale keeps them in range. */
function fake(weight: Value, name: string, dims: readonly number[], axis: number | undefined, bits: WeightBits): Value {
  const { graph } = weight;
  const scale = addAbsMaxScale(weight, dims.length, axis, 2 ** (bits - 1) - 1, name);
  const count = axis === undefined ? [] : [dims[axis]!];
  const zeroPoint = addConstant(graph, `${name}_zero_point`, tensor('int8', new Int8Array(count[0] ?? 1), count));
  const codes = edit.addNode(graph, {
    opType: 'QuantizeLinear',
    inputs: [weight, scale, zeroPoint],
    outputs: [edit.freshName(graph.model, `${name}_quantized`)],
    attributes: axis === undefined ? {} : { axis: attr.int(axis) },
  }).outputs[0]!;
  return dequantized(graph, codes, { scale, zeroPoint }, axis);
}

const form: StaticForm = { name: 'prepareQat', opset: () => 13, weigh: fakeWeights, says: 'fake' };

/**
 * Inserts fake quantization where `quantizeStatic` with the same options would quantize: activations by calibrated ranges, which stay as they are; weights by their largest magnitude, which the graph computes
 * anew at each run, so they may move. Weights and biases stay float initializers. The model is ordinary ONNX: `train` and `distill` train it, `saveModel` saves it, `convertQat` makes the integers.
 * Throws what `quantizeStatic` throws, but for `quantize/not-finite`: the weights are not read.
 */
export const prepareQat = (model: Model, options: QatOptions): Promise<StaticResult> => staticTransform(model, options, form);
