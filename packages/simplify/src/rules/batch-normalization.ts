// BatchNormalization behind a Conv, ConvTranspose or Gemm becomes part of it: (y - mean) / sqrt(var + epsilon) * scale + B.
import { constantOf, edit, type Node, numberParam, opKey, type Value } from '@modeldiet/onnx-io';
import { isLazy, isResident, materialize, toFloat64 } from '@modeldiet/tensor';
import { canReplace, onlyReader } from '../edit';
import { type Context, did, type Rule, skip } from '../rule';
import { channelsOf, foldInto, foldTargets } from './affine';

async function vector(value: Value | undefined, context: Context): Promise<Float64Array | undefined> {
  const constant = value && constantOf(value);
  if (!constant || constant.type === 'sparse' || constant.type === 'opaque' || constant.type === 'string') return undefined;
  const loaded = isLazy(constant) ? await materialize(constant, context) : constant;
  return isResident(loaded) ? toFloat64(loaded) : undefined;
}

/** The node in front, when only this one reads it. */
export function inFront(node: Node, input: Value | undefined): Node | undefined {
  const first = input?.producer;
  return first && first.graph === node.graph && onlyReader(input) === node && (foldTargets as readonly string[]).includes(opKey(first)) ? first : undefined;
}

const trains = (node: Node): boolean => numberParam(node, 'training_mode') === 1 || numberParam(node, 'is_test') === 0;

export const foldBatchNormalization: Rule = {
  name: 'batch normalization',
  ops: ['BatchNormalization'],
  async apply(node, context) {
    const first = node.inputs[0]?.producer;
    if (!first || !(foldTargets as readonly string[]).includes(opKey(first))) return undefined;
    if (!inFront(node, node.inputs[0])) return skip('other-use', `the output of the ${first.opType} is read by others too`);
    if (trains(node)) return skip('training', 'the node updates its statistics');
    const [output, ...others] = node.outputs;
    if (!output || others.some((value) => value && (value.uses.size > 0 || edit.outputCount(value) > 0))) return skip('other-use', 'its statistics are read');
    if (!canReplace(output, node.inputs[0]!)) return skip('carries-output', 'the node gives a graph output its name');
    const channels = channelsOf(first);
    if (typeof channels !== 'number') return channels;
    const [scale, shift, mean, variance] = await Promise.all(node.inputs.slice(1, 5).map((value) => vector(value, context)));
    if (![scale, shift, mean, variance].every((list) => list?.length === channels))
      return skip('not-constant', 'its scale, shift and statistics are not constants of one number a channel');
    const epsilon = Number(numberParam(node, 'epsilon') ?? 1e-5);
    const s = scale!.map((x, o) => x / Math.sqrt(variance![o]! + epsilon));
    const t = shift!.map((x, o) => x - mean![o]! * s[o]!);
    const refused = foldInto(first, { scale: s, shift: t }, context);
    if (refused) return refused;
    edit.replaceValue(output, node.inputs[0]!);
    edit.removeNode(node);
    return did(`folded into the ${first.opType} before it`);
  },
};
