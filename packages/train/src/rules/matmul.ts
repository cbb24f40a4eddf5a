// Gradients of matrix products: for Y = A B, dA = G Bt and dB = At G.
import { attr, type Value } from '@modeldiet/onnx-io';
import type { Emit } from '../emit';
import { type Backward, type GradientRule, number, unbroadcast } from './rule';

const gemm = (e: Emit, a: Value, b: Value, transA: boolean, transB: boolean, alpha = 1): Value =>
  e.op('Gemm', [a, b], { transA: attr.int(transA ? 1 : 0), transB: attr.int(transB ? 1 : 0), ...(alpha !== 1 && { alpha: attr.float(alpha) }) });

/** The last two axes exchanged. */
function swapped(e: Emit, x: Value): Value {
  const rank = e.rank(x);
  const perm = Array.from({ length: rank }, (_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis));
  return e.op('Transpose', [x], { perm: attr.ints(perm) });
}

/** `x` as a matrix whose rows have as many elements as `like` has along `axis`. */
function rows(e: Emit, x: Value, like: Value, axis: number): Value {
  const extent = e.dims(like)?.[axis];
  if (typeof extent === 'number') return e.op('Reshape', [x, e.ints([-1, extent])]);
  const size = e.op('Gather', [e.op('Shape', [like], {}, 'int64'), e.ints([axis])]);
  return e.op('Reshape', [x, e.op('Concat', [e.ints([-1]), size], { axis: attr.int(0) })]);
}

/** B is a matrix: any rank of A works, known or not, because A's leading axes are just more rows. */
function byMatrix({ e, node, needs }: Backward, g: Value): (Value | undefined)[] {
  const [a, b] = node.inputs as [Value, Value];
  if (e.dims(a)?.length === 2) return [needs(0) ? gemm(e, g, b, false, true) : undefined, needs(1) ? gemm(e, a, g, true, false) : undefined];
  return [
    needs(0) ? e.op('MatMul', [g, e.op('Transpose', [b], { perm: attr.ints([1, 0]) })]) : undefined,
    needs(1) ? gemm(e, rows(e, a, b, 0), rows(e, g, b, 1), true, false) : undefined,
  ];
}

/** A is a vector: Y = a B, with B of any rank. */
function rowVector({ e, node, needs }: Backward, g: Value): (Value | undefined)[] {
  const [a, b] = node.inputs as [Value, Value];
  const forA = (): Value => e.sum(rows(e, e.op('MatMul', [b, e.op('Unsqueeze', [g, e.ints([-1])])]), a, 0), [0], false);
  return [needs(0) ? forA() : undefined, needs(1) ? e.op('Mul', [e.op('Unsqueeze', [a, e.ints([1])]), e.op('Unsqueeze', [g, e.ints([-2])])]) : undefined];
}

/** B is a vector: Y = A b, with A of any rank. */
function columnVector({ e, node, needs }: Backward, g: Value): (Value | undefined)[] {
  const [a, b] = node.inputs as [Value, Value];
  const forB = (): Value => e.op('Reshape', [e.op('MatMul', [e.op('Reshape', [g, e.ints([1, -1])]), rows(e, a, b, 0)]), e.shape(b)]);
  return [needs(0) ? e.op('Mul', [e.op('Unsqueeze', [g, e.ints([-1])]), b]) : undefined, needs(1) ? forB() : undefined];
}

/** Both have batch axes, which broadcast. */
function batched({ e, node, needs }: Backward, g: Value): (Value | undefined)[] {
  const [a, b] = node.inputs as [Value, Value];
  const down = (made: Value, x: Value): Value => {
    const [from, to] = [e.dims(x)!, e.dims(node.outputs[0]!)];
    return unbroadcast(e, made, x, to && [...to.slice(0, -2), ...from.slice(-2)]);
  };
  return [needs(0) ? down(e.op('MatMul', [g, swapped(e, b)]), a) : undefined, needs(1) ? down(e.op('MatMul', [swapped(e, a), g]), b) : undefined];
}

const matMul: GradientRule = (backward, [g]) => {
  const { e, node } = backward;
  const [a, b] = node.inputs as [Value, Value];
  if (!g) return [];
  const rankOfB = e.dims(b)?.length;
  if (rankOfB === 2) return e.dims(a)?.length === 1 ? rowVector(backward, g) : byMatrix(backward, g);
  const [rankA, rank] = [e.rank(a), e.rank(b)];
  if (rankA === 1 && rank === 1) return [e.op('Mul', [g, b]), e.op('Mul', [g, a])];
  return rankA === 1 ? rowVector(backward, g) : rank === 1 ? columnVector(backward, g) : batched(backward, g);
};

/** Y = alpha A' B' + beta C, where ' is a transpose if asked for. */
const gemmRule: GradientRule = ({ e, node, needs }, [g]) => {
  const [a, b, c] = node.inputs as [Value, Value, Value | undefined];
  if (!g) return [];
  const [tA, tB, alpha, beta] = [number(node, 'transA', 0) === 1, number(node, 'transB', 0) === 1, number(node, 'alpha', 1), number(node, 'beta', 1)];
  const forC = (): Value => {
    const down = unbroadcast(e, g, c!, e.dims(node.outputs[0]!));
    return beta === 1 ? down : e.op('Mul', [down, e.scalar(beta, g)]);
  };
  return [
    needs(0) ? (tA ? gemm(e, b, g, tB, true, alpha) : gemm(e, g, b, false, !tB, alpha)) : undefined,
    needs(1) ? (tB ? gemm(e, g, a, true, tA, alpha) : gemm(e, a, g, !tA, false, alpha)) : undefined,
    c && needs(2) ? forC() : undefined,
  ];
};

export const products = { MatMul: matMul, Gemm: gemmRule } as const satisfies Record<string, GradientRule>;
