// Elementwise arithmetic on small tensors: numbers where possible, symbolic for + - * / mod min max on integers.
import type { Dim, Node } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { addDims, ceilDim, equalDims, exactDivDims, floorDim, floorDivDims, maxDims, minDims, modDims, mulDims, ratioDims, subDims, unknown } from '../../dims';
import { dtypeOf } from '../../dtypes';
import type { Elements, Shapes, ValueRule } from '../../facts';
import { dtypeAt } from '../rule';
import { broadcastAt, build, elementsIn, elementsOrUnknown } from './elements';

type Scalar = (values: readonly Dim[], node: Node, shapes: Shapes) => Dim;

function broadcastDims(all: readonly Elements[]): number[] | undefined {
  const rank = Math.max(...all.map((each) => each.dims.length));
  const dims: number[] = [];
  for (let i = 0; i < rank; i++) {
    let extent = 1;
    for (const { dims: own } of all) {
      const dim = own[i - (rank - own.length)] ?? 1;
      if (dim === 1) continue;
      if (extent !== 1 && extent !== dim) return undefined;
      extent = dim;
    }
    dims.push(extent);
  }
  return dims;
}

/** Integers beyond these would wrap, or are no longer exact as a double: what comes out is then left unknown. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  // Wider ones are exact up to here.
  int64: [-(2 ** 53) + 1, 2 ** 53 - 1],
  uint64: [0, 2 ** 53 - 1],
};
const inRange = (dim: number, to: string): Dim => (dim >= (ranges[to]?.[0] ?? -Infinity) && dim <= (ranges[to]?.[1] ?? Infinity) ? dim : unknown);

/** Applies `f` to the broadcast inputs, when at least one input's elements are known and all shapes are. Where operands are only compared by size, inexact ones are kept. */
const pointwise =
  (f: Scalar, inexact: 'unknown' | 'kept' = 'unknown'): ValueRule =>
  (node, shapes) => {
    // Nothing follows from a float that is not known, whatever it meets: most of a network ends here.
    if (isFloat(node, shapes) && node.inputs.some((value) => value && !value.initializer && !shapes.elements(value))) return [];
    if (!node.inputs.some((_, i) => elementsIn(node, shapes, i))) return [];
    const all = node.inputs.map((_, i) => elementsOrUnknown(node, shapes, i));
    if (all.some((each) => !each)) return [];
    const known = all as Elements[];
    const dims = broadcastDims(known);
    const dtype = dtypeAt(node, shapes, 0) ?? '';
    const within = (dim: Dim): Dim => (typeof dim === 'number' && dtype in ranges ? inRange(dim, dtype) : dim);
    const at = (index: readonly number[]): Dim => {
      const operands = known.map((each) => broadcastAt(each, index));
      if (inexact === 'kept') return f(operands, node, shapes);
      return within(f(operands.map(within), node, shapes));
    };
    return [dims && build(dims, at)];
  };

export const isFloat = (node: Node, shapes: Shapes): boolean => dtypeAt(node, shapes, 0)?.includes('float') ?? false;
/** float32 arithmetic rounds to float32. */
const rounded = (dim: Dim, node: Node, shapes: Shapes): Dim => (typeof dim === 'number' && dtypeAt(node, shapes, 0) === 'float32' ? Math.fround(dim) : dim);
/** 'a op b op c' for variadic ops. */
const folded =
  (f: (a: Dim, b: Dim) => Dim): Scalar =>
  (values, node, shapes) =>
    values.reduce((a, b) => rounded(f(a, b), node, shapes));
const ofNumbers =
  (f: (...xs: number[]) => number): Scalar =>
  (values, node, shapes) =>
    values.every((each) => typeof each === 'number') ? rounded(f(...(values as number[])), node, shapes) : unknown;
/** Of floats: 0 times infinity or NaN is NaN, and a float that is not known may be either. A symbol is an extent, and finite. */
export const floatProduct = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? a * b : a === unknown || b === unknown ? unknown : mulDims(a, b);
/** As C has it: 1 to whatever power is 1, and so is -1 to an infinite one. */
const power = (a: number, b: number): number => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);
/** Of integers: a negative exponent leaves what truncates to an integer; 0 to one is whatever the machine makes of it. */
const raised: Scalar = ([a, b], node, shapes) => {
  if (b === 1) return a!;
  if (b === 2) return mulDims(a!, a!);
  if (typeof a !== 'number' || typeof b !== 'number') return unknown;
  if (isFloat(node, shapes)) return rounded(power(a, b), node, shapes);
  return a === 0 && b < 0 ? unknown : Math.trunc(power(a, b));
};
const truth = (x: boolean): Dim => (x ? 1 : 0);

/** C division of integers truncates; extents are not negative, so floor does where symbols are. */
const divide: Scalar = ([a, b], node, shapes) => {
  if (isFloat(node, shapes)) return rounded(ratioDims(a!, b!), node, shapes);
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? unknown : Math.trunc(a / b);
  const exact = exactDivDims(a!, b!);
  return exact === unknown ? floorDivDims(a!, b!) : exact;
};

const modulo: Scalar = ([a, b], node) => {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? unknown : intOf(node, 'fmod', 0) === 1 ? a % b : a - b * Math.floor(a / b);
  return modDims(a!, b!);
};

const less = (a: Dim, b: Dim): Dim => {
  const gap = subDims(a, b);
  return typeof gap === 'number' ? truth(gap < 0) : unknown;
};
const flip = (x: Dim): Dim => (typeof x === 'number' ? truth(x === 0) : unknown);
/** A symbol may be any extent, so that only equal texts and two numbers decide; an extent never equals a negative number. */
const equal: Scalar = ([a, b]) => {
  if (equalDims(a!, b!)) return 1;
  if (typeof a === 'number' && typeof b === 'number') return 0;
  const [number, symbol] = typeof a === 'number' ? [a, b!] : [b!, a!];
  if (typeof number === 'number' && number < 0 && isExtent(symbol)) return 0;
  const gap = subDims(a!, b!);
  return typeof gap === 'number' ? truth(gap === 0) : unknown;
};
/** A plain symbol, or a product of symbols: never negative. */
const isExtent = (dim: Dim): boolean => typeof dim === 'string' && dim !== unknown && /^[\w.?*]+$/.test(dim);

const whether: Scalar = ([condition, yes, no]) => {
  if (condition === 1) return yes!;
  if (condition === 0) return no!;
  return equalDims(yes!, no!) ? yes! : unknown;
};

/** A float loses its fraction toward zero; a symbol stays (a fraction is floored: extents are not negative). */
const castTo = (dim: Dim, to: string | undefined): Dim => {
  if (to === undefined || dim === unknown) return unknown;
  if (to === 'float32') return typeof dim === 'number' ? Math.fround(dim) : dim;
  if (to === 'float64' || to.startsWith('float')) return to === 'float64' || typeof dim === 'string' ? dim : unknown;
  if (to === 'bool') return typeof dim === 'number' ? truth(dim !== 0) : unknown;
  if (!/^u?int/.test(to)) return unknown;
  if (typeof dim === 'string') return floorDim(dim);
  // The largest int64, which a Slice ends at, stays what it is.
  return to === 'int64' ? Math.trunc(dim) : inRange(Math.trunc(dim), to);
};

const halfEven = (x: number): number => {
  const down = Math.floor(x);
  const rest = x - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
};

export const values = {
  Add: pointwise(folded(addDims)),
  Sum: pointwise(folded(addDims)),
  Sub: pointwise(folded(subDims)),
  Mul: pointwise((values, node, shapes) => (isFloat(node, shapes) ? folded(floatProduct) : folded(mulDims))(values, node, shapes)),
  Max: pointwise(folded(maxDims), 'kept'),
  Min: pointwise(folded(minDims), 'kept'),
  Div: pointwise(divide),
  Mod: pointwise(modulo),
  Neg: pointwise(([a]) => subDims(0, a!)),
  Abs: pointwise(([a]) => (typeof a === 'number' ? Math.abs(a) : isExtent(a!) ? a! : unknown)),
  Pow: pointwise(raised),
  Sqrt: pointwise(ofNumbers(Math.sqrt)),
  Exp: pointwise(ofNumbers(Math.exp)),
  Log: pointwise(ofNumbers(Math.log)),
  Reciprocal: pointwise(ofNumbers((x) => 1 / x)),
  Sign: pointwise(ofNumbers(Math.sign)),
  Floor: pointwise(([a]) => floorDim(a!)),
  Ceil: pointwise(([a]) => ceilDim(a!)),
  Round: pointwise(ofNumbers(halfEven)),
  Less: pointwise(([a, b]) => less(a!, b!)),
  Greater: pointwise(([a, b]) => less(b!, a!)),
  LessOrEqual: pointwise(([a, b]) => flip(less(b!, a!))),
  GreaterOrEqual: pointwise(([a, b]) => flip(less(a!, b!))),
  Equal: pointwise(equal),
  Not: pointwise(([a]) => flip(a!)),
  And: pointwise(([a, b]) => (a === 0 || b === 0 ? 0 : a === 1 && b === 1 ? 1 : unknown)),
  Or: pointwise(([a, b]) => (a === 1 || b === 1 ? 1 : a === 0 && b === 0 ? 0 : unknown)),
  Xor: pointwise(([a, b]) => (typeof a === 'number' && typeof b === 'number' ? truth(a !== b) : unknown)),
  Where: pointwise(whether, 'kept'),
  Cast: ((node, shapes) => {
    const x = elementsIn(node, shapes, 0);
    const to = dtypeOf(intOf(node, 'to'));
    return [x && { dims: x.dims, data: x.data.map((dim) => castTo(dim, to)) }];
  }) satisfies ValueRule,
  CastLike: ((node, shapes) => {
    const x = elementsIn(node, shapes, 0);
    const to = dtypeAt(node, shapes, 1);
    return [x && { dims: x.dims, data: x.data.map((dim) => castTo(dim, to)) }];
  }) satisfies ValueRule,
  Clip: ((node, shapes) => {
    const [x, low, high] = [0, 1, 2].map((i) => elementsIn(node, shapes, i));
    if (!x || (node.inputs[1] && !low) || (node.inputs[2] && !high) || node.attributes.size) return [];
    const raised = low ? x.data.map((dim) => maxDims(dim, low.data[0]!)) : x.data;
    return [{ dims: x.dims, data: high ? raised.map((dim) => minDims(dim, high.data[0]!)) : raised }];
  }) satisfies ValueRule,
} satisfies Record<string, ValueRule>;
