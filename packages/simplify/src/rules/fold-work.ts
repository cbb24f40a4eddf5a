// How much work a node is whose inputs are constant, before it is done: a file of a few bytes can ask for hours of it (an Einsum over eight letters, a pool with a window of a million).
import { type Dim, type Node, numberParam, numbersParam, opKey } from '@modeldiet/onnx-io';
import { table } from '@modeldiet/ops';
import type { Context } from '../rule';

/** Steps of the reference interpreter, two to three hundred million a second, that one node may take, and all folding of one `simplify`. */
export const mostForOne = 2 ** 27;
export const mostInAll = 2 ** 29;

type Work = (node: Node, context: Context) => number;

const sizeOf = (shape: readonly Dim[] | undefined): number =>
  shape ? shape.reduce<number>((size, dim) => size * (typeof dim === 'number' ? dim : Infinity), 1) : Infinity;
const inputSize = (node: Node, { shapeOf }: Context, index = 0): number => (node.inputs[index] ? sizeOf(shapeOf(node.inputs[index])) : 1);
const outputSize = (node: Node, { shapeOf }: Context): number => (node.outputs[0] ? sizeOf(shapeOf(node.outputs[0])) : 1);

/** A step of these takes as long as so many of a product's. */
const slow = 8;
const never: Work = () => Infinity;
const quadratic: Work = (node, context) => slow * inputSize(node, context) ** 2;
const window: Work = (node, context) => {
  const extents = numbersParam(node, 'kernel_shape');
  return Array.isArray(extents) ? extents.reduce((a, b) => a * b, slow * outputSize(node, context)) : Infinity;
};

/** What takes more than one pass over its data and has no cost in the table of ops; `never`: how long it takes is in the values. */
const rows: Readonly<Record<string, Work>> = {
  RegexFullMatch: never,
  RoiAlign: never,
  MaxRoiPool: never,
  NonMaxSuppression: quadratic,
  DFT: quadratic,
  STFT: quadratic,
  Det: quadratic,
  LRN: (node, context) => inputSize(node, context) * Number(numberParam(node, 'size') ?? Infinity),
  MaxPool: window,
  AveragePool: window,
  LpPool: window,
  'com.microsoft:QLinearAveragePool': window,
  'com.microsoft:NhwcMaxPool': window,
};

/** Steps that computing the node takes, Infinity where nobody knows; 0 for what passes over its data once: its size is judged elsewhere. */
export function workOf(node: Node, context: Context): number {
  if (node.domain === 'ai.onnx.ml') return Infinity;
  const key = opKey(node);
  if (Object.hasOwn(rows, key)) return rows[key]!(node, context);
  const macs = table[key]?.cost?.(node, context.shapes()).macs ?? 0;
  return typeof macs === 'number' ? macs * (key === 'Einsum' ? 2 * slow : 1) : Infinity;
}
