// Hard sigmoid and hard swish written out (MobileNetV3, PP-OCR): clip(x + 3, 0, 6) / 6 and x * clip(x + 3, 0, 6) / 6.
//   clip(x + a, 0, b) * s = b s * HardSigmoid(x; alpha = 1 / b, beta = a / b);  HardSigmoid has no factor, so b s must be 1.
import { attr, edit, type Node, numberParam, opKey, opsetOf, type Value } from '@modeldiet/onnx-io';
import { onlyReader } from '../edit';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';
import { scalarOf, withNumber } from './constant';

/** y = clip(x + a, 0, b): x, a and b, where nothing else reads what is in between. */
function clipped(y: Value | undefined, reader: Node, context: Context): { readonly x: Value; readonly a: number; readonly b: number } | undefined {
  const clip = y?.producer;
  if (!y || !clip || clip.graph !== reader.graph || opKey(clip) !== 'Clip' || onlyReader(y) !== reader) return undefined;
  const [least, most] = [numberParam(clip, 'min'), numberParam(clip, 'max')];
  const sum = clip.inputs[0];
  const added = sum?.producer?.graph === reader.graph && onlyReader(sum) === clip ? withNumber(sum.producer, 'Add', context) : undefined;
  return least === 0 && typeof most === 'number' && most > 0 && added ? { x: added[0], a: added[1], b: most } : undefined;
}

/** The factor s of `value * s` or `value / (1 / s)`. */
function factorOf(node: Node, context: Context): readonly [Value, number] | undefined {
  if (opKey(node) === 'Mul') return withNumber(node, 'Mul', context);
  const divisor = opKey(node) === 'Div' ? scalarOf(node.inputs[1], context) : undefined;
  return divisor && node.inputs[0] ? [node.inputs[0], 1 / divisor] : undefined;
}

const isOne = (x: number): boolean => Math.abs(x - 1) < 1e-6;

function hardSigmoidOf(node: Node, { x, a, b }: { x: Value; a: number; b: number }): Value {
  const type = node.outputs[0]!.type;
  return edit.addNode(node.graph, {
    opType: 'HardSigmoid',
    inputs: [x],
    outputs: [{ type }],
    attributes: { alpha: attr.float(Math.fround(1 / b)), beta: attr.float(Math.fround(a / b)) },
  }).outputs[0]!;
}

function put(node: Node, by: Value, what: string): Outcome {
  edit.replaceValue(node.outputs[0]!, by);
  edit.removeNode(node);
  return did(what);
}

const isFloat = (value: Value, { dtypeOf }: Context): boolean => ['float32', 'float16', 'float64'].includes(dtypeOf(value) ?? '');

export const hardSigmoid: Rule = {
  name: 'hard sigmoid',
  ops: ['Div', 'Mul'],
  apply(node, context) {
    const scaled = factorOf(node, context);
    const [output] = node.outputs;
    if (!scaled || !output) return undefined;
    const [y, factor] = scaled;
    const direct = clipped(y, node, context);
    if (direct && isOne(direct.b * factor) && isFloat(direct.x, context)) return put(node, hardSigmoidOf(node, direct), 'is a HardSigmoid');
    // x * clip(...) / 6
    const product = y.producer;
    if (!product || product.graph !== node.graph || opKey(product) !== 'Mul' || onlyReader(y) !== node) return undefined;
    for (const [gate, other] of [
      [product.inputs[0], product.inputs[1]],
      [product.inputs[1], product.inputs[0]],
    ]) {
      const inner = clipped(gate, product, context);
      if (!inner || !other || !isOne(inner.b * factor) || !isFloat(inner.x, context)) continue;
      const made = edit.addNode(node.graph, { opType: 'Mul', inputs: [other, hardSigmoidOf(product, inner)], outputs: [{ type: output.type }] }).outputs[0]!;
      return put(node, made, 'is a product with a HardSigmoid');
    }
    return undefined;
  },
};

const close = (x: number | 'dynamic' | undefined, y: number): boolean => typeof x === 'number' && Math.abs(x - y) < 1e-6;

/** x * HardSigmoid(x; 1/6, 1/2) is HardSwish(x), which came with opset 14. */
export const hardSwish: Rule = {
  name: 'hard swish',
  ops: ['Mul'],
  apply(node, context) {
    const [a, b] = node.inputs;
    const [output] = node.outputs;
    if (!a || !b || !output || opsetOf(node) < 14) return undefined;
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const gate = y.producer;
      if (!gate || gate.graph !== node.graph || opKey(gate) !== 'HardSigmoid' || gate.inputs[0] !== x || onlyReader(y) !== node) continue;
      if (!close(numberParam(gate, 'alpha'), 1 / 6) || !close(numberParam(gate, 'beta'), 0.5)) continue;
      if (!isFloat(x, context)) return skip('unknown-type', 'the type is not known');
      return put(node, edit.addNode(node.graph, { opType: 'HardSwish', inputs: [x], outputs: [{ type: output.type }] }).outputs[0]!, 'is a HardSwish');
    }
    return undefined;
  },
};
