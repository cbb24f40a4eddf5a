// Reductions over axes, arg-reductions, cumulative ops, TopK.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { intOf, opsetOf } from '../../attributes';
import { fromNumbers, fromWide, int64s, integersOf, isWide, numbersOf, pick } from '../array';
import { axisOf, type Datum, type Kernel, tensorAt } from '../kernel';
import { aroundAxis, elementCount, offsetsOf, product, range, replaceAt, stridesOf } from '../layout';
import { listAt } from './reshape';

interface Plan {
  readonly dims: readonly number[];
  /** The first position of every result, and the steps from it to the elements it reduces. */
  readonly starts: Int32Array;
  readonly steps: Int32Array;
}

/** The reduced axes; undefined: the op does nothing. */
function axesOf(node: Node, inputs: readonly (Datum | undefined)[], rank: number): readonly number[] | undefined {
  const given = listAt(node, inputs, 'axes', 1);
  if (given?.length) return given.map((axis) => axisOf(node, axis, rank));
  return intOf(node, 'noop_with_empty_axes', 0) === 1 ? undefined : range(rank);
}

function planOf(x: Tensor, axes: readonly number[], keep: boolean): Plan {
  const strides = stridesOf(x.dims);
  const kept = range(x.dims.length).filter((axis) => !axes.includes(axis));
  const of = (list: readonly number[]): Int32Array =>
    offsetsOf(
      list.map((axis) => x.dims[axis]!),
      list.map((axis) => strides[axis]!),
    );
  return {
    dims: keep ? x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : kept.map((axis) => x.dims[axis]!),
    starts: of(kept),
    steps: of([...axes].sort((a, b) => a - b)),
  };
}

interface Reduction {
  readonly real: (values: Float64Array, type: string) => number;
  readonly wide?: (values: readonly bigint[]) => bigint;
  /** What one value alone becomes when nothing is reduced (noop_with_empty_axes). */
  readonly alone?: (x: number) => number;
}

const reduce =
  ({ real, wide, alone = (x) => x }: Reduction): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const axes = axesOf(node, inputs, x.dims.length);
    if (!axes) return [isWide(x.type) ? x : fromNumbers(x.type, x.dims, Float64Array.from(numbersOf(x), alone))];
    const { dims, starts, steps } = planOf(x, axes, intOf(node, 'keepdims', 1) === 1);
    if (isWide(x.type) && wide) {
      const from = x.data as BigInt64Array;
      return [
        fromWide(
          x.type,
          dims,
          Array.from(starts, (start) => wide(Array.from(steps, (step) => from[start + step]!))),
        ),
      ];
    }
    const from = numbersOf(x);
    return [
      fromNumbers(
        x.type,
        dims,
        Float64Array.from(starts, (start) =>
          real(
            Float64Array.from(steps, (step) => from[start + step]!),
            x.type,
          ),
        ),
      ),
    ];
  };

const total = (values: Float64Array): number => {
  let sum = 0;
  for (const x of values) sum += x;
  return sum;
};
const least = (type: string): number =>
  type.includes('float') ? -Infinity : type === 'bool' || type.startsWith('u') ? 0 : -(2 ** (Number(type.slice(3)) - 1));
const most = (type: string): number =>
  type.includes('float') ? Infinity : type === 'bool' ? 1 : type.startsWith('u') ? 2 ** Number(type.slice(4)) - 1 : 2 ** (Number(type.slice(3)) - 1) - 1;
const extreme = (values: Float64Array, start: number, better: (a: number, b: number) => boolean): number => {
  let best = start;
  for (const x of values) if (Number.isNaN(x) || better(x, best)) best = x;
  return best;
};
const logSumExp = (values: Float64Array): number => {
  const max = extreme(values, -Infinity, (a, b) => a > b);
  if (!Number.isFinite(max)) return max;
  return max + Math.log(total(values.map((x) => Math.exp(x - max))));
};

/** The first (or last) place of the best along an axis. */
const argReduce =
  (better: (a: number, b: number) => boolean): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const axis = axisOf(node, intOf(node, 'axis', 0), x.dims.length);
    const last = intOf(node, 'select_last_index', 0) === 1;
    const { dims, starts, steps } = planOf(x, [axis], intOf(node, 'keepdims', 1) === 1);
    const from = numbersOf(x);
    const best = Array.from(starts, (start) => {
      let at = 0;
      for (let i = 1; i < steps.length; i++) {
        const [here, there] = [from[start + steps[i]!]!, from[start + steps[at]!]!];
        if (better(here, there) || (last && here === there)) at = i;
      }
      return at;
    });
    return [int64s(best, dims)];
  };

const cumulate =
  (real: (a: number, b: number) => number, wide: (a: bigint, b: bigint) => bigint, neutral: 0 | 1): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const axis = axisOf(node, integersOf(tensorAt(node, inputs, 1))[0]!, x.dims.length);
    const [outer, extent, inner] = aroundAxis(x.dims, axis);
    const [exclusive, reverse] = [intOf(node, 'exclusive', 0) === 1, intOf(node, 'reverse', 0) === 1];
    const walk = <T>(from: ArrayLike<T>, to: T[], start: T, f: (a: T, b: T) => T): void => {
      for (let line = 0; line < outer * inner; line++) {
        let sum = start;
        for (let k = 0; k < extent; k++) {
          const at = (Math.floor(line / inner) * extent + (reverse ? extent - 1 - k : k)) * inner + (line % inner);
          const next = f(sum, from[at]!);
          to[at] = exclusive ? sum : next;
          sum = next;
        }
      }
    };
    if (isWide(x.type)) {
      const out = new Array<bigint>(elementCount(x.dims));
      walk(x.data as BigInt64Array, out, BigInt(neutral), wide);
      return [fromWide(x.type, x.dims, out)];
    }
    const out = new Array<number>(elementCount(x.dims));
    walk(numbersOf(x), out, neutral, real);
    return [fromNumbers(x.type, x.dims, out)];
  };

/** Equal values keep the order of their indices. */
const topK: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const k = intOf(node, 'k') ?? integersOf(tensorAt(node, inputs, 1))[0]!;
  const axis = axisOf(node, intOf(node, 'axis', -1), x.dims.length);
  const largest = opsetOf(node) < 11 || intOf(node, 'largest', 1) === 1;
  const [outer, extent, inner] = aroundAxis(x.dims, axis);
  const values = isWide(x.type) ? Array.from(x.data as BigInt64Array) : Array.from(numbersOf(x));
  const dims = replaceAt(x.dims, axis, k);
  const indices = new Array<number>(product(dims));
  for (let line = 0; line < outer * inner; line++) {
    const at = (i: number): number => (Math.floor(line / inner) * extent + i) * inner + (line % inner);
    const order = range(extent).sort((i, j) => {
      const [a, b] = [values[at(i)]!, values[at(j)]!];
      return (a === b ? 0 : a > b === largest ? -1 : 1) || i - j;
    });
    for (let i = 0; i < k; i++) indices[(Math.floor(line / inner) * k + i) * inner + (line % inner)] = order[i]!;
  }
  const y = pick(x, dims, (n) => (Math.floor(n / (k * inner)) * extent + indices[n]!) * inner + (n % inner));
  return [y, int64s(indices, dims)];
};

export const kernels = {
  ReduceSum: reduce({ real: total, wide: (values) => values.reduce((a, b) => a + b, 0n) }),
  ReduceMean: reduce({ real: (values) => total(values) / values.length, wide: (values) => values.reduce((a, b) => a + b, 0n) / BigInt(values.length || 1) }),
  ReduceProd: reduce({ real: (values) => values.reduce((a, b) => a * b, 1), wide: (values) => values.reduce((a, b) => a * b, 1n) }),
  ReduceMax: reduce({
    real: (values, type) => extreme(values, least(type), (a, b) => a > b),
    wide: (values) => values.reduce((a, b) => (a > b ? a : b), values[0] ?? -(2n ** 63n)),
  }),
  ReduceMin: reduce({
    real: (values, type) => extreme(values, most(type), (a, b) => a < b),
    wide: (values) => values.reduce((a, b) => (a < b ? a : b), values[0] ?? 2n ** 63n - 1n),
  }),
  ReduceL1: reduce({ real: (values) => total(values.map(Math.abs)), wide: (values) => values.reduce((a, b) => a + (b < 0n ? -b : b), 0n), alone: Math.abs }),
  ReduceL2: reduce({ real: (values) => Math.sqrt(total(values.map((x) => x * x))), alone: Math.abs }),
  ReduceSumSquare: reduce({ real: (values) => total(values.map((x) => x * x)), wide: (values) => values.reduce((a, b) => a + b * b, 0n), alone: (x) => x * x }),
  ReduceLogSum: reduce({ real: (values) => Math.log(total(values)), alone: Math.log }),
  ReduceLogSumExp: reduce({ real: logSumExp }),
  ArgMax: argReduce((a, b) => a > b),
  ArgMin: argReduce((a, b) => a < b),
  CumSum: cumulate(
    (a, b) => a + b,
    (a, b) => a + b,
    0,
  ),
  CumProd: cumulate(
    (a, b) => a * b,
    (a, b) => a * b,
    1,
  ),
  TopK: topK,
} satisfies Record<string, Kernel>;
