// Arithmetic on dims, numbers or texts such as '2*seq+1'. Results are canonical: equal extents have equal texts where this algebra can tell.
import type { Dim } from '@modeldiet/onnx-io';
import {
  add,
  asNumber,
  divideExactly,
  type Expression,
  extreme,
  integer,
  isCall,
  isIntegral,
  longest,
  mul,
  number,
  print,
  sub,
  tooLong,
} from './dims/expression';
import { ceiled, floorDivided, floored, moduloOf, parse } from './dims/parse';

/** An extent nobody knows. Arithmetic on it is unknown too; {@link inferShapes} gives each unknown extent of a value its own name '?n'. */
export const unknown = '?';

const parsed = new Map<string, Expression>();
/** The text of an expression that was written before. */
const written = new WeakMap<Expression, string>();

function remember(text: string, x: Expression): void {
  if (parsed.size > 20_000) parsed.clear();
  parsed.set(text, x);
}

function read(dim: Dim): Expression | undefined {
  if (typeof dim === 'number') return number(dim);
  // A malformed node may ask for an extent that is not there.
  if (dim === unknown || dim === undefined) return undefined;
  let x = parsed.get(dim);
  if (!x) {
    x = parse(dim);
    remember(dim, x);
  }
  return x;
}

function write(x: Expression | undefined): Dim {
  if (!x) return unknown;
  const value = asNumber(x);
  if (value !== undefined) return Number.isFinite(value) ? value : unknown;
  const known = written.get(x);
  if (known !== undefined) return known;
  const text = print(x);
  if (text.length > longest) return unknown;
  for (const c of x.terms.values()) if (!Number.isSafeInteger(c)) return unknown;
  written.set(x, text);
  // What is written is soon read again. (One symbol may have a name that reads as a sum.)
  if (!x.terms.has(text) || isCall(text)) remember(text, x);
  return text;
}

/** What `f` makes; undefined where that is too long. */
function tried<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch (error) {
    if (error !== tooLong) throw error;
    return undefined;
  }
}

/** A function of texts that remembers: models repeat their layers, and so the same sums. */
function remembered<A extends readonly Dim[]>(f: (...args: A) => Dim): (...args: A) => Dim {
  const known = new Map<string, Dim>();
  return (...args) => {
    const key = args.join('\0');
    let result = known.get(key);
    if (result === undefined) {
      if (known.size > 20_000) known.clear();
      result = f(...args);
      known.set(key, result);
    }
    return result;
  };
}

const binary = (
  onNumbers: (a: number, b: number) => number,
  onExpressions: (a: Expression, b: Expression) => Expression | undefined,
): ((a: Dim, b: Dim) => Dim) => {
  const symbolic = remembered((a: Dim, b: Dim): Dim => {
    const [x, y] = [read(a), read(b)];
    return x && y ? write(tried(() => onExpressions(x, y))) : unknown;
  });
  return (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number') return symbolic(a, b);
    const result = onNumbers(a, b);
    return Number.isFinite(result) ? result : unknown;
  };
};

function wholly(a: Expression, b: Expression): Expression | undefined {
  const quotient = divideExactly(a, b);
  return quotient && isIntegral(quotient) ? quotient : undefined;
}

export const addDims = binary((a, b) => a + b, add);
export const subDims = binary((a, b) => a - b, sub);
export const mulDims = (a: Dim, b: Dim): Dim => (a === 0 || b === 0 ? 0 : multiply(a, b));
const multiply = binary((a, b) => a * b, mul);
/** floor(a / b). */
export const floorDivDims = binary(
  (a, b) => Math.floor(a / b),
  (a, b) => (asNumber(b) === 0 ? undefined : floorDivided(a, b)),
);
/** ceil(a / b). */
export const ceilDivDims = binary(
  (a, b) => Math.ceil(a / b),
  (a, b) => (asNumber(b) === 0 ? undefined : (wholly(a, b) ?? floorDivided(sub(add(a, b), integer(1)), b))),
);
/** a / b when nothing is left over for any value of the symbols, else unknown. */
export const exactDivDims = binary((a, b) => (a % b === 0 ? a / b : Number.NaN), wholly);
/** a / b as a fraction: for float arithmetic on extents, to be floored or ceiled later. */
export const ratioDims = binary((a, b) => a / b, divideExactly);
export const modDims = binary(
  (a, b) => a - b * Math.floor(a / b),
  (a, b) => (asNumber(b) === 0 ? undefined : moduloOf(a, b)),
);
export const maxDims = binary(Math.max, (a, b) => extreme('max', a, b));
export const minDims = binary(Math.min, (a, b) => extreme('min', a, b));

/** True when a >= b whatever the symbols are (extents are never negative). */
export const atLeast = (a: Dim, b: Dim): boolean => (typeof a === 'number' && typeof b === 'number' ? a >= b : surplus(a, b) === 1);
const surplus = remembered((a: Dim, b: Dim): Dim => {
  const [x, y] = [read(a), read(b)];
  const difference = x && y && tried(() => sub(x, y));
  return difference && [...difference.terms.values()].every((c) => c >= 0) ? 1 : 0;
});

const unary =
  (onNumber: (a: number) => number, onExpression: (a: Expression) => Expression) =>
  (a: Dim): Dim => {
    if (typeof a === 'number') return onNumber(a);
    const x = read(a);
    return x ? write(tried(() => onExpression(x))) : unknown;
  };
export const floorDim = unary(Math.floor, floored);
export const ceilDim = unary(Math.ceil, ceiled);

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly Dim[]): Dim => shape.reduce(mulDims, 1);
export const isStatic = (shape: readonly Dim[] | undefined): shape is readonly number[] => !!shape && shape.every((dim) => typeof dim === 'number');

/** The canonical form of a dim: `normalizeDim('seq*2 + 1')` is '2*seq+1'. A text that is no expression is one symbol and stays as it is. */
export const normalizeDim = (dim: Dim): Dim => (typeof dim === 'number' ? dim : normalized(dim));
const normalized = remembered((dim: string): Dim => write(read(dim)));

/** True when both are known and equal for every value of their symbols. */
export const equalDims = (a: Dim, b: Dim): boolean => a !== unknown && b !== unknown && normalizeDim(a) === normalizeDim(b);

/** The dim with symbols replaced by numbers: `bindDim('2*seq+1', { seq: 4 })` is 9. */
export function bindDim(dim: Dim, bound: Readonly<Record<string, number>>): Dim {
  if (typeof dim === 'number' || dim === unknown) return dim;
  for (const _ in bound) return write(parse(dim, bound));
  return normalizeDim(dim);
}

/** The symbols of a dim: `symbolsOf('floor(h/2)+w')` is ['h', 'w']. */
export function symbolsOf(dim: Dim): string[] {
  if (typeof dim === 'number' || dim === unknown) return [];
  const found = new Set<string>();
  const bare = /^[A-Za-z_?][\w.?$:]*$/;
  if (bare.test(dim) || dim.length > longest) return [dim];
  const words = [...dim.matchAll(/'([^']*)'|([A-Za-z_?][\w.?$:]*)(?!\s*\()/g)].map(([, name, word]) => (name ?? word)!);
  for (const word of words) if (bindDim(dim, { [word]: 7 }) !== bindDim(dim, {}) || bindDim(dim, { [word]: 11 }) !== bindDim(dim, {})) found.add(word);
  return found.size ? [...found] : [dim];
}
