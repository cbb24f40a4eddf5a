// com.microsoft:Attention and MultiHeadAttention: Q, K, V projected, packed or given, and masks of many forms, brought to the attention of ai.onnx over heads.
import { type Attribute, attr, type Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { attributeOf, floatOf, intOf, intsOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { badAttribute, badInput, type Kernel, optionalAt, type RunBody, tensorAt } from '../kernel';
import { broadcastOffsets } from '../layout';
import { kernels as attention } from './attention';
import { matMulOf } from './matrix';
import { concatenated, sliced } from './move';

/** x plus `width` entries of the packed bias of Q, K and V. */
function biased(x: Tensor, bias: Tensor | undefined, from: number): Tensor {
  if (!bias) return x;
  const [bs, width] = [numbersOf(bias), x.dims[x.dims.length - 1]!];
  return fromNumbers(
    x.type,
    x.dims,
    numbersOf(x).map((each, i) => each + bs[from + (i % width)]!),
  );
}

interface Extents {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
}

/**
 * True where a query may not look at a key. By its extents a mask is: [batch] lengths; [2 * batch] ends, then starts; [batch, keys] or [batch, queries, keys] flags;
 * [batch, 1, most, most] flags of which the last queries count. [batch, 1] and [1, 1] say nothing.
 */
function hidden(node: Node, index: number, mask: Tensor, { batch, queries, keys }: Extents): ((b: number, i: number, j: number) => boolean) | undefined {
  const [values, { dims }] = [integersOf(mask), mask];
  if (dims.length === 1) {
    if (dims[0] === batch) return (b, _, j) => j >= values[b]!;
    if (dims[0] === 2 * batch) return (b, _, j) => j >= values[b]! || j < values[batch + b]!;
  }
  if (dims.length === 2 && dims[1] === keys) return (b, _, j) => values[b * keys + j]! <= 0;
  if (dims.length === 2 && dims[1] === 1) return undefined;
  if (dims.length === 3) return (b, i, j) => values[(b * queries + i) * keys + j]! <= 0;
  if (dims.length === 4) return (b, i, j) => values[(b * dims[2]! + keys - queries + i) * dims[3]! + j]! <= 0;
  return badInput(node, index, 'no form of a mask', { expected: [[batch], [2 * batch], [batch, keys], [batch, queries, keys]], actual: dims });
}

/** What is added to the scores: the bias, and a large negative number (not infinity) where the mask hides a key. */
function added(node: Node, at: number, mask: Tensor | undefined, bias: Tensor | undefined, extents: Extents): Tensor | undefined {
  const isHidden = mask && hidden(node, at, mask, extents);
  if (!isHidden) return bias;
  const { batch, queries, keys } = extents;
  const heads = bias?.dims[1] ?? 1;
  const dims = [batch, heads, queries, keys];
  const from = bias && { at: broadcastOffsets(bias.dims, dims), values: numbersOf(bias) };
  const filter = floatOf(node, 'mask_filter_value', -10_000);
  const data = Float64Array.from({ length: batch * heads * queries * keys }, (_, k) => {
    const [b, i, j] = [Math.floor(k / (heads * queries * keys)), Math.floor(k / keys) % queries, k % keys];
    return (from ? from.values[from.at[k]!]! : 0) + (isHidden(b, i, j) ? filter : 0);
  });
  return { type: 'float64', dims, data };
}

interface Heads {
  /** [batch, tokens, heads * size]; K and V may be [batch, heads, tokens, size]. */
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly mask?: Tensor;
  readonly bias?: Tensor;
  readonly pastK?: Tensor;
  readonly pastV?: Tensor;
  readonly maskAt: number;
}

function attend(node: Node, { q, k, v, mask, bias, pastK, pastV, maskAt }: Heads, run: RunBody): ReturnType<Kernel> {
  const heads = intOf(node, 'num_heads') ?? badAttribute(node, 'num_heads');
  const scale = attributeOf(node, 'scale', 'float');
  const attributes = new Map<string, Attribute>([
    ['q_num_heads', attr.int(heads)],
    ['kv_num_heads', attr.int(heads)],
    ['is_causal', attr.int(intOf(node, 'unidirectional', 0))],
    ['qk_matmul_output_mode', attr.int(2)],
  ]);
  if (scale) attributes.set('scale', attr.float(scale));
  const keys = (k.dims.length === 4 ? k.dims[2]! : k.dims[1]!) + (pastK?.dims[2] ?? 0);
  const extents = { batch: q.dims[0]!, queries: q.dims[1]!, keys };
  return attention.Attention({ ...node, attributes }, [q, k, v, added(node, maskAt, mask, bias, extents), pastK, pastV], run);
}

/** Part `index` of [batch, tokens, heads, parts, size], as [batch, tokens, heads * size]. */
function unpacked(t: Tensor, index: number): Tensor {
  const [batch, tokens, heads, , size] = t.dims as [number, number, number, number, number];
  return { ...sliced(t, 3, index, 1), dims: [batch, tokens, heads * size] };
}

/** Q, K and V as they come: apart, K and V in one tensor, all in one, or K and V by heads already (of a cross attention, without bias). */
function parts(node: Node, inputs: Parameters<Kernel>[1], bias: Tensor | undefined): readonly [Tensor, Tensor, Tensor] {
  const [q, k, v] = [tensorAt(node, inputs, 0), optionalAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const apart = q.dims.length === 5 ? [0, 1, 2].map((i) => unpacked(q, i)) : k?.dims.length === 5 ? [q, unpacked(k, 0), unpacked(k, 1)] : [q, k, v];
  const [query, key, value] = apart;
  if (!query || !key || !value) return badInput(node, 1, 'an input is missing');
  const width = query.dims[2]!;
  if (key.dims.length === 4) return [biased(query, bias, 0), key, value];
  return [biased(query, bias, 0), biased(key, bias, width), biased(value, bias, 2 * width)];
}

const multiHeadAttention: Kernel = (node, inputs, run) => {
  const [bias, mask, scores, pastK, pastV] = [3, 4, 5, 6, 7].map((i) => optionalAt(node, inputs, i));
  const [q, k, v] = parts(node, inputs, bias);
  return attend(node, { q, k, v, mask, bias: scores, pastK, pastV, maskAt: 4 }, run);
};

/** One tensor times packed weights of Q, K and V; past and present hold K, then V: [2, batch, heads, tokens, size]. */
const projectedAttention: Kernel = (node, inputs, run) => {
  const [x, weights] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const [bias, mask, past, scores] = [2, 3, 4, 5].map((i) => optionalAt(node, inputs, i));
  if (intOf(node, 'do_rotary', 0)) badAttribute(node, 'do_rotary', 1);
  const all = biased(matMulOf(node, x, weights, x.type), bias, 0);
  const third = all.dims[2]! / 3;
  const [wide, key, value] = intsOf(node, 'qkv_hidden_sizes') ?? [third, third, third];
  const [q, k, v] = [sliced(all, 2, 0, wide!), sliced(all, 2, wide!, key!), sliced(all, 2, wide! + key!, value!)];
  const [pastK, pastV] = past ? [0, 1].map((i) => ({ ...sliced(past, 0, i, 1), dims: past.dims.slice(1) })) : [];
  const [y, presentK, presentV] = attend(node, { q, k, v, mask, bias: scores, pastK, pastV, maskAt: 3 }, run) as [Tensor, Tensor, Tensor];
  if (!node.outputs[1]) return [y];
  const present = [presentK, presentV].map((t) => ({ ...t, dims: [1, ...t.dims] }));
  return [y, concatenated(present, 0)];
};

export const kernels = {
  'com.microsoft:MultiHeadAttention': multiHeadAttention,
  'com.microsoft:Attention': projectedAttention,
} satisfies Record<string, Kernel>;
