// Mul, Div, Add, Sub by a constant behind a Conv, ConvTranspose or Gemm become part of it, where the constant is one number or one a channel.
import { edit, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import { type Tensor, toFloat64 } from '@modeldiet/tensor';
import { canReplace } from '../edit';
import { type Context, did, type Rule, skip } from '../rule';
import { type Affine, channelsOf, foldInto } from './affine';
import { inFront } from './batch-normalization';

/** The constant as one number a channel of an output whose channels are `axis` from the end; undefined where it is not. */
function perChannel(tensor: Tensor, channels: number, behind: number): Float64Array | undefined {
  if (tensor.type === 'string' || tensor.type.startsWith('complex')) return undefined;
  const values = toFloat64(tensor);
  if (values.length === 1) return tensor.dims.length <= behind + 2 ? new Float64Array(channels).fill(values[0]!) : undefined;
  const at = tensor.dims.length - 1 - behind;
  const onlyThere = tensor.dims.every((dim, i) => dim === 1 || (i === at && dim === channels));
  return onlyThere && at >= 0 && tensor.dims.length <= behind + 2 ? values : undefined;
}

function affineOf(op: string, values: Float64Array, constantFirst: boolean): Affine | undefined {
  switch (op) {
    case 'Mul':
      return { scale: values };
    case 'Add':
      return { shift: values };
    case 'Div':
      return constantFirst || values.includes(0) ? undefined : { scale: values.map((x) => 1 / x) };
    case 'Sub':
      return constantFirst ? { scale: values.map(() => -1), shift: values } : { shift: values.map((x) => -x) };
    default:
      return undefined;
  }
}

/** How many axes come behind the channels: 0 for a Gemm, the spatial ones of a convolution. */
function axesBehind(first: Node, y: Value, { shapeOf }: Context): number | undefined {
  if (opKey(first) === 'Gemm') return 0;
  const rank = shapeOf(y)?.length ?? (first.inputs[1] && shapeOf(first.inputs[1])?.length);
  return rank === undefined ? undefined : rank - 2;
}

export const foldPerChannel: Rule = {
  name: 'arithmetic by channel',
  ops: ['Mul', 'Div', 'Add', 'Sub'],
  apply(node, context) {
    const [a, b] = node.inputs;
    const [output] = node.outputs;
    if (!a || !b || !output) return undefined;
    const constantFirst = context.tensorOf(a) !== undefined;
    const [y, constant] = constantFirst ? [b, a] : [a, b];
    const tensor = context.tensorOf(constant);
    const first = inFront(node, y);
    if (!tensor || !first) return undefined;
    const channels = channelsOf(first);
    if (typeof channels !== 'number') return channels;
    const behind = axesBehind(first, y, context);
    const values = behind === undefined ? undefined : perChannel(tensor, channels, behind);
    const affine = values && affineOf(opKey(node), values, constantFirst);
    if (!affine) return skip('not-per-channel', 'the constant is not one number a channel');
    if (!canReplace(output, y)) return skip('carries-output', 'the node gives a graph output its name');
    const refused = foldInto(first, affine, context);
    if (refused) return refused;
    edit.replaceValue(output, y);
    edit.removeNode(node);
    return did(`folded into the ${first.opType} before it`);
  },
};
