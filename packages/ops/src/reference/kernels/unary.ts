// Elementwise ops of one input on real numbers. Formulas: ONNX operator spec; erf: DLMF 7.6.2 (series) and 7.9.4 (continued fraction).
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { floatOf, intOf, stringOf } from '../../attributes';
import { bools, fromNumbers, fromWide, isWide, numbersOf } from '../array';
import { badType, type Kernel, optionalAt, tensorAt } from '../kernel';

type Real = (x: number, node: Node) => number;

/** y = f(x); 64-bit integers by `wide`, where the op has them. */
export const unary =
  (f: Real, wide?: (x: bigint) => bigint): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    if (isWide(x.type)) {
      if (!wide) badType(node, x.type);
      return [fromWide(x.type, x.dims, Array.from(x.data as BigInt64Array, wide))];
    }
    return [
      fromNumbers(
        x.type,
        x.dims,
        Float64Array.from(numbersOf(x), (each) => f(each, node)),
      ),
    ];
  };

/** y = f(x) with parameters read once. */
const withParameters =
  (make: (node: Node) => (x: number) => number): Kernel =>
  (node, inputs) => {
    const f = make(node);
    return unary(f)(node, inputs, () => []);
  };

const predicate =
  (f: (x: number, node: Node) => boolean): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    return [
      bools(
        Array.from(numbersOf(x), (each) => f(each, node)),
        x.dims,
      ),
    ];
  };

/** Half to even. */
export const roundEven = (x: number): number => {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest === 0) return x;
  const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  const rounded = up ? down + 1 : down;
  return rounded === 0 && x < 0 ? -0 : rounded;
};

export function erf(x: number): number {
  const a = Math.abs(x);
  if (a === 0 || Number.isNaN(x)) return x;
  if (a > 6) return Math.sign(x);
  if (a < 2) {
    let term = a;
    let sum = a;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return (Math.sign(x) * 2 * sum * Math.exp(-a * a)) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
}

export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
export const softplus = (x: number): number => (x > 30 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
/** NaN stays NaN. */
export const relu = (x: number): number => (x < 0 ? 0 : x);
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
export const gelu = (x: number, approximate: boolean): number =>
  approximate ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) : 0.5 * x * (1 + erf(x / Math.SQRT2));

const selu = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

/** min and max are attributes before opset 11, inputs from then on; where they cross, max wins. */
const clip: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const bound = (name: string, index: number): Tensor | undefined => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === 'float' ? fromNumbers('float64', [], [attribute.value]) : optionalAt(node, inputs, index);
  };
  const [min, max] = [bound('min', 1), bound('max', 2)];
  if (isWide(x.type)) {
    const [low, high] = [min, max].map((t) => t && (t.data as BigInt64Array)[0]!);
    return [
      fromWide(
        x.type,
        x.dims,
        Array.from(x.data as BigInt64Array, (each) => ((v) => (high !== undefined && v > high ? high : v))(low !== undefined && each < low ? low : each)),
      ),
    ];
  }
  const [low, high] = [min ? numbersOf(min)[0]! : -Infinity, max ? numbersOf(max)[0]! : Infinity];
  return [
    fromNumbers(
      x.type,
      x.dims,
      numbersOf(x).map((each) => Math.min(Math.max(each, low), high)),
    ),
  ];
};

export const kernels = {
  Clip: clip,
  Abs: unary(Math.abs, (x) => (x < 0n ? -x : x)),
  Neg: unary(
    (x) => -x,
    (x) => -x,
  ),
  Sign: unary(Math.sign, (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n)),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundEven),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Asin: unary(Math.asin),
  Acos: unary(Math.acos),
  Atan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Tanh: unary(Math.tanh),
  Asinh: unary(Math.asinh),
  Acosh: unary(Math.acosh),
  Atanh: unary(Math.atanh),
  Erf: unary(erf),
  Sigmoid: unary(sigmoid),
  Softplus: unary(softplus),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  Relu: unary(relu, (x) => (x < 0n ? 0n : x)),
  HardSwish: unary((x) => x * clamp(x / 6 + 0.5, 0, 1)),
  Mish: unary((x) => x * Math.tanh(softplus(x))),
  LeakyRelu: withParameters((node) => {
    const alpha = floatOf(node, 'alpha', 0.01);
    return (x) => (x < 0 ? alpha * x : x);
  }),
  ThresholdedRelu: withParameters((node) => {
    const alpha = floatOf(node, 'alpha', 1);
    return (x) => (x > alpha ? x : 0);
  }),
  Elu: withParameters((node) => {
    const alpha = floatOf(node, 'alpha', 1);
    return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
  }),
  Celu: withParameters((node) => {
    const alpha = floatOf(node, 'alpha', 1);
    return (x) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
  }),
  Selu: withParameters((node) => {
    const [alpha, gamma] = [floatOf(node, 'alpha', selu.alpha), floatOf(node, 'gamma', selu.gamma)];
    return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
  }),
  HardSigmoid: withParameters((node) => {
    const [alpha, beta] = [floatOf(node, 'alpha', 0.2), floatOf(node, 'beta', 0.5)];
    return (x) => clamp(alpha * x + beta, 0, 1);
  }),
  Gelu: withParameters((node) => {
    const approximate = stringOf(node, 'approximate', 'none') === 'tanh';
    return (x) => gelu(x, approximate);
  }),
  Swish: withParameters((node) => {
    const alpha = floatOf(node, 'alpha', 1);
    return (x) => x * sigmoid(alpha * x);
  }),
  Shrink: withParameters((node) => {
    const [bias, lambda] = [floatOf(node, 'bias', 0), floatOf(node, 'lambd', 0.5)];
    return (x) => (x < -lambda ? x + bias : x > lambda ? x - bias : 0);
  }),
  ScaledTanh: withParameters((node) => {
    const [alpha, beta] = [floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1)];
    return (x) => alpha * Math.tanh(beta * x);
  }),
  Affine: withParameters((node) => {
    const [alpha, beta] = [floatOf(node, 'alpha', 1), floatOf(node, 'beta', 0)];
    return (x) => alpha * x + beta;
  }),
  Not: predicate((x) => x === 0),
  IsNaN: predicate((x) => Number.isNaN(x)),
  IsInf: predicate((x, node) => (x === Infinity && intOf(node, 'detect_positive', 1) === 1) || (x === -Infinity && intOf(node, 'detect_negative', 1) === 1)),
  BitwiseNot: unary(
    (x) => -x - 1,
    (x) => ~x,
  ),
  Identity: (_node, [x]) => [x],
} satisfies Record<string, Kernel>;
