// Gradients of ops that move elements without changing them: each element of g goes back to where it came from, and what arrives at one place adds up.
import { attr, type Node, type Value } from '@modeldiet/onnx-io';
import type { Emit } from '../emit';
import { fail } from '../errors';
import { flat, type GradientRule, number, reshaped, unary, unbroadcast } from './rule';

const flatten = (e: Emit, x: Value): Value => e.op('Reshape', [x, e.ints([-1])]);

/** 0, 1, 2, ... in the shape of `x`: the position of each element. */
function positions(e: Emit, x: Value): Value {
  const scalar = (n: number): Value => e.constant({ type: 'int64', dims: [], data: BigInt64Array.of(BigInt(n)) });
  return e.op('Reshape', [e.op('Range', [scalar(0), e.op('Size', [x], {}, 'int64'), scalar(1)], {}, 'int64'), e.shape(x)]);
}

/** Adds the elements of `g` into zeros of the shape of `x`, at flat positions `at`; `repeats` where a position may come twice. */
function scatter(e: Emit, g: Value, at: Value, x: Value, repeats: boolean): Value {
  const zeros = flatten(e, e.zeros(x));
  const attributes = { axis: attr.int(0), ...(repeats && { reduction: attr.string('add') }) };
  return e.op('Reshape', [e.op('ScatterElements', [zeros, flatten(e, at), flatten(e, g)], attributes), e.shape(x)]);
}

/** Ops that pick elements of input 0: the same op, run on the positions of those elements, says where each came from. */
const picks =
  (repeats: boolean): GradientRule =>
  ({ e, node }, grads) => {
    const x = node.inputs[0]!;
    if (repeats) needsOpset(e, node, 16);
    const attributes = Object.fromEntries(node.attributes);
    const taken = e.ops(node.outputs.length, node.opType, [positions(e, x), ...node.inputs.slice(1)], attributes, 'int64');
    const parts = grads.flatMap((g, i) => (g ? [scatter(e, g, taken[i]!, x, repeats)] : []));
    return [parts.reduce((a, b) => e.op('Add', [a, b]))];
  };

/** ScatterElements adds since opset 16. */
function needsOpset(e: Emit, node: Node, opset: number): void {
  if (e.opset < opset) throw fail('no-gradient', { where: { node: node.name, opType: node.opType }, expected: `opset ${opset}`, actual: e.opset });
}

/** The extent of `x` along `axis`, and how many elements each of its entries there has: [n] and [m], as int64 vectors of one. */
function rowsOf(e: Emit, x: Value, axis: number): readonly [Value, Value] {
  const dims = e.dims(x);
  if (dims?.every((extent) => typeof extent === 'number')) {
    const n = dims[axis] as number;
    return [e.ints([n]), e.ints([(dims as readonly number[]).reduce((p, q) => p * q, 1) / Math.max(1, n)])];
  }
  const n = e.op('Gather', [e.op('Shape', [x], {}, 'int64'), e.ints([axis])]);
  return [n, e.op('Div', [e.op('Size', [x], {}, 'int64'), n])];
}

/**
 * y = rows of x: each row of g is added to the row it came from. Along another axis than 0, that axis is brought to the front first.
 * By ScatterElements, whose additions ONNX Runtime does one after the other: its ScatterND loses some where rows repeat (1.30, more than one thread).
 */
const gather: GradientRule = ({ e, node }, [g]) => {
  const [x, indices] = node.inputs as [Value, Value];
  if (!g) return [];
  needsOpset(e, node, 16);
  const axis = number(node, 'axis', 0);
  const a = axis < 0 ? axis + e.rank(x) : axis;
  const [n, m] = rowsOf(e, x, a);
  const join = (...parts: Value[]): Value => e.op('Concat', parts, { axis: attr.int(0) });
  const add = (updates: Value): Value => {
    const rows = e.op('Reshape', [updates, join(e.ints([-1]), m)]);
    const at = e.op('Expand', [e.op('Reshape', [indices, e.ints([-1, 1])]), e.op('Shape', [rows], {}, 'int64')]);
    const zeros = e.op('Expand', [e.scalar(0, g), join(n, m)], {}, e.dtype(g));
    return e.op('ScatterElements', [zeros, at, rows], { axis: attr.int(0), reduction: attr.string('add') });
  };
  if (a === 0) return [e.op('Reshape', [add(g), e.shape(x)])];
  const [rank, wide] = [e.rank(x), e.rank(indices)];
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  const front = [a, ...range(0, a), ...range(a + 1, rank)];
  const gFront = [...range(a, a + wide), ...range(0, a), ...range(a + wide, rank - 1 + wide)];
  const back = [...range(1, a + 1), 0, ...range(a + 1, rank)];
  const made = e.op('Reshape', [add(e.op('Transpose', [g], { perm: attr.ints(gFront) })), e.op('Gather', [e.shape(x), e.ints(front)])]);
  return [e.op('Transpose', [made], { perm: attr.ints(back) })];
};

/** y = x0 | x1 | ...: g is split where they meet. */
const concat: GradientRule = ({ e, node, needs }, [g]) => {
  if (!g) return [];
  const axis = number(node, 'axis', 0);
  const extents = node.inputs.map((x) => {
    const dims = e.dims(x!);
    return dims?.[axis < 0 ? axis + dims.length : axis];
  });
  const lengths = extents.every((extent) => typeof extent === 'number')
    ? e.ints(extents as number[])
    : e.op(
        'Concat',
        node.inputs.map((x) => e.op('Gather', [e.shape(x!), e.ints([axis])])),
        { axis: attr.int(0) },
      );
  const parts = node.inputs.length === 1 ? [g] : e.ops(node.inputs.length, 'Split', [g, lengths], { axis: attr.int(axis) });
  return parts.map((part, i) => (needs(i) ? part : undefined));
};

/** y = the parts of x: their gradients side by side, zeros for a part that is not used. */
const split: GradientRule = ({ e, node }, grads) => {
  const parts = node.outputs.map((y, i) => grads[i] ?? (y && e.zeros(y)));
  return parts.every(Boolean) ? [e.op('Concat', parts, { axis: attr.int(number(node, 'axis', 0)) })] : picks(false)({ e, node, needs: () => true }, grads);
};

/** The inverse permutation; without `perm` the axes are reversed, and reversing again undoes it. */
const transpose = unary((e, g, _x, _y, node) => {
  const perm = node.attributes.get('perm');
  if (perm?.kind !== 'ints') return e.op('Transpose', [g]);
  const inverse = perm.value.map(() => 0);
  perm.value.forEach((from, to) => {
    inverse[Number(from)] = to;
  });
  return e.op('Transpose', [g], { perm: attr.ints(inverse) });
});

/** Dropout in a model to be trained as it is: identity (its `training_mode` input is not true in inference models). */
const dropout = unary((_, g) => g);

export const movement = {
  Identity: unary((_, g) => g),
  Dropout: dropout,
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Expand: unary((e, g, x, y) => unbroadcast(e, g, x, e.dims(y))),
  Concat: concat,
  Split: split,
  Slice: picks(false),
  Gather: gather,
  GatherElements: picks(true),
  GatherND: picks(true),
  Tile: picks(true),
  /** Piecewise constant. */
  Floor: flat,
  Ceil: flat,
  Round: flat,
  Sign: flat,
} as const satisfies Record<string, GradientRule>;
