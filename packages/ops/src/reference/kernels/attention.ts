// Scaled dot-product attention of ai.onnx (23 on), linear attention, FlexAttention.
import type { Graph } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { attributeOf, floatOf, graphOf, intOf, stringOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { type Datum, isTensor, type Kernel, optionalAt, type RunBody, tensorAt } from '../kernel';
import { broadcastOffsets } from '../layout';
import { transposed } from './move';
import { softmaxOf } from './norm';

/** [batch, seq, heads * size] as [batch, heads, seq, size]. */
export const split = (t: Tensor, heads: number): Tensor =>
  t.dims.length === 4 ? t : transposed({ ...t, dims: [t.dims[0]!, t.dims[1]!, heads, t.dims[2]! / heads] }, [0, 2, 1, 3]);
/** [batch, heads, seq, size] as [batch, seq, heads * size]. */
export const joined = (t: Tensor): Tensor => {
  const swapped = transposed(t, [0, 2, 1, 3]);
  return { ...swapped, dims: [swapped.dims[0]!, swapped.dims[1]!, swapped.dims[2]! * swapped.dims[3]!] };
};
/** Past positions before the new ones, along axis 2. */
export function appended(past: Tensor | undefined, now: Tensor): Tensor {
  if (!past) return now;
  const [batch, heads, length, size] = past.dims as [number, number, number, number];
  const more = now.dims[2]!;
  const [p, q] = [numbersOf(past), numbersOf(now)];
  const out = new Float64Array(batch * heads * (length + more) * size);
  for (let h = 0; h < batch * heads; h++) {
    out.set(p.subarray(h * length * size, (h + 1) * length * size), h * (length + more) * size);
    out.set(q.subarray(h * more * size, (h + 1) * more * size), (h * (length + more) + length) * size);
  }
  return fromNumbers(now.type, [batch, heads, length + more, size], out);
}

export interface Scores {
  readonly dims: readonly [number, number, number, number];
  readonly values: Float64Array;
}
/** Q K' * scale for every head; K's heads are shared by consecutive heads of Q. */
export function scoresOf(q: Tensor, k: Tensor, scale: number): Scores {
  const [batch, heads, n, size] = q.dims as [number, number, number, number];
  const [, kvHeads, m] = k.dims as [number, number, number];
  const [qs, ks] = [numbersOf(q), numbersOf(k)];
  const values = new Float64Array(batch * heads * n * m);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++) {
      const kAt = (b * kvHeads + Math.floor(h / (heads / kvHeads))) * m * size;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++) {
          let sum = 0;
          for (let d = 0; d < size; d++) sum += qs[((b * heads + h) * n + i) * size + d]! * ks[kAt + j * size + d]!;
          values[((b * heads + h) * n + i) * m + j] = sum * scale;
        }
    }
  return { dims: [batch, heads, n, m], values };
}
export function weighted({ dims: [batch, heads, n, m], values }: Scores, v: Tensor): { readonly dims: readonly number[]; readonly values: Float64Array } {
  const [kvHeads, size] = [v.dims[1]!, v.dims[3]!];
  const vs = numbersOf(v);
  const out = new Float64Array(batch * heads * n * size);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++) {
      const vAt = (b * kvHeads + Math.floor(h / (heads / kvHeads))) * m * size;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++) {
          const w = values[((b * heads + h) * n + i) * m + j]!;
          if (w !== 0) for (let d = 0; d < size; d++) out[((b * heads + h) * n + i) * size + d]! += w * vs[vAt + j * size + d]!;
        }
    }
  return { dims: [batch, heads, n, size], values: out };
}
/** A row that may attend to nothing gives zeros. */
function softmaxRows(values: Float64Array, m: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += m) {
    const row = values.subarray(from, from + m);
    if (row.some((x) => x !== -Infinity)) out.set(softmaxOf(row), from);
  }
  return out;
}

/** The additive bias of a mask, 0 or -Infinity where it is bool; a mask shorter than the keys forbids the rest. */
function maskBias(mask: Tensor, [batch, heads, n, m]: Scores['dims']): (at: number) => number {
  const length = mask.dims[mask.dims.length - 1]!;
  const rows = [batch, heads, n, length === 1 && m !== 1 ? 1 : Math.min(length, m)];
  const offsets = broadcastOffsets(mask.dims, [...rows.slice(0, 3), length]);
  const values = numbersOf(mask);
  return (at) => {
    const [row, j] = [Math.floor(at / m), at % m];
    const column = length === 1 ? 0 : j;
    if (column >= length) return -Infinity;
    const value = values[offsets[row * length + column]!]!;
    return mask.type === 'bool' ? (value ? 0 : -Infinity) : value;
  };
}

const attention: Kernel = (node, inputs) => {
  const [q0, k0, v0] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [mask, pastK, pastV, lengths] = [3, 4, 5, 6].map((i) => optionalAt(node, inputs, i));
  const [q, k1, v1] = [split(q0, intOf(node, 'q_num_heads', 1)), split(k0, intOf(node, 'kv_num_heads', 1)), split(v0, intOf(node, 'kv_num_heads', 1))];
  const [k, v] = [appended(pastK, k1), appended(pastV, v1)];
  const scale = attributeOf(node, 'scale', 'float') ?? 1 / Math.sqrt(q.dims[3]!);
  const { dims, values: raw } = scoresOf(q, k, scale);
  const [, heads, n, m] = dims;
  const softcap = floatOf(node, 'softcap', 0);
  const causal = intOf(node, 'is_causal', 0) === 1;
  const [left, right] = [intOf(node, 'left_window_size', -1), intOf(node, 'right_window_size', -1)];
  const bias = mask && maskBias(mask, dims);
  const valid = lengths && integersOf(lengths);
  const capped = softcap > 0 ? raw.map((x) => softcap * Math.tanh(x / softcap)) : raw;
  const biased = raw.map((_, at) => {
    const [b, i, j] = [Math.floor(at / (heads * n * m)), Math.floor(at / m) % n, at % m];
    // The last query meets the last valid key.
    const here = i + (valid ? valid[b]! - n : (pastK?.dims[2] ?? 0));
    if (valid && j >= valid[b]!) return -Infinity;
    if (causal && j > here) return -Infinity;
    if (left >= 0 && j < here - left) return -Infinity;
    if (right >= 0 && j > here + right) return -Infinity;
    return capped[at]! + (bias ? bias(at) : 0);
  });
  const probabilities = softmaxRows(biased, m);
  const y = weighted({ dims, values: probabilities }, v);
  const out = fromNumbers(q0.type, y.dims, y.values);
  const shown = [raw, capped, biased, probabilities][intOf(node, 'qk_matmul_output_mode', 0)]!;
  return [q0.dims.length === 3 ? joined(out) : out, k, v, fromNumbers(q0.type, dims, shown)];
};

/** A subgraph that changes scores or probabilities, in the precision the node asks for. */
function modified(scores: Scores, body: Graph | undefined, type: Tensor['type'], run: RunBody): Scores {
  if (!body) return scores;
  const [out] = run(body, [fromNumbers(type, scores.dims, scores.values)]) as readonly Datum[];
  return isTensor(out) ? { dims: scores.dims, values: Float64Array.from(numbersOf(out)) } : scores;
}
const flexAttention: Kernel = (node, inputs, run) => {
  const [q, k, v] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const type = q.type === 'float64' ? 'float64' : 'float32';
  const scores = modified(scoresOf(q, k, attributeOf(node, 'scale', 'float') ?? 1 / Math.sqrt(q.dims[3]!)), graphOf(node, 'score_mod'), type, run);
  const probabilities = modified({ dims: scores.dims, values: softmaxRows(scores.values, scores.dims[3]) }, graphOf(node, 'prob_mod'), type, run);
  const y = weighted(probabilities, v);
  return [fromNumbers(q.type, y.dims, y.values)];
};

/** A state [key size, value size] a head, moved by every position; the rule says how. */
const linearAttention: Kernel = (node, inputs) => {
  const [q, k, v] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [past, decay, beta] = [3, 4, 5].map((i) => optionalAt(node, inputs, i));
  const [heads, kvHeads] = [intOf(node, 'q_num_heads', 1), intOf(node, 'kv_num_heads', 1)];
  const [batch, length] = q.dims as [number, number];
  const [dk, dv] = [q.dims[2]! / heads, v.dims[2]! / kvHeads];
  const rule = stringOf(node, 'update_rule', 'gated_delta');
  const scale = floatOf(node, 'scale', 0) || 1 / Math.sqrt(dk);
  const [qs, ks, vs, gs, bs] = [numbersOf(q), numbersOf(k), numbersOf(v), decay && numbersOf(decay), beta && numbersOf(beta)];
  const state = past ? Float64Array.from(numbersOf(past)) : new Float64Array(batch * kvHeads * dk * dv);
  const out = new Float64Array(batch * length * heads * dv);
  const perKey = decay && decay.dims[2] === kvHeads * dk && dk > 1;
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < length; t++)
      for (let h = 0; h < kvHeads; h++) {
        const s = state.subarray((b * kvHeads + h) * dk * dv, (b * kvHeads + h + 1) * dk * dv);
        const at = b * length + t;
        const key = (i: number): number => ks[(at * kvHeads + h) * dk + i]!;
        const value = (j: number): number => vs[(at * kvHeads + h) * dv + j]!;
        if (gs && rule.startsWith('gated'))
          for (let i = 0; i < dk; i++)
            for (let j = 0; j < dv; j++) s[i * dv + j]! *= Math.exp(perKey ? gs[(at * kvHeads + h) * dk + i]! : gs[at * kvHeads + h]!);
        const rate = bs ? bs[beta!.dims[2] === 1 ? at : at * kvHeads + h]! : 1;
        const delta = rule.endsWith('delta');
        for (let j = 0; j < dv; j++) {
          let known = 0;
          if (delta) for (let i = 0; i < dk; i++) known += s[i * dv + j]! * key(i);
          for (let i = 0; i < dk; i++) s[i * dv + j]! += key(i) * (delta ? rate * (value(j) - known) : value(j));
        }
        for (let g = 0; g < heads / kvHeads; g++) {
          const head = h * (heads / kvHeads) + g;
          for (let j = 0; j < dv; j++) {
            let sum = 0;
            for (let i = 0; i < dk; i++) sum += qs[(at * heads + head) * dk + i]! * s[i * dv + j]!;
            out[(at * heads + head) * dv + j] = sum * scale;
          }
        }
      }
  return [fromNumbers(q.type, [batch, length, heads * dv], out), fromNumbers(past?.type ?? q.type, [batch, kvHeads, dk, dv], state)];
};

export const kernels = {
  Attention: attention,
  LinearAttention: linearAttention,
  'ai.onnx.preview:FlexAttention': flexAttention,
} satisfies Record<string, Kernel>;
