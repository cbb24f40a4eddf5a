// Matrix products in double precision; 64-bit integers exactly.
import type { Node } from '@modeldiet/onnx-io';
import { cast, type DType, type Tensor } from '@modeldiet/tensor';
import { floatOf, intOf, stringOf } from '../../attributes';
import { einsumTerms } from '../../shapes/rules/matrix';
import { fromNumbers, fromWide, isWide, numbersOf } from '../array';
import { badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { broadcastDims, broadcastOffsets, eachIndex, product, range, stridesOf } from '../layout';

interface Product {
  readonly dims: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Offsets of the matrices of every batch entry. */
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** The shapes of numpy.matmul. */
export function planProduct(node: Node, left: readonly number[], right: readonly number[]): Product {
  if (left.length === 0 || right.length === 0) badInput(node, 0, 'a scalar is no matrix');
  const a = left.length === 1 ? [1, left[0]!] : left;
  const b = right.length === 1 ? [right[0]!, 1] : right;
  const [m, k] = a.slice(-2) as [number, number];
  const [rows, n] = b.slice(-2) as [number, number];
  if (k !== rows) badInput(node, 1, 'the inner extents differ', { expected: k, actual: rows });
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2));
  const dims = [...batch, ...(left.length === 1 ? [] : [m]), ...(right.length === 1 ? [] : [n])];
  const offsets = (own: readonly number[], size: number): number[] => Array.from(broadcastOffsets(own.slice(0, -2), batch), (at) => at * size);
  return { dims, m, n, k, a: offsets(a, m * k), b: offsets(b, k * n) };
}

/** The product of row-major arrays in double precision. */
export function multiply(x: ArrayLike<number>, y: ArrayLike<number>, { m, n, k, a, b }: Product): Float64Array {
  const out = new Float64Array(a.length * m * n);
  for (let batch = 0; batch < a.length; batch++)
    for (let i = 0; i < m; i++)
      for (let l = 0; l < k; l++) {
        const factor = x[a[batch]! + i * k + l]!;
        const [from, to] = [b[batch]! + l * n, (batch * m + i) * n];
        for (let j = 0; j < n; j++) out[to + j]! += factor * y[from + j]!;
      }
  return out;
}

/** The product of two tensors as a tensor of `type`. */
export function matMulOf(node: Node, x: Tensor, y: Tensor, type: DType): Tensor {
  const plan = planProduct(node, x.dims, y.dims);
  if (isWide(type)) {
    const [p, q] = [x.data as BigInt64Array, y.data as BigInt64Array];
    const out = range(product(plan.dims)).map((at) => {
      const [batch, i, j] = [Math.floor(at / (plan.m * plan.n)), Math.floor(at / plan.n) % plan.m, at % plan.n];
      return range(plan.k).reduce((sum, l) => sum + p[plan.a[batch]! + i * plan.k + l]! * q[plan.b[batch]! + l * plan.n + j]!, 0n);
    });
    return fromWide(type, plan.dims, out);
  }
  return fromNumbers(type, plan.dims, multiply(numbersOf(x), numbersOf(y), plan));
}

const matMul: Kernel = (node, inputs) => {
  const [a, b] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  return [matMulOf(node, a, b, a.type)];
};

/** The last two axes swapped, as double precision. */
export function swapLast(t: Tensor): Tensor {
  const [rows, columns] = t.dims.slice(-2) as [number, number];
  const from = numbersOf(t);
  const out = new Float64Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const [matrix, row, column] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    out[matrix * rows * columns + column * rows + row] = from[i]!;
  }
  return { type: 'float64', dims: [...t.dims.slice(0, -2), columns, rows], data: out };
}

/** alpha * A' * B' + beta * C, C broadcast one way. */
export const gemm: Kernel = (node, inputs) => {
  const [a, b, c] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const [alpha, beta] = [floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1)];
  const [left, right] = [intOf(node, 'transA', 0) ? swapLast(a) : cast(a, 'float64'), intOf(node, 'transB', 0) ? swapLast(b) : cast(b, 'float64')];
  const plan = planProduct(node, left.dims, right.dims);
  const out = multiply(numbersOf(left), numbersOf(right), plan).map((x) => alpha * x);
  if (c && beta !== 0) {
    const [at, from] = [broadcastOffsets(c.dims, plan.dims), numbersOf(c)];
    for (let i = 0; i < out.length; i++) out[i]! += beta * from[at[i]!]!;
  }
  return [fromNumbers(a.type, plan.dims, out)];
};

/** Sums over every letter that the output does not have, straight from the definition. */
const einsum: Kernel = (node, inputs) => {
  const { inputs: terms, output } = einsumTerms(stringOf(node, 'equation', ''));
  const tensors = terms.map((_, i) => tensorAt(node, inputs, i));
  // '...' becomes letters of its own, counted from the right: '0' is the last.
  const letters = terms.map((term, i) => {
    const extra = tensors[i]!.dims.length - (term.includes('.') ? term.length - 1 : term.length);
    return [...term].flatMap((c) => (c === '.' ? range(extra).map((k) => String(extra - 1 - k)) : [c]));
  });
  const leading = Math.max(0, ...letters.map((list) => list.filter((c) => /\d/.test(c)).length));
  const out = [...output].flatMap((c) => (c === '.' ? range(leading).map((k) => String(leading - 1 - k)) : [c]));
  const extents = new Map<string, number>();
  letters.forEach((list, i) => {
    list.forEach((c, axis) => {
      const dim = tensors[i]!.dims[axis]!;
      if (!extents.has(c) || extents.get(c) === 1) extents.set(c, dim);
    });
  });
  const summed = [...extents.keys()].filter((c) => !out.includes(c));
  const all = [...out, ...summed];
  const dims = all.map((c) => extents.get(c)!);
  const strides = tensors.map(({ dims: own }, i) => {
    const steps = stridesOf(own);
    return all.map((c) => letters[i]!.reduce((sum, each, axis) => sum + (each === c && own[axis] !== 1 ? steps[axis]! : 0), 0));
  });
  const values = tensors.map(numbersOf);
  const outDims = out.map((c) => extents.get(c)!);
  const result = new Float64Array(product(outDims));
  const inner = product(summed.map((c) => extents.get(c)!));
  eachIndex(dims, (index, position) => {
    let term = 1;
    for (let i = 0; i < values.length; i++) term *= values[i]![index.reduce((sum, each, k) => sum + each * strides[i]![k]!, 0)]!;
    result[Math.floor(position / inner)]! += term;
  });
  return [fromNumbers(tensors[0]!.type, outDims, result)];
};

/** By elimination with partial pivoting. */
const det: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const n = x.dims[x.dims.length - 1]!;
  const values = numbersOf(x);
  const dims = x.dims.slice(0, -2);
  const out = range(product(dims)).map((batch) => {
    const rows = range(n).map((i) => Array.from(values.slice(batch * n * n + i * n, batch * n * n + (i + 1) * n)));
    let result = 1;
    for (let i = 0; i < n; i++) {
      const pivot = range(n - i).reduce((best, k) => (Math.abs(rows[i + k]![i]!) > Math.abs(rows[best]![i]!) ? i + k : best), i);
      if (rows[pivot]![i] === 0) return 0;
      if (pivot !== i) {
        [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
        result = -result;
      }
      result *= rows[i]![i]!;
      for (let r = i + 1; r < n; r++) {
        const factor = rows[r]![i]! / rows[i]![i]!;
        for (let c = i; c < n; c++) rows[r]![c]! -= factor * rows[i]![c]!;
      }
    }
    return result;
  });
  return [fromNumbers(x.type, dims, out)];
};

export const kernels = { MatMul: matMul, Gemm: gemm, Einsum: einsum, Det: det } satisfies Record<string, Kernel>;
