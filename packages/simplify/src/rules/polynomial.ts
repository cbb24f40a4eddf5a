// Arithmetic over one value as a polynomial in it: however x + 0.044715 x^3 is written down, it is [0, 1, 0, 0.044715].
import { type Node, opKey, type Value } from '@modeldiet/onnx-io';
import type { Context } from '../rule';
import { scalarOf } from './constant';

/** Coefficients, the constant first. */
export type Polynomial = readonly number[];

const add = (a: Polynomial, b: Polynomial, sign = 1): Polynomial =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + sign * (b[i] ?? 0));
function multiply(a: Polynomial, b: Polynomial): Polynomial {
  const out = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) out[i + j]! += x * y;
  return out;
}

const highest = 6;
const depth = 12;

function combined(op: string, a: Polynomial, b: Polynomial): Polynomial | undefined {
  const isNumber = b.length === 1;
  switch (op) {
    case 'Add':
      return add(a, b);
    case 'Sub':
      return add(a, b, -1);
    case 'Mul':
      return multiply(a, b);
    case 'Div':
      return isNumber && b[0] !== 0 ? a.map((x) => x / b[0]!) : undefined;
    case 'Pow':
      return isNumber && Number.isInteger(b[0]) && b[0]! >= 0 && b[0]! <= highest
        ? Array.from({ length: b[0]! }, () => a).reduce<Polynomial>(multiply, [1])
        : undefined;
    default:
      return undefined;
  }
}
const arithmetic = ['Add', 'Sub', 'Mul', 'Div', 'Pow'];

/** `value` as a polynomial in `x`; undefined where it is none, or is not made in `graph`. */
export function polynomialIn(x: Value, value: Value | undefined, graph: Node['graph'], context: Context, hops = depth): Polynomial | undefined {
  if (!value || hops === 0) return undefined;
  if (value === x) return [0, 1];
  const number = scalarOf(value, context);
  if (number !== undefined) return [number];
  const node = value.producer;
  if (!node || node.graph !== graph || !arithmetic.includes(opKey(node))) return undefined;
  const [a, b] = [0, 1].map((i) => polynomialIn(x, node.inputs[i], graph, context, hops - 1));
  const out = a && b && combined(opKey(node), a, b);
  return out && out.length <= highest + 1 ? out : undefined;
}

/** The values that `value` may be a polynomial in: what its arithmetic reads, itself included. */
export function variablesOf(value: Value, graph: Node['graph'], context: Context): readonly Value[] {
  const found = new Set<Value>();
  const visit = (v: Value | undefined, hops: number): void => {
    if (!v || hops === 0 || scalarOf(v, context) !== undefined) return;
    found.add(v);
    const node = v.producer;
    if (node?.graph === graph && arithmetic.includes(opKey(node))) for (const input of node.inputs) visit(input, hops - 1);
  };
  visit(value, depth);
  return [...found];
}

/** Equal within the precision that exporters write constants with. */
export const isPolynomial = (p: Polynomial | undefined, wanted: Polynomial): boolean =>
  p !== undefined &&
  Array.from({ length: Math.max(p.length, wanted.length) }, (_, i) => Math.abs((p[i] ?? 0) - (wanted[i] ?? 0)) <= 1e-4 * Math.abs(wanted[i] ?? 0) + 1e-9).every(
    Boolean,
  );
