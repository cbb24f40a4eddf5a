// Gradients of reductions and of softmax, which is built on one.
import { attr, type Node, type Value } from '@modeldiet/onnx-io';
import type { Emit } from '../emit';
import { type GradientRule, number, unary } from './rule';

/** The axes a reduction was given, as an int64 value: an input, or (before opset 13 or 18) an attribute; undefined: all of them. */
function axesOf(e: Emit, node: Node): Value | undefined {
  const attribute = node.attributes.get('axes');
  return attribute?.kind === 'ints' ? e.ints(attribute.value.map(Number)) : node.inputs[1];
}

/** `r`, the shape of a reduction's output, with the reduced axes back at extent 1, so that it broadcasts against the input. */
function kept(e: Emit, node: Node, r: Value): Value {
  if (number(node, 'keepdims', 1) === 1) return r;
  const axes = axesOf(e, node);
  return axes ? e.op('Unsqueeze', [r, axes]) : r;
}

/** With `noop_with_empty_axes`, no axes means that nothing is reduced. */
const isNoop = (e: Emit, node: Node): boolean => number(node, 'noop_with_empty_axes', 0) === 1 && !axesOf(e, node);

const spread = (e: Emit, node: Node, g: Value): Value => (isNoop(e, node) ? g : e.op('Expand', [kept(e, node, g), e.shape(node.inputs[0]!)], {}, e.dtype(g)));

/** How many elements were reduced into one, as a number of the type of `g`. */
function count(e: Emit, node: Node, g: Value): Value {
  const size = (x: Value): number | undefined => {
    const dims = e.dims(x);
    return dims?.every((extent) => typeof extent === 'number') ? (dims as number[]).reduce((a, b) => a * b, 1) : undefined;
  };
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const [from, to] = [size(x), size(y)];
  if (from !== undefined && to) return e.scalar(from / to, g);
  const type = e.dtype(g) as 'float32';
  return e.op('Div', [e.cast(e.op('Size', [x], {}, 'int64'), type), e.cast(e.op('Size', [y], {}, 'int64'), type)]);
}

const reduction = (d: (e: Emit, g: Value, x: Value, y: Value, node: Node) => Value): GradientRule => unary(d);
const sumOver = (e: Emit, x: Value, axis: number): Value => e.sum(x, [axis], true);

/** From opset 13 the axis is `axis`, by default the last. */
const softmaxAxis = (node: Node): number => number(node, 'axis', -1);

export const reductions = {
  ReduceSum: reduction((e, g, _x, _y, node) => spread(e, node, g)),
  /** The division comes before the spreading: it is the smaller tensor. */
  ReduceMean: reduction((e, g, _x, _y, node) => (isNoop(e, node) ? g : spread(e, node, e.op('Div', [g, count(e, node, g)])))),
  /** y = sum x^2. */
  ReduceSumSquare: reduction((e, g, x, _, node) => e.op('Mul', [e.op('Mul', [spread(e, node, g), x]), e.scalar(2, x)])),
  /** y = sqrt(sum x^2): dx = g x / y. */
  ReduceL2: reduction((e, g, x, y, node) => e.op('Mul', [spread(e, node, e.op('Div', [g, y])), x])),
  ReduceL1: reduction((e, g, x, _, node) => e.op('Mul', [spread(e, node, g), e.op('Sign', [x])])),
  /** y = ln(sum exp x): dx = g exp(x - y). */
  ReduceLogSumExp: reduction((e, g, x, y, node) => e.op('Mul', [spread(e, node, g), e.op('Exp', [e.op('Sub', [x, kept(e, node, y)])])])),
  /** g where x is the extreme, shared among those that tie. */
  ReduceMax: reduction((e, g, x, y, node) => extreme(e, g, x, y, node)),
  ReduceMin: reduction((e, g, x, y, node) => extreme(e, g, x, y, node)),
  /** dx = (g - sum(g y)) y. */
  Softmax: unary((e, g, _, y, node) => e.op('Mul', [e.op('Sub', [g, sumOver(e, e.op('Mul', [g, y]), softmaxAxis(node))]), y])),
  /** dx = g - exp(y) sum(g). */
  LogSoftmax: unary((e, g, _, y, node) => e.op('Sub', [g, e.op('Mul', [e.op('Exp', [y]), sumOver(e, g, softmaxAxis(node))])])),
} as const satisfies Record<string, GradientRule>;

function extreme(e: Emit, g: Value, x: Value, y: Value, node: Node): Value {
  if (isNoop(e, node)) return g;
  const wins = e.cast(e.op('Equal', [x, kept(e, node, y)], {}, 'bool'), e.dtype(x) as 'float32');
  const axes = axesOf(e, node);
  const ties = e.op('ReduceSum', axes ? [wins, axes] : [wins], { keepdims: attr.int(1) });
  return e.op('Mul', [e.op('Div', [wins, ties]), kept(e, node, g)]);
}
