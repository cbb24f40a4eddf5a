// LayerNormalization (opset 17) and RMSNormalization (opset 23) written out.
//   d = x - mean(x);  y = d / sqrt(mean(d^2) + epsilon) [* scale] [+ bias]
//   y = x / sqrt(mean(x^2) + epsilon) [* scale]
import { attr, edit, type Node, numberParam, numbersParam, opKey, opsetOf, type Value } from '@modeldiet/onnx-io';
import { cast, type DType, elementCount, type Tensor } from '@modeldiet/tensor';
import { onlyReader, replaceResult } from '../edit';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';
import { addConstant, scalarOf, withNumber } from './constant';
import { isPolynomial, polynomialIn } from './polynomial';

const made = (value: Value | undefined, op: string, graph: Node['graph']): Node | undefined =>
  value?.producer && value.producer.graph === graph && opKey(value.producer) === op ? value.producer : undefined;

/** The axis from which on a ReduceMean averages, all extents kept; undefined where it averages others, or they are not known. */
function meanFrom(node: Node | undefined, context: Context): number | undefined {
  if (!node || opKey(node) !== 'ReduceMean' || numberParam(node, 'keepdims') === 0) return undefined;
  const rank = node.inputs[0] && context.shapeOf(node.inputs[0])?.length;
  const axes = numbersParam(node, 'axes');
  if (rank === undefined || !Array.isArray(axes) || axes.length === 0) return undefined;
  const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  return sorted.every((axis, i) => axis === rank - sorted.length + i) ? sorted[0] : undefined;
}

interface Root {
  /** What is averaged in squares. */
  readonly of: Value;
  readonly epsilon: number;
  readonly from: number;
}
/** sqrt(mean(v^2) + epsilon) from the value that holds mean + epsilon. */
function rootOf(sum: Value | undefined, graph: Node['graph'], context: Context): Root | undefined {
  const plus = made(sum, 'Add', graph);
  const added = withNumber(plus, 'Add', context);
  const mean = added && made(added[0], 'ReduceMean', graph);
  const from = meanFrom(mean, context);
  const square = mean?.inputs[0];
  const squaring = square?.producer;
  if (!added || from === undefined || !square || squaring?.graph !== graph) return undefined;
  const of = squaring.inputs[0];
  return of && isPolynomial(polynomialIn(of, square, graph, context), [0, 0, 1]) ? { of, epsilon: added[1], from } : undefined;
}

/** `node` as v / sqrt(mean(v^2) + epsilon): a Div by the root, or a Mul by its reciprocal. */
function normalizing(node: Node, context: Context): Root | undefined {
  const { graph } = node;
  const [a, b] = node.inputs;
  if (opKey(node) === 'Div') {
    const found = rootOf(made(b, 'Sqrt', graph)?.inputs[0], graph, context);
    return found?.of === a ? found : undefined;
  }
  for (const [value, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const divided = made(factor, 'Div', graph);
    const reciprocal = made(factor, 'Reciprocal', graph)?.inputs[0] ?? (scalarOf(divided?.inputs[0], context) === 1 ? divided!.inputs[1] : undefined);
    const power = made(factor, 'Pow', graph);
    const sum = made(reciprocal, 'Sqrt', graph)?.inputs[0] ?? (scalarOf(power?.inputs[1], context) === -0.5 ? power!.inputs[0] : undefined);
    const found = rootOf(sum, graph, context);
    if (found && found.of === value) return found;
  }
  return undefined;
}

/** The one reader of `y` where it is `op` with a parameter that lies along exactly the normalised axes. */
function along(
  y: Value,
  op: 'Mul' | 'Add',
  extents: readonly (number | string)[],
  context: Context,
): { readonly node: Node; readonly parameter: Value } | undefined {
  const node = onlyReader(y);
  if (!node || node.graph !== y.graph || opKey(node) !== op) return undefined;
  const parameter = node.inputs[0] === y ? node.inputs[1] : node.inputs[0];
  const shape = parameter && parameter !== y ? context.shapeOf(parameter) : undefined;
  return shape && shape.length === extents.length && shape.every((dim, i) => dim === extents[i]) ? { node, parameter: parameter! } : undefined;
}

const ones = (dtype: DType, dims: readonly number[]): Tensor => cast({ type: 'float32', dims, data: new Float32Array(elementCount(dims)).fill(1) }, dtype);
const types: readonly DType[] = ['float32', 'float16', 'bfloat16', 'float64'];

function replace(node: Node, op: 'LayerNormalization' | 'RMSNormalization', x: Value, { from, epsilon }: Root, context: Context): Outcome {
  const [dtype, shape] = [context.dtypeOf(x), context.shapeOf(x)];
  if (!dtype || !types.includes(dtype) || !shape) return skip('unknown-type', 'the type is not known');
  const extents = shape.slice(from);
  const scaled = along(node.outputs[0]!, 'Mul', extents, context);
  const isStatic = extents.every((dim) => typeof dim === 'number');
  if (!scaled && !isStatic) return skip('unknown-shape', 'the extents that are normalised are not known');
  const before = scaled?.node.outputs[0] ?? node.outputs[0]!;
  const shifted = op === 'LayerNormalization' ? along(before, 'Add', extents, context) : undefined;
  const last = shifted?.node.outputs[0] ?? before;
  const scale = scaled?.parameter ?? addConstant(node.graph, `${last.name}_scale`, ones(dtype, extents as number[]), context);
  const by = edit.addNode(node.graph, {
    opType: op,
    inputs: [x, scale, ...(shifted ? [shifted.parameter] : [])],
    outputs: [{ type: last.type }],
    attributes: { axis: attr.int(from - shape.length), epsilon: attr.float(Math.fround(epsilon)) },
  });
  replaceResult(last, by);
  return did(`is a ${op} with what is around it`);
}

/** The x of which `found` takes d = x - mean(x), over the same axes. */
function centred({ of, from }: Root, context: Context): Value | undefined {
  const [x, mean] = made(of, 'Sub', of.graph)?.inputs ?? [];
  return x && mean?.producer?.inputs[0] === x && meanFrom(mean.producer, context) === from ? x : undefined;
}

export const layerNormalization: Rule = {
  name: 'layer normalization',
  ops: ['Div', 'Mul'],
  apply(node, context) {
    const found = normalizing(node, context);
    const x = found && centred(found, context);
    if (!x) return undefined;
    if (opsetOf(node) < 17) return skip('older-opset', 'it is a LayerNormalization, which came with opset 17');
    return replace(node, 'LayerNormalization', x, found, context);
  },
};

export const rmsNormalization: Rule = {
  name: 'RMS normalization',
  ops: ['Div', 'Mul'],
  apply(node, context) {
    const found = normalizing(node, context);
    if (!found || centred(found, context)) return undefined;
    if (opsetOf(node) < 23) return skip('older-opset', 'it is an RMSNormalization, which came with opset 23');
    return replace(node, 'RMSNormalization', found.of, found, context);
  },
};
