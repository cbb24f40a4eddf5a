// Bumps up to opset 7: attributes that only told of memory reuse or of training go, and broadcasting loses its attributes.
import { attr, edit, type Node, type Value } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { intsToInput, type OpsetStep, rankOfInput, refuse, type Step, setInputsAt } from '../step';

const drop = (node: Node, name: string): boolean => {
  const there = node.attributes.has(name);
  if (there) edit.setAttribute(node, name, undefined);
  return there;
};

/** Takes attributes away; `only` is the value an attribute must have for that to change nothing. */
const without =
  (names: readonly string[], only: Readonly<Record<string, number>> = {}): Step =>
  (node) => {
    for (const [name, value] of Object.entries(only)) if (intOf(node, name, name === 'is_test' ? 0 : value) !== value) throw refuse(`${name} is not ${value}`);
    const gone = [...names, ...Object.keys(only)].filter((name) => drop(node, name));
    return gone.length ? `without ${gone.join(', ')}` : undefined;
  };

/** The second input with extents of 1 behind it, so that its axes lie from `axis` on under those of the first. */
function lifted(node: Node, index: number, ones: number, rank: number): Value {
  const axes = Array.from({ length: ones }, (_, i) => rank + i);
  return edit.addNode(node.graph, { opType: 'Unsqueeze', inputs: [node.inputs[index]], attributes: { axes: attr.ints(axes) } }).outputs[0]!;
}

/** `broadcast` with `axis`: numpy aligns from the back, so the axes in between are filled up. */
const broadcasting: Step = (node, context) => {
  const axis = intOf(node, 'axis');
  const asked = intOf(node, 'broadcast', 0) === 1;
  const [a, b] = [rankOfInput(node, context, 0), rankOfInput(node, context, 1)];
  if (asked && axis !== undefined) {
    if (a === undefined || b === undefined) throw refuse('it broadcasts from an axis on, and a rank is unknown');
    const ones = a - (axis < 0 ? axis + a : axis) - b;
    if (ones > 0) setInputsAt(node, { 1: lifted(node, 1, ones, b) });
  }
  const gone = [drop(node, 'broadcast'), drop(node, 'axis')].some(Boolean);
  return gone ? 'broadcasts as numpy does' : undefined;
};

/** A slope a channel lies along axis 1. */
const prelu: Step = (node, context) => {
  const [x, slope] = [rankOfInput(node, context, 0), rankOfInput(node, context, 1)];
  if (x === undefined || slope === undefined) throw refuse('a rank is unknown, and its slope lies along axis 1');
  if (slope !== 1 || x <= 2) return undefined;
  setInputsAt(node, { 1: lifted(node, 1, x - 2, 1) });
  return 'slope along axis 1';
};

const shapeInput: Step = (node) => {
  setInputsAt(node, { 1: intsToInput(node, 'shape') });
  return 'shape as an input';
};

const rows = (ops: string, to: number, step: Step): OpsetStep[] => ops.split(' ').map((op) => ({ op, to, step }));

export const beforeSeven: readonly OpsetStep[] = [
  ...rows(
    'Abs Add Ceil Clip Div Elu Exp Floor HardSigmoid InstanceNormalization LeakyRelu Log Max Mean Min Mul Neg PRelu Reciprocal Relu Selu Sigmoid Sqrt Sub Sum Tanh',
    6,
    without(['consumed_inputs']),
  ),
  ...rows('BatchNormalization', 6, without(['consumed_inputs'])),
  ...rows('BatchNormalization', 7, without([], { is_test: 1 })),
  ...rows('Dropout', 6, without(['consumed_inputs'])),
  ...rows('Dropout', 7, without([], { is_test: 1 })),
  ...rows('Add Sub Mul Div Pow And Or Xor Equal Greater Less', 7, broadcasting),
  ...rows('Gemm', 7, without(['broadcast'])),
  ...rows('PRelu', 7, prelu),
  ...rows('Reshape', 5, shapeInput),
];
