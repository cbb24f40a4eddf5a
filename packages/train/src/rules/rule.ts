// What a gradient rule is, and the few shapes that most rules take.
import { attr, type Dim, type Node, numberParam, type Value } from '@modeldiet/onnx-io';
import type { Emit } from '../emit';

/** The node whose gradient is asked for. */
export interface Backward {
  readonly e: Emit;
  readonly node: Node;
  /** Whether the gradient of input `i` is wanted: what is not wanted is not computed. */
  needs(i: number): boolean;
}

/** From the gradients of a node's outputs (absent: zero) to those of its inputs (absent: none flows there). A gradient has the type and shape of its value. */
export type GradientRule = (b: Backward, grads: readonly (Value | undefined)[]) => readonly (Value | undefined)[];

/** A number attribute, or its default. */
export function number(node: Node, name: string, otherwise: number): number {
  const found = numberParam(node, name);
  return typeof found === 'number' ? found : otherwise;
}

/** y = f(x): `d` gives dL/dx from g = dL/dy. */
export const unary =
  (d: (e: Emit, g: Value, x: Value, y: Value, node: Node) => Value): GradientRule =>
  ({ e, node }, [g]) => [g && d(e, g, node.inputs[0]!, node.outputs[0]!, node)];

/** y = f(a, b) with broadcasting: each row gives the gradient in the shape of y, which is then summed down to the operand's. */
export type BinaryTerm = (e: Emit, g: Value, a: Value, b: Value, y: Value) => Value;
export const binary =
  (da: BinaryTerm, db: BinaryTerm): GradientRule =>
  ({ e, node, needs }, [g]) => {
    const [a, b] = node.inputs as [Value, Value];
    const y = node.outputs[0]!;
    return [da, db].map((d, i) => (g && needs(i) ? unbroadcast(e, d(e, g, a, b, y), [a, b][i]!, e.dims(y)) : undefined));
  };

/** y = f(x0, x1, ...) with broadcasting, the same term for each operand. */
export const variadic =
  (d: (e: Emit, g: Value, x: Value, y: Value, node: Node) => Value): GradientRule =>
  ({ e, node, needs }, [g]) => {
    const y = node.outputs[0]!;
    return node.inputs.map((x, i) => (g && x && needs(i) ? unbroadcast(e, d(e, g, x, y, node), x, e.dims(y)) : undefined));
  };

/** The output holds the elements of the first input in another shape. */
export const reshaped: GradientRule = unary((e, g, x) => e.op('Reshape', [g, e.shape(x)]));

/** Piecewise constant: the gradient is zero, and nothing flows on. */
export const flat: GradientRule = () => [];

type Reduction = { readonly lead: number; readonly inner: readonly number[] } | undefined;

/** Which axes of `y` were broadcast from `x`; undefined where the dims do not tell. */
function broadcastAxes(x: readonly Dim[] | undefined, y: readonly Dim[] | undefined): Reduction {
  if (!x || !y) return undefined;
  const lead = y.length - x.length;
  const inner: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const [from, to] = [x[i]!, y[i + lead]!];
    if (from === to || to === 1) continue;
    if (from === 1) inner.push(i + lead);
    else if (typeof from === 'string') return undefined;
  }
  return { lead, inner };
}

/** The transpose of broadcasting `x` to `dims`, the dims of `g`: sums over the axes that were repeated. Dims that are only known at run time are compared there. */
export function unbroadcast(e: Emit, g: Value, x: Value, dims: readonly Dim[] | undefined): Value {
  const known = broadcastAxes(e.dims(x), dims);
  if (!known) return unbroadcastAtRuntime(e, g, x);
  const { lead, inner } = known;
  const leading = Array.from({ length: lead }, (_, axis) => axis);
  if (!lead && !inner.length) return g;
  if (!inner.length) return e.sum(g, leading, false);
  const summed = e.sum(g, [...leading, ...inner], true);
  return lead ? e.op('Squeeze', [summed, e.ints(leading)]) : summed;
}

function unbroadcastAtRuntime(e: Emit, g: Value, x: Value): Value {
  const from = e.op('Shape', [x], {}, 'int64');
  const to = e.op('Shape', [g], {}, 'int64');
  const missing = e.op('Sub', [e.op('Shape', [to], {}, 'int64'), e.op('Shape', [from], {}, 'int64')]);
  const ones = e.op('Expand', [e.ints([1]), missing]);
  const padded = e.op('Concat', [ones, from], { axis: attr.int(0) });
  const repeated = e.op('Not', [e.op('Equal', [padded, to], {}, 'bool')]);
  const axes = e.op('Squeeze', [e.op('NonZero', [repeated], {}, 'int64'), e.ints([0])]);
  const summed = e.op('ReduceSum', [g, axes], { keepdims: attr.int(1), noop_with_empty_axes: attr.int(1) });
  return e.op('Reshape', [summed, from]);
}
