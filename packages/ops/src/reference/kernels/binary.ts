// Elementwise ops of several inputs, broadcast as numpy does.
import type { Node } from '@modeldiet/onnx-io';
import { elementCount, type Tensor } from '@modeldiet/tensor';
import { floatOf, intOf, opsetOf, stringOf } from '../../attributes';
import { bools, entriesOf, fromEntries, fromNumbers, fromWide, isFloat, isWide, newEntries, numbersOf } from '../array';
import { badInput, type Kernel, tensorAt } from '../kernel';
import { broadcastDims, broadcastOffsets } from '../layout';
import { sigmoid } from './unary';

/** A second input under the first's trailing axes, or from `axis` on, as before opset 7. */
function aligned(node: Node, a: Tensor, b: Tensor): Tensor {
  if (opsetOf(node) >= 7 || intOf(node, 'broadcast', 0) !== 1) return b;
  const axis = intOf(node, 'axis') ?? a.dims.length - b.dims.length;
  return { ...b, dims: [...b.dims, ...Array.from({ length: a.dims.length - axis - b.dims.length }, () => 1)] };
}

/** Calls `f` with the positions of a and b for every element of the broadcast; returns its dims. */
function each(a: Tensor, b: Tensor, f: (position: number, i: number, j: number) => void): readonly number[] {
  const dims = broadcastDims(a.dims, b.dims);
  const [left, right] = [broadcastOffsets(a.dims, dims), broadcastOffsets(b.dims, dims)];
  for (let n = 0; n < left.length; n++) f(n, left[n]!, right[n]!);
  return dims;
}

interface Arithmetic {
  readonly real: (a: number, b: number) => number;
  /** For integers of up to 32 bits; default: real, then wrapped. */
  readonly integer?: (a: number, b: number) => number;
  readonly wide: (a: bigint, b: bigint) => bigint;
}

const wideOf = (t: Tensor): readonly bigint[] =>
  isWide(t.type) ? Array.from(t.data as BigInt64Array) : Array.from(numbersOf(t), (x) => BigInt(Math.trunc(x)));

/** a op b in the type of a. */
function combine(a: Tensor, b: Tensor, { real, integer, wide }: Arithmetic): Tensor {
  const size = elementCount(broadcastDims(a.dims, b.dims));
  if (isWide(a.type)) {
    const [x, y] = [wideOf(a), wideOf(b)];
    const out = new Array<bigint>(size);
    const dims = each(a, b, (n, i, j) => (out[n] = wide(x[i]!, y[j]!)));
    return fromWide(a.type, dims, out);
  }
  const f = isFloat(a.type) ? real : (integer ?? real);
  const [x, y] = [numbersOf(a), numbersOf(b)];
  const out = new Float64Array(size);
  const dims = each(a, b, (n, i, j) => (out[n] = f(x[i]!, y[j]!)));
  return fromNumbers(a.type, dims, out);
}

const binary =
  (arithmetic: Arithmetic): Kernel =>
  (node, inputs) => {
    const a = tensorAt(node, inputs, 0);
    return [combine(a, aligned(node, a, tensorAt(node, inputs, 1)), arithmetic)];
  };

/** Any number of inputs, from the left. */
const variadic =
  (arithmetic: Arithmetic): Kernel =>
  (node, inputs) => [inputs.map((_, i) => tensorAt(node, inputs, i)).reduce((a, b) => combine(a, b, arithmetic))];

/** Products of 32-bit integers do not fit a double. */
const exactInteger = (a: number, b: number): number => (Number.isSafeInteger(a * b) ? a * b : Number(BigInt.asIntN(32, BigInt(a) * BigInt(b))));

const add: Arithmetic = { real: (a, b) => a + b, wide: (a, b) => a + b };
const mul: Arithmetic = { real: (a, b) => a * b, integer: exactInteger, wide: (a, b) => a * b };
const floorMod = (a: bigint, b: bigint): bigint => {
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
};

/** NaN wins, as in numpy. */
const larger = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : a > b ? a : b);
const smaller = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : a < b ? a : b);

/** fmod 0: the sign of b. A zero takes the sign of b, an infinite b leaves a (or gives b, where the signs differ). */
const mod = (a: number, b: number): number => {
  if (Math.abs(b) === Infinity && Number.isFinite(a)) return a === 0 || a > 0 === b > 0 ? (a === 0 ? (b > 0 ? 0 : -0) : a) : b;
  const rest = a % b;
  if (rest === 0) return b > 0 ? 0 : -0;
  return rest > 0 !== b > 0 ? rest + b : rest;
};

const compare =
  (real: (a: number, b: number) => boolean, wide: (a: bigint, b: bigint) => boolean, text?: (a: string, b: string) => boolean): Kernel =>
  (node, inputs) => {
    const a = tensorAt(node, inputs, 0);
    const b = aligned(node, a, tensorAt(node, inputs, 1));
    const out: boolean[] = [];
    let dims: readonly number[];
    if (a.type === 'string' && b.type === 'string') {
      if (!text) badInput(node, 0, 'strings are not compared so');
      dims = each(a, b, (n, i, j) => (out[n] = text(a.data[i]!, b.data[j]!)));
    } else if (isWide(a.type)) {
      const [x, y] = [wideOf(a), wideOf(b)];
      dims = each(a, b, (n, i, j) => (out[n] = wide(x[i]!, y[j]!)));
    } else {
      const [x, y] = [numbersOf(a), numbersOf(b)];
      dims = each(a, b, (n, i, j) => (out[n] = real(x[i]!, y[j]!)));
    }
    return [bools(out, dims)];
  };

/** Bit operations: on two's complement bigints, cut to the type. */
const bitwise = (f: (a: bigint, b: bigint) => bigint): Kernel => binary({ real: (a, b) => Number(f(BigInt(a), BigInt(b))), wide: f });

/** Shifts by a negative number, or by the width of the type or more, leave nothing: 0, or the sign where a negative number goes right. */
const bitShift: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const bits = BigInt(Number(/\d+/.exec(x.type)?.[0] ?? 64));
  const left = stringOf(node, 'direction') === 'LEFT';
  const shift = (a: bigint, by: bigint): bigint => {
    const all = by < 0n || by >= bits;
    if (left) return all ? 0n : BigInt.asUintN(Number(bits), a << by);
    return a >> (all ? bits : by);
  };
  return bitwise(shift)(node, inputs, () => []);
};

/** The low 64 bits of a power, by squaring: an exponent from a file may be any number. A negative one leaves what truncates to an integer. */
function wrappedPower(a: bigint, exponent: bigint): bigint {
  if (exponent < 0n) return a === 1n ? 1n : a === -1n ? (exponent % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let square = BigInt.asIntN(64, a);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

/** The result takes the base's type; integers by integers are exact, wrapped. */
const pow: Kernel = (node, inputs) => {
  const a = tensorAt(node, inputs, 0);
  const b = aligned(node, a, tensorAt(node, inputs, 1));
  const out: number[] = [];
  if (isFloat(a.type) || isFloat(b.type)) {
    const [x, y] = [numbersOf(a), numbersOf(b)];
    const dims = each(a, b, (n, i, j) => (out[n] = x[i] === 1 || y[j] === 0 ? 1 : x[i]! ** y[j]!));
    return [fromNumbers(a.type, dims, out)];
  }
  const [x, y] = [wideOf(a), wideOf(b)];
  const exact: bigint[] = [];
  const dims = each(a, b, (n, i, j) => (exact[n] = wrappedPower(x[i]!, y[j]!)));
  return [
    isWide(a.type)
      ? fromWide(a.type, dims, exact)
      : fromNumbers(
          a.type,
          dims,
          exact.map((each) => Number(BigInt.asIntN(32, each))),
        ),
  ];
};

const where: Kernel = (node, inputs) => {
  const [condition, x, y] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const dims = broadcastDims(condition.dims, x.dims, y.dims);
  const [c, i, j] = [condition, x, y].map((t) => broadcastOffsets(t.dims, dims)) as [Int32Array, Int32Array, Int32Array];
  const [yes, no] = [entriesOf(x), entriesOf(y)];
  const out = newEntries(yes, c.length) as Record<number, unknown>;
  for (let n = 0; n < c.length; n++) out[n] = condition.data[c[n]!] ? yes[i[n]!] : no[j[n]!];
  return [fromEntries(x.type, dims, out as unknown as ReturnType<typeof entriesOf>)];
};

/** PRelu: the slope broadcasts one way, to X. */
const prelu: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const given = tensorAt(node, inputs, 1);
  // Before opset 7 a slope of [C] lay along axis 1.
  const slope =
    opsetOf(node) < 7 && given.dims.length === 1 && given.dims[0] !== 1 ? { ...given, dims: [...given.dims, ...x.dims.slice(2).map(() => 1)] } : given;
  return [combine(x, slope, { real: (a, b) => (a < 0 ? a * b : a), wide: (a, b) => (a < 0n ? a * b : a) })];
};

const mean: Kernel = (node, inputs) => {
  const [sum] = variadic(add)(node, inputs, () => []) as [Tensor];
  return [
    fromNumbers(
      sum.type,
      sum.dims,
      Float64Array.from(numbersOf(sum), (x) => x / inputs.length),
    ),
  ];
};

const swiGlu: Kernel = (node, inputs) => {
  const alpha = floatOf(node, 'alpha', 1);
  return [combine(tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), { real: (a, b) => a * sigmoid(alpha * a) * b, wide: (a) => a })];
};

export const kernels = {
  Add: binary(add),
  Sub: binary({ real: (a, b) => a - b, wide: (a, b) => a - b }),
  Mul: binary(mul),
  Div: binary({ real: (a, b) => a / b, integer: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)), wide: (a, b) => (b === 0n ? 0n : a / b) }),
  Mod: (node, inputs, run) =>
    intOf(node, 'fmod', 0) === 1
      ? binary({ real: (a, b) => a % b, integer: (a, b) => (b === 0 ? 0 : a % b), wide: (a, b) => (b === 0n ? 0n : a % b) })(node, inputs, run)
      : binary({ real: mod, integer: (a, b) => (b === 0 ? 0 : mod(a, b)), wide: (a, b) => (b === 0n ? 0n : floorMod(a, b)) })(node, inputs, run),
  Pow: pow,
  Max: variadic({ real: larger, wide: (a, b) => (a > b ? a : b) }),
  Min: variadic({ real: smaller, wide: (a, b) => (a < b ? a : b) }),
  Sum: variadic(add),
  Mean: mean,
  PRelu: prelu,
  SwiGLU: swiGlu,
  BitwiseAnd: bitwise((a, b) => a & b),
  BitwiseOr: bitwise((a, b) => a | b),
  BitwiseXor: bitwise((a, b) => a ^ b),
  BitShift: bitShift,
  And: compare(
    (a, b) => a !== 0 && b !== 0,
    () => false,
  ),
  Or: compare(
    (a, b) => a !== 0 || b !== 0,
    () => false,
  ),
  Xor: compare(
    (a, b) => (a !== 0) !== (b !== 0),
    () => false,
  ),
  Equal: compare(
    (a, b) => a === b,
    (a, b) => a === b,
    (a, b) => a === b,
  ),
  Less: compare(
    (a, b) => a < b,
    (a, b) => a < b,
  ),
  LessOrEqual: compare(
    (a, b) => a <= b,
    (a, b) => a <= b,
  ),
  Greater: compare(
    (a, b) => a > b,
    (a, b) => a > b,
  ),
  GreaterOrEqual: compare(
    (a, b) => a >= b,
    (a, b) => a >= b,
  ),
  Where: where,
} satisfies Record<string, Kernel>;
