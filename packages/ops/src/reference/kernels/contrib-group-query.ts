// com.microsoft:GroupQueryAttention: causal attention of several query heads to a key head, over a cache of keys and values that each sample fills to its own length.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { attributeOf, floatOf, intOf, stringOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { badAttribute, badInput, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { broadcastOffsets } from '../layout';
import { appended, joined, scoresOf, split, weighted } from './attention';
import { concatenated, sliced } from './move';
import { turned } from './rotary';

type Inputs = readonly (Datum | undefined)[];

/** Q, K and V by heads: given apart, or packed along the last axis. */
function partsOf(node: Node, inputs: Inputs, heads: number, kvHeads: number): readonly [Tensor, Tensor, Tensor] {
  const [q, k, v] = [tensorAt(node, inputs, 0), optionalAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  if (k && v) return [split(q, heads), split(k, kvHeads), split(v, kvHeads)];
  const size = q.dims[2]! / (heads + 2 * kvHeads);
  return [
    split(sliced(q, 2, 0, heads * size), heads),
    split(sliced(q, 2, heads * size, kvHeads * size), kvHeads),
    split(sliced(q, 2, (heads + kvHeads) * size, kvHeads * size), kvHeads),
  ];
}

/** `present` tokens, the first ones of `t` and zeros. */
function padded(t: Tensor, present: number): Tensor {
  const [batch, heads, length, size] = t.dims as [number, number, number, number];
  if (length >= present) return t;
  return concatenated([t, fromNumbers(t.type, [batch, heads, present - length, size], new Float64Array(batch * heads * (present - length) * size))], 2);
}

/** Softmax over the keys that a query sees, [from, to); `sink` is one more score, which takes its share and gives nothing. */
function softmaxOver(row: Float64Array, from: number, to: number, sink: number | undefined): void {
  const most = row.subarray(from, to).reduce((a, b) => Math.max(a, b), sink ?? Number.NEGATIVE_INFINITY);
  let total = sink === undefined ? 0 : Math.exp(sink - most);
  for (let j = from; j < to; j++) total += Math.exp(row[j]! - most);
  for (let j = 0; j < row.length; j++) row[j] = j >= from && j < to ? Math.exp(row[j]! - most) / total : 0;
}

const unsupported = ['qk_output', 'k_quant_type', 'v_quant_type'] as const;

const groupQueryAttention: Kernel = (node, inputs) => {
  const [heads, kvHeads] = [intOf(node, 'num_heads') ?? badAttribute(node, 'num_heads'), intOf(node, 'kv_num_heads') ?? badAttribute(node, 'kv_num_heads')];
  for (const name of unsupported)
    if (intOf(node, name, 0) !== 0 || stringOf(node, name, 'NONE') !== 'NONE') badAttribute(node, name, intOf(node, name) ?? stringOf(node, name));
  const [pastK, pastV, cos, sin, positions, bias, sinks] = [3, 4, 7, 8, 9, 10, 11].map((i) => optionalAt(node, inputs, i));
  const [lastKeys, longest] = [integersOf(tensorAt(node, inputs, 5)), integersOf(tensorAt(node, inputs, 6))[0]!];
  let [q, k, v] = partsOf(node, inputs, heads, kvHeads) as [Tensor, Tensor, Tensor];
  const [batch, , length, size] = q.dims as [number, number, number, number];
  const isPrompt = length === longest;
  const before = lastKeys.map((last) => (isPrompt ? 0 : last + 1 - length));
  if (before.some((count) => count < 0 || count > (pastK?.dims[2] ?? 0))) badInput(node, 5, 'the lengths do not fit the cache', { actual: lastKeys });
  if (intOf(node, 'do_rotary', 0)) {
    if (!cos || !sin) badInput(node, 7, 'an input is missing');
    const at = positions && integersOf(positions);
    const rowOf = (b: number, i: number): number => (at ? at[b * length + i]! : before[b]! + i);
    const turn = { cos, sin, rowOf, size: 2 * cos.dims[1]!, interleaved: intOf(node, 'rotary_interleaved', 0) === 1 };
    [q, k] = [turned(q, turn), turned(k, turn)];
  }
  const scale = attributeOf(node, 'scale', 'float') || 1 / Math.sqrt(size);
  const [softcap, window] = [floatOf(node, 'softcap', 0), intOf(node, 'local_window_size', -1)];
  const sinkOf = (head: number): number | undefined => (sinks ? numbersOf(sinks)[head]! : intOf(node, 'smooth_softmax', 0) === 1 ? 0 : undefined);
  const present = Math.max(longest, pastK?.dims[2] ?? 0);

  const sample = (b: number) => {
    const own = (t: Tensor): Tensor => sliced(t, 0, b, 1);
    const cached = (t: Tensor | undefined): Tensor | undefined => (t && before[b]! > 0 ? sliced(own(t), 2, 0, before[b]!) : undefined);
    const [keys, values] = [appended(cached(pastK), own(k)), appended(cached(pastV), own(v))];
    const { dims, values: scores } = scoresOf(own(q), keys, scale);
    const total = keys.dims[2]!;
    const at = bias && broadcastOffsets(bias.dims, [batch, heads, length, bias.dims[3]!]);
    const extra = bias && numbersOf(bias);
    for (let head = 0; head < heads; head++)
      for (let i = 0; i < length; i++) {
        const row = scores.subarray((head * length + i) * total, (head * length + i + 1) * total);
        for (let j = 0; j < total; j++) {
          if (softcap > 0) row[j] = softcap * Math.tanh(row[j]! / softcap);
          if (extra) row[j]! += extra[at![((b * heads + head) * length + i) * bias.dims[3]! + j]!]!;
        }
        const to = before[b]! + i + 1;
        softmaxOver(row, window >= 0 ? Math.max(0, to - window) : 0, to, sinkOf(head));
      }
    const y = weighted({ dims, values: scores }, values);
    return { y: fromNumbers(q.type, y.dims, y.values), keys: padded(keys, present), values: padded(values, present) };
  };
  const samples = Array.from({ length: batch }, (_, b) => sample(b));
  const all = (part: 'y' | 'keys' | 'values'): Tensor =>
    concatenated(
      samples.map((each) => each[part]),
      0,
    );
  return [joined(all('y')), all('keys'), all('values')];
};

export const kernels = { 'com.microsoft:GroupQueryAttention': groupQueryAttention } satisfies Record<string, Kernel>;
