// Gradients of elementwise ops. g is dL/dy; the maths stands beside each row.
import { type Dim, opKey, stringParam, type Value } from '@modeldiet/onnx-io';
import { type Emit, isFloat } from '../emit';
import { binary, type GradientRule, number, unary, unbroadcast, variadic } from './rule';

const mul = (e: Emit, a: Value, b: Value): Value => e.mul(a, b);
const add = (e: Emit, a: Value, b: Value): Value => e.op('Add', [a, b]);
const sub = (e: Emit, a: Value, b: Value): Value => e.op('Sub', [a, b]);
const div = (e: Emit, a: Value, b: Value): Value => e.op('Div', [a, b]);
const neg = (e: Emit, a: Value): Value => e.op('Neg', [a]);
const times = (e: Emit, a: Value, x: number): Value => mul(e, a, e.scalar(x, a));
const sameDims = (a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((extent, axis) => extent === b[axis]);
/** g (shaped as y) before it was spread, where a product with `x`, shaped as y too, spreads it all the same. */
const narrow = (e: Emit, g: Value, x: Value, y: Value): Value =>
  g.producer && opKey(g.producer) === 'Expand' && sameDims(e.dims(x), e.dims(y)) ? g.producer.inputs[0]! : g;
/** g where `condition` holds, 0 elsewhere. */
const where = (e: Emit, condition: Value, g: Value): Value => e.op('Where', [condition, g, e.scalar(0, g)], {}, e.dtype(g));
const compare = (e: Emit, op: 'Greater' | 'Less' | 'GreaterOrEqual' | 'LessOrEqual' | 'Equal', a: Value, b: Value): Value => e.op(op, [a, b], {}, 'bool');

/** y = clip(x, min, max): g inside the bounds. The bounds themselves get no gradient. */
const clip: GradientRule = ({ e, node }, [g]) => {
  const [x, min, max] = node.inputs;
  if (!g || !x) return [];
  let inside = min && compare(e, 'GreaterOrEqual', x, min);
  if (max) {
    const below = compare(e, 'LessOrEqual', x, max);
    inside = inside ? e.op('And', [inside, below]) : below;
  }
  return [inside ? where(e, inside, g) : g];
};

/** y = c ? a : b. */
const select: GradientRule = ({ e, node, needs }, [g]) => {
  const [c, a, b] = node.inputs as [Value, Value, Value];
  const y = node.outputs[0]!;
  if (!g) return [];
  const zero = e.scalar(0, g);
  const part = (from: readonly Value[], x: Value): Value => unbroadcast(e, e.op('Where', from, {}, e.dtype(g)), x, e.dims(y));
  return [undefined, needs(1) ? part([c, g, zero], a) : undefined, needs(2) ? part([c, zero, g], b) : undefined];
};

/** y = a^b: da = g b a^(b-1), db = g y ln(a), the latter 0 where a <= 0 has no logarithm. */
const powBase = (e: Emit, g: Value, a: Value, b: Value): Value => {
  const exponent = e.cast(b, isFloat(e.dtype(g)) ? (e.dtype(g) as 'float32') : 'float32');
  return mul(e, g, mul(e, exponent, e.op('Pow', [a, sub(e, exponent, e.scalar(1, exponent))])));
};
const powExponent = (e: Emit, g: Value, a: Value, _: Value, y: Value): Value => {
  const positive = compare(e, 'Greater', a, e.scalar(0, a));
  const log = e.op('Log', [e.op('Where', [positive, a, e.scalar(1, a)], {}, e.dtype(a))]);
  return mul(e, g, mul(e, y, log));
};

/** y = max(x0, x1, ...) and min: g where x is the result, shared among those that tie. */
const extreme: GradientRule = ({ e, node, needs }, [g]) => {
  const y = node.outputs[0]!;
  if (!g) return [];
  const type = e.dtype(g) as 'float32';
  const wins = node.inputs.map((x) => e.cast(compare(e, 'Equal', x!, y), type));
  const count = wins.reduce((a, b) => add(e, a, b));
  return node.inputs.map((x, i) => (needs(i) ? unbroadcast(e, mul(e, g, div(e, wins[i]!, count)), x!, e.dims(y)) : undefined));
};

/** y = x Phi(x): dy = Phi(x) + x phi(x); approximate 'tanh' differentiates its own formula. */
const gelu = unary((e, g, x, _, node) => {
  const half = e.scalar(0.5, x);
  if (stringParam(node, 'approximate') === 'tanh') {
    const c = Math.sqrt(2 / Math.PI);
    const square = mul(e, x, x);
    const inner = mul(e, x, add(e, times(e, square, c * 0.044715), e.scalar(c, x)));
    const t = e.op('Tanh', [inner]);
    const slope = add(e, times(e, square, 3 * c * 0.044715), e.scalar(c, x));
    const bell = mul(e, mul(e, mul(e, x, half), sub(e, e.scalar(1, x), mul(e, t, t))), slope);
    return mul(e, g, add(e, mul(e, half, add(e, t, e.scalar(1, x))), bell));
  }
  const cdf = mul(e, half, add(e, e.op('Erf', [times(e, x, Math.SQRT1_2)]), e.scalar(1, x)));
  const pdf = times(e, e.op('Exp', [times(e, mul(e, x, x), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
  return mul(e, g, add(e, cdf, mul(e, x, pdf)));
});

/** y = max(0, min(1, alpha x + beta)): alpha g strictly inside. */
const hardSigmoid = unary((e, g, _, y, node) => {
  const inside = e.op('And', [compare(e, 'Greater', y, e.scalar(0, y)), compare(e, 'Less', y, e.scalar(1, y))], {}, 'bool');
  return where(e, inside, times(e, g, number(node, 'alpha', 0.2)));
});

/** y = x sigmoid-like gate max(0, min(1, x/6 + 1/2)): dy = 0 below -3, 1 above 3, (2x + 3) / 6 between. */
const hardSwish = unary((e, g, x) => {
  const between = div(e, add(e, times(e, x, 2), e.scalar(3, x)), e.scalar(6, x));
  const upper = e.op('Where', [compare(e, 'GreaterOrEqual', x, e.scalar(3, x)), g, mul(e, g, between)], {}, e.dtype(g));
  return where(e, compare(e, 'Greater', x, e.scalar(-3, x)), upper);
});

export const elementwise = {
  Add: binary(
    (_, g) => g,
    (_, g) => g,
  ),
  Sub: binary((_, g) => g, neg),
  Mul: binary(
    (e, g, _, b, y) => mul(e, narrow(e, g, b, y), b),
    (e, g, a, _, y) => mul(e, narrow(e, g, a, y), a),
  ),
  /** y = a / b: da = g / b, db = -g y / b. */
  Div: binary(
    (e, g, _, b) => div(e, g, b),
    (e, g, _, b, y) => neg(e, div(e, mul(e, g, y), b)),
  ),
  Pow: binary(powBase, powExponent),
  Sum: variadic((_, g) => g),
  Mean: variadic((e, g, _x, _y, node) => times(e, g, 1 / node.inputs.length)),
  Max: extreme,
  Min: extreme,
  Where: select,
  Neg: unary((e, g) => neg(e, g)),
  Exp: unary((e, g, _, y) => mul(e, g, y)),
  Log: unary((e, g, x) => div(e, g, x)),
  Sqrt: unary((e, g, _, y) => times(e, div(e, g, y), 0.5)),
  Abs: unary((e, g, x) => mul(e, g, e.op('Sign', [x]))),
  Reciprocal: unary((e, g, _, y) => neg(e, mul(e, g, mul(e, y, y)))),
  /** y = 1 / (1 + exp(-x)): dy = y (1 - y). */
  Sigmoid: unary((e, g, _, y) => mul(e, g, mul(e, y, sub(e, e.scalar(1, y), y)))),
  /** dy = 1 - y^2. */
  Tanh: unary((e, g, _, y) => mul(e, g, sub(e, e.scalar(1, y), mul(e, y, y)))),
  /** dy = 1 where y > 0, and 0 at 0. */
  Relu: unary((e, g, _, y) => where(e, compare(e, 'Greater', y, e.scalar(0, y)), g)),
  LeakyRelu: unary((e, g, x, _, node) =>
    e.op('Where', [compare(e, 'Greater', x, e.scalar(0, x)), g, times(e, g, number(node, 'alpha', 0.01))], {}, e.dtype(g)),
  ),
  /** y = x > 0 ? x : alpha (exp(x) - 1): dy = 1, or y + alpha. */
  Elu: unary((e, g, x, y, node) => {
    const below = mul(e, g, add(e, y, e.scalar(number(node, 'alpha', 1), y)));
    return e.op('Where', [compare(e, 'Greater', x, e.scalar(0, x)), g, below], {}, e.dtype(g));
  }),
  /** y = ln(1 + exp(x)): dy = sigmoid(x). */
  Softplus: unary((e, g, x) => mul(e, g, e.op('Sigmoid', [x]))),
  /** dy = 2 / sqrt(pi) exp(-x^2). */
  Erf: unary((e, g, x) => mul(e, g, times(e, e.op('Exp', [neg(e, mul(e, x, x))]), 2 / Math.sqrt(Math.PI)))),
  Gelu: gelu,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Clip: clip,
  /** Between float types; what comes from integers has no gradient. */
  Cast: ({ e, node }, [g]) => {
    const from = e.dtype(node.inputs[0]!);
    return [g && (isFloat(from) ? e.cast(g, from) : undefined)];
  },
  CastLike: ({ e, node }, [g]) => {
    const from = e.dtype(node.inputs[0]!);
    return [g && (isFloat(from) ? e.cast(g, from) : undefined)];
  },
} as const satisfies Record<string, GradientRule>;
