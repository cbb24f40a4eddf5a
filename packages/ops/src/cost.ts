// Multiply-accumulates by op: only products count (convolutions, matrix products, recurrent layers, attention), as published MAC counts do.
import type { Dim, Node } from '@modeldiet/onnx-io';
import { intOf, stringOf } from './attributes';
import { addDims, floorDivDims, mulDims, sizeOf, unknown } from './dims';
import type { CostRule, Shapes } from './facts';
import { broadcast, type Shape, shapeAt } from './shapes/rule';
import { einsumTerms } from './shapes/rules/matrix';

const outputAt = (node: Node, shapes: Shapes, index = 0): Shape | undefined => {
  const value = node.outputs[index];
  const type = value && shapes.of(value);
  return type?.kind === 'tensor' ? type.shape : undefined;
};
const macs = (dim: Dim): { readonly macs: Dim } => ({ macs: dim });
/** It depends on what only a run knows. */
export const untold: CostRule = () => macs(unknown);
const product = (...dims: (Dim | undefined)[]): Dim => dims.reduce<Dim>((a, b) => mulDims(a, b ?? unknown), 1);

/** Every output element sums C/group * kernel products: the weight's size over its first axis. */
export const conv =
  (weight = 1): CostRule =>
  (node, shapes) => {
    const [out, w] = [outputAt(node, shapes), shapeAt(node, shapes, weight)];
    return macs(out && w ? mulDims(sizeOf(out), sizeOf(w.slice(1))) : unknown);
  };

/** ConvTranspose: every input element meets M/group * kernel weights. */
export const convTranspose: CostRule = (node, shapes) => {
  const [x, w] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  return macs(x && w ? mulDims(sizeOf(x), sizeOf(w.slice(1))) : unknown);
};

/** Output size * K, K the last axis of input `a`. */
export const matMul =
  (a = 0): CostRule =>
  (node, shapes) => {
    const [out, left] = [outputAt(node, shapes), shapeAt(node, shapes, a)];
    return macs(out && left ? mulDims(sizeOf(out), left[left.length - 1] ?? 1) : unknown);
  };
export const fusedMatMul: CostRule = (node, shapes) => {
  const [out, left] = [outputAt(node, shapes), shapeAt(node, shapes, 0)];
  return macs(out && left ? mulDims(sizeOf(out), left[left.length - (intOf(node, 'transA', 0) ? 2 : 1)] ?? unknown) : unknown);
};
export const gemm: CostRule = (node, shapes) => {
  const [out, a] = [outputAt(node, shapes), shapeAt(node, shapes, 0)];
  return macs(out && a ? mulDims(sizeOf(out), a[intOf(node, 'transA', 0) ? 0 : 1] ?? unknown) : unknown);
};

/** Einsum as one contraction: the product of all letters' extents. */
export const einsum: CostRule = (node, shapes) => {
  const { inputs } = einsumTerms(stringOf(node, 'equation', ''));
  if (inputs.length < 2) return macs(0);
  const extents = new Map<string, Dim>();
  let batch: Shape | undefined = [];
  for (const [i, term] of inputs.entries()) {
    const shape = shapeAt(node, shapes, i);
    if (!shape) return macs(unknown);
    const extra = term.includes('.') ? shape.length - (term.length - 1) : 0;
    let at = 0;
    for (const c of term) {
      if (c === '.') {
        batch = broadcast([batch, shape.slice(at, at + extra)]);
        at += extra;
      } else {
        const dim = shape[at++] ?? unknown;
        if (!extents.has(c) || extents.get(c) === 1) extents.set(c, dim);
      }
    }
  }
  return macs(product(...extents.values(), sizeOf(batch ?? [unknown])));
};

/** RNN 1, GRU 3, LSTM 4 gates: gates * hidden * (input + hidden), a step, a sample, a direction. */
export const recurrent =
  (gates: number): CostRule =>
  (node, shapes) => {
    const x = shapeAt(node, shapes, 0);
    const hidden = intOf(node, 'hidden_size') ?? shapeAt(node, shapes, 2)?.[2] ?? unknown;
    const directions = stringOf(node, 'direction', 'forward') === 'bidirectional' ? 2 : 1;
    return macs(x ? product(directions * gates, x[0], x[1], hidden, addDims(x[2] ?? unknown, hidden)) : unknown);
  };

/** Attention of ai.onnx: scores and the weighted sum, heads * q * kv * (size of K + size of V). */
export const attention: CostRule = (node, shapes) => {
  const [y, present, presentV] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1), shapeAt(node, shapes, 2)];
  const past = shapeAt(node, shapes, 4);
  if (!y || !present || !presentV) return macs(unknown);
  const flat = y.length === 3;
  const heads: Dim = flat ? (intOf(node, 'q_num_heads') ?? unknown) : y[1]!;
  const kvHeads: Dim = flat ? (intOf(node, 'kv_num_heads') ?? unknown) : present[1]!;
  const total = addDims(flat ? present[1]! : present[2]!, past?.[2] ?? 0);
  const sizes = flat ? addDims(floorDivDims(present[2]!, kvHeads), floorDivDims(presentV[2]!, kvHeads)) : addDims(present[3]!, presentV[3]!);
  return macs(product(y[0], heads, flat ? y[1] : y[2], total, sizes));
};

/** com.microsoft:Attention: the product with the packed weights, then both products of Q [batch, seq, hidden] with all keys, past ones included. */
export const projectedAttention =
  (pastAt = 4): CostRule =>
  (node, shapes) => {
    const [x, w, past] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1), shapeAt(node, shapes, pastAt)];
    const out = outputAt(node, shapes);
    const keys = addDims(x?.[1] ?? unknown, node.inputs[pastAt] ? (past?.[3] ?? unknown) : 0);
    return macs(addDims(product(2, out?.[0], out?.[1], keys, out?.[2]), product(x?.[0], x?.[1], w?.[0], w?.[1])));
  };

/** MoE and QMoE: each token meets the weights of its `k` experts, those at inputs `weights`: [experts, rows, columns], columns packed into bytes where they are codes. */
export const mixture =
  (weights: readonly number[], packed: boolean): CostRule =>
  (node, shapes) => {
    const x = shapeAt(node, shapes, 0);
    const perByte = packed ? 8 / intOf(node, 'expert_weight_bits', 4) : 1;
    const each = weights
      .filter((i) => node.inputs[i])
      .reduce<Dim>((sum, i) => {
        const w = shapeAt(node, shapes, i);
        return addDims(sum, product(w?.[1], w?.[2], perByte));
      }, 0);
    return macs(x ? product(sizeOf(x.slice(0, -1)), intOf(node, 'k', 1), each) : unknown);
  };

/**
 * MultiHeadAttention and GroupQueryAttention: both products, 2 * batch * queries * keys * hidden. Keys are those of K (or of Q, packed) and of the cache at `past`;
 * where input `total` tells how many there are, those.
 */
export const headsAttention =
  (past: number, total?: number): CostRule =>
  (node, shapes) => {
    const [q, k, cache] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1), shapeAt(node, shapes, past)];
    const out = outputAt(node, shapes);
    const own = node.inputs[1] ? (k?.length === 4 ? k[2] : k?.[1]) : q?.[1];
    const told = total === undefined || !node.inputs[total] ? undefined : shapes.elements(node.inputs[total])?.data[0];
    const keys = told ?? addDims(own ?? unknown, node.inputs[past] ? (cache?.[2] ?? unknown) : 0);
    return macs(product(2, out?.[0], out?.[1], keys, out?.[2]));
  };

/** com.microsoft:MatMulNBits: output size * K. */
export const matMulNBits: CostRule = (node, shapes) => {
  const out = outputAt(node, shapes);
  return macs(out ? mulDims(sizeOf(out), intOf(node, 'K') ?? unknown) : unknown);
};

/** FlexAttention: Q, K, V are [batch, heads, seq, size]. */
export const flexAttention: CostRule = (node, shapes) => {
  const [q, k, v] = [0, 1, 2].map((i) => shapeAt(node, shapes, i));
  return macs(q && k && v ? product(q[0], q[1], q[2], k[2], addDims(q[3] ?? unknown, v[3] ?? unknown)) : unknown);
};
