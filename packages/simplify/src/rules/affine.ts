// y * s + t per output channel, worked into the weights of the node that makes y: the arithmetic behind folding BatchNormalization, Mul and Add.
//   Conv           W[o, ...]            W' = W s[o]     b' = b s + t
//   ConvTranspose  W[c, j, ...]         o = (group of c) * (outputs a group) + j
//   Gemm           B[k, o] or B[o, k]   B' = B s[o]     C' = beta C s + t, beta = 1
import { attr, constantOf, edit, freshName, isOverridable, type Node, numberParam, opKey, type Value } from '@modeldiet/onnx-io';
import { type Constant, cast, isResident, mapWeight, type Tensor, tensor, toFloat64, type Weight } from '@modeldiet/tensor';
import type { Context, SkipCode } from '../rule';

export interface Affine {
  /** One a channel; undefined: 1. */
  readonly scale?: Float64Array;
  /** One a channel; undefined: 0. */
  readonly shift?: Float64Array;
}
export interface No {
  readonly code: SkipCode;
  readonly reason: string;
}
const no = (code: SkipCode, reason: string): No => ({ code, reason });

/** The weight of a node and how its entries belong to output channels: entry i of a block of `inner` entries belongs to channel(i / inner). */
interface Target {
  readonly weight: Value;
  readonly channels: number;
  readonly inner: number;
  channelOf(block: number): number;
}

export const foldTargets = ['Conv', 'ConvTranspose', 'Gemm'] as const;

function targetOf(node: Node): Target | No {
  const weight = node.inputs[1];
  const constant = weight && constantOf(weight);
  if (!weight?.initializer || !constant || isOverridable(weight)) return no('not-constant', 'the weight is not an initializer');
  if (constant.type === 'sparse' || constant.type === 'opaque' || !['float32', 'float16', 'float64'].includes(constant.type))
    return no('not-representable', `a ${constant.type} weight`);
  const { dims } = constant;
  const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);
  const [first = 1, second = 1, ...rest] = dims;
  if (opKey(node) === 'Conv') return { weight, channels: first, inner: product(dims.slice(1)), channelOf: (block) => block };
  if (opKey(node) === 'ConvTranspose') {
    const groups = Number(numberParam(node, 'group') ?? 1);
    const perGroup = first / groups;
    return { weight, channels: second * groups, inner: product(rest), channelOf: (block) => Math.floor(block / second / perGroup) * second + (block % second) };
  }
  const transposed = Number(numberParam(node, 'transB') ?? 0) !== 0;
  return transposed
    ? { weight, channels: first, inner: second, channelOf: (block) => block }
    : { weight, channels: second, inner: 1, channelOf: (block) => block % second };
}

/** The number of output channels of a Conv, ConvTranspose or Gemm with a constant weight; why not where that cannot be told. */
export function channelsOf(node: Node): number | No {
  const target = targetOf(node);
  return 'code' in target ? target : target.channels;
}

/** A function of its own, so that an engine has made it fast after a few blocks. */
function multiply(from: ArrayLike<number>, factor: number, into: Float32Array | Float64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) into[i] = from[i]! * factor;
}

function scaled(t: Tensor, { inner, channelOf }: Target, scale: Float64Array): Tensor {
  // A product of doubles stored as float32 is rounded once, as the cast would.
  const values = t.type === 'float32' ? t.data : toFloat64(t);
  const out = t.type === 'float32' ? new Float32Array(values.length) : new Float64Array(values.length);
  for (let block = 0, i = 0; i < out.length; block++) {
    const end = Math.min(i + inner, out.length);
    multiply(values, scale[channelOf(block)]!, out, i, end);
    i = end;
  }
  return out instanceof Float32Array ? tensor('float32', out, t.dims) : cast(tensor('float64', out, t.dims), t.type);
}

const allFinite = (t: Tensor): boolean => toFloat64(t).every(Number.isFinite);

/** The bias as numbers; undefined where the node has none. */
function biasOf(node: Node): Tensor | undefined | No {
  const bias = node.inputs[2];
  if (!bias) return undefined;
  const constant = constantOf(bias);
  return constant && isResident(constant) && constant.type !== 'string' ? constant : no('not-constant', 'the bias is not constant');
}

/** Works `y * scale + shift` into `node`, which makes y. Nothing is changed where it cannot. */
export function foldInto(node: Node, { scale, shift }: Affine, context: Context): No | undefined {
  const target = targetOf(node);
  if ('code' in target) return target;
  const { weight, channels } = target;
  const bias = biasOf(node);
  if (bias && 'code' in bias) return bias;
  const constant = weight.initializer as Weight;
  if (scale && (weight.uses.size > 1 || edit.outputCount(weight) > 0)) return no('shared-weight', 'the weight is shared: folding would double it');
  const beta = opKey(node) === 'Gemm' ? Number(numberParam(node, 'beta') ?? 1) : 1;
  const before = bias && toFloat64(bias);
  const perChannel = !bias || before!.length === 1 || (before!.length === channels && bias.dims.at(-1) === channels);
  if (!perChannel) return no('not-per-channel', 'the bias is not one number a channel');
  const after = Float64Array.from(
    { length: channels },
    (_, o) => beta * (before ? before[before.length === 1 ? 0 : o]! : 0) * (scale?.[o] ?? 1) + (shift?.[o] ?? 0),
  );
  const newBias = cast(tensor('float64', after, [channels]), constant.type);
  let newWeight: Constant | undefined;
  if (scale) {
    newWeight = mapWeight(constant, { out: { type: constant.type, dims: constant.dims } }, (t) => ({ out: scaled(t, target, scale) })).out;
    // Only float16 can overflow where the model did not.
    if (constant.type === 'float16' && isResident(newWeight) && !allFinite(newWeight)) return no('not-representable', 'the folded weight is beyond float16');
    if (constant.type === 'float16' && !isResident(newWeight)) return no('too-large', 'a float16 weight that is not in memory cannot be tried for overflow');
  }
  if (!allFinite(newBias)) return no('not-representable', 'the folded bias is not finite');
  context.allowInitializers();
  if (newWeight) edit.setInitializer(weight, newWeight);
  if (before || shift) setBias(node, newBias);
  if (beta !== 1) edit.setAttribute(node, 'beta', undefined);
  return undefined;
}

function setBias(node: Node, bias: Tensor): void {
  const old = node.inputs[2];
  if (old?.initializer && old.uses.size === 1 && edit.outputCount(old) === 0) edit.setInitializer(old, bias);
  else {
    const { graph } = node;
    const name = freshName(graph.model, `${node.inputs[1]!.name}_bias`);
    const value =
      'overload' in graph
        ? edit.addNode(graph, { opType: 'Constant', inputs: [], outputs: [name], attributes: { value: attr.tensor(bias) } }).outputs[0]
        : edit.addInitializer(graph, name, bias);
    edit.setInput(node, 2, value);
  }
}
