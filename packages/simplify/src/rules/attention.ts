// Attention written out by heads, Q, K and V split from [batch, seq, heads * size] and put together again: the Attention of ai.onnx (23 on).
//   softmax(Q K' * scale + mask) V
// Only the whole of it is one node: without the splitting around it ONNX Runtime is as fast or faster by itself (bench simplify).
import { attr, edit, type Node, numberParam, opKey, opsetOf, type Value } from '@modeldiet/onnx-io';
import { onlyReader, replaceResult } from '../edit';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';
import { scalarOf, withNumber } from './constant';
import { permOf } from './transpose';

const made = (value: Value | undefined, op: string, graph: Node['graph']): Node | undefined =>
  value?.producer && value.producer.graph === graph && opKey(value.producer) === op ? value.producer : undefined;

/** `value` without the factors it was multiplied by (or divided by), and their product. */
function unscaled(value: Value, graph: Node['graph'], context: Context): readonly [Value, number] {
  const product = withNumber(made(value, 'Mul', graph), 'Mul', context);
  if (product) {
    const [inner, factor] = unscaled(product[0], graph, context);
    return [inner, factor * product[1]];
  }
  const quotient = made(value, 'Div', graph);
  const divisor = quotient && scalarOf(quotient.inputs[1], context);
  if (!divisor || !quotient.inputs[0]) return [value, 1];
  const [inner, factor] = unscaled(quotient.inputs[0], graph, context);
  return [inner, factor / divisor];
}

interface Split {
  /** [batch, seq, heads * size]. */
  readonly whole: Value;
  readonly heads: number;
}
const samePerm = (perm: readonly number[] | undefined, wanted: readonly number[]): boolean => perm?.length === 4 && perm.every((axis, i) => axis === wanted[i]);

/** What Transpose(Reshape(whole), perm) makes of `whole` by heads. */
function splitOf(value: Value, perm: readonly number[], graph: Node['graph'], context: Context): Split | undefined {
  const turned = made(value, 'Transpose', graph);
  const parted = turned && samePerm(permOf(turned, context), perm) ? made(turned.inputs[0], 'Reshape', graph) : undefined;
  const [whole] = parted?.inputs ?? [];
  const [from, to] = [whole && context.shapeOf(whole), parted?.outputs[0] && context.shapeOf(parted.outputs[0])];
  if (!whole || from?.length !== 3 || to?.length !== 4 || from[0] !== to[0] || from[1] !== to[1]) return undefined;
  const [heads, size] = [to[2], to[3]];
  return typeof heads === 'number' && typeof size === 'number' && from[2] === heads * size ? { whole, heads } : undefined;
}

/** K' either in one transpose, or as a transpose of K by heads. */
function keysOf(value: Value, graph: Node['graph'], context: Context): Split | undefined {
  const swapped = made(value, 'Transpose', graph);
  if (swapped?.inputs[0] && samePerm(permOf(swapped, context), [0, 1, 3, 2])) {
    const [inner, factor] = unscaled(swapped.inputs[0], graph, context);
    return factor === 1 ? splitOf(inner, [0, 2, 1, 3], graph, context) : undefined;
  }
  return splitOf(value, [0, 2, 3, 1], graph, context);
}

/** softmax(...), or Where(IsNaN(p), 0, p), which is how exporters say that a row without keys gives nothing. */
function probabilities(softmax: Node, context: Context): Value | undefined {
  const p = softmax.outputs[0]!;
  if (onlyReader(p)) return p;
  const readers = [...p.uses].map(({ node }) => node);
  const asks = readers.find((node) => opKey(node) === 'IsNaN' && node.graph === softmax.graph);
  const takes = readers.find((node) => opKey(node) === 'Where' && node.graph === softmax.graph);
  if (readers.length !== 2 || !asks || !takes || edit.outputCount(p) > 0) return undefined;
  const [condition, zero, other] = takes.inputs;
  return condition === asks.outputs[0] && other === p && scalarOf(zero, context) === 0 ? takes.outputs[0] : undefined;
}

/** Product of `value` with V by heads, put together again: [V, the result]. */
function joined(value: Value, graph: Node['graph'], context: Context): { readonly v: Value; readonly result: Value } | undefined {
  const product = onlyReader(value);
  if (!product || product.graph !== graph || opKey(product) !== 'MatMul' || product.inputs[0] !== value || !product.inputs[1]) return undefined;
  const turned = onlyReader(product.outputs[0]!);
  if (!turned || turned.graph !== graph || opKey(turned) !== 'Transpose' || !samePerm(permOf(turned, context), [0, 2, 1, 3])) return undefined;
  const whole = onlyReader(turned.outputs[0]!);
  const [from, to] = [context.shapeOf(turned.outputs[0]!), whole?.outputs[0] && context.shapeOf(whole.outputs[0])];
  if (!whole || whole.graph !== graph || opKey(whole) !== 'Reshape' || from?.length !== 4 || to?.length !== 3 || to[0] !== from[0] || to[1] !== from[1])
    return undefined;
  return { v: product.inputs[1], result: whole.outputs[0]! };
}

/** Scores as MatMul(Q, K') * factor, and the mask added to them. */
function scoresOf(
  value: Value,
  graph: Node['graph'],
  context: Context,
): { readonly product: Node; readonly factor: number; readonly mask?: Value } | undefined {
  const sum = made(value, 'Add', graph);
  const [a, b] = sum ? sum.inputs : [value];
  for (const [side, mask] of sum ? [[a, b] as const, [b, a] as const] : [[a] as const]) {
    if (!side) continue;
    const [inner, factor] = unscaled(side, graph, context);
    const product = made(inner, 'MatMul', graph);
    if (product) return { product, factor, ...(mask && { mask }) };
  }
  return undefined;
}

const apart = 'its heads are not split and put together in the way that an Attention does: ONNX Runtime runs it as fast as it is';

export const attention: Rule = {
  name: 'attention',
  ops: ['Softmax'],
  apply(node, context): Outcome {
    const { graph } = node;
    const [scores] = node.inputs;
    const axis = numberParam(node, 'axis') ?? -1;
    const found = scores && (axis === -1 || axis === 3) ? scoresOf(scores, graph, context) : undefined;
    const p = found && probabilities(node, context);
    const out = p && joined(p, graph, context);
    if (!found || !p) return undefined;
    if (!out) return opKey(onlyReader(p) ?? node) === 'MatMul' ? skip('no-gain', apart) : undefined;
    const [left, qFactor] = unscaled(found.product.inputs[0]!, graph, context);
    const [right, kFactor] = unscaled(found.product.inputs[1]!, graph, context);
    const [q, k, v] = [splitOf(left, [0, 2, 1, 3], graph, context), keysOf(right, graph, context), splitOf(out.v, [0, 2, 1, 3], graph, context)];
    if (!q || !k || !v || q.heads !== k.heads || q.heads !== v.heads) return skip('no-gain', apart);
    const [qShape, kShape] = [context.shapeOf(q.whole)!, context.shapeOf(k.whole)!];
    if (qShape[0] !== kShape[0]) return skip('unknown-shape', 'Q and K may be of different batches');
    const mask = found.mask && context.shapeOf(found.mask);
    // ONNX Runtime takes a mask whose last two extents are those of the scores.
    if (found.mask && (!mask || mask.length < 2 || mask.length > 4 || mask.at(-1) !== kShape[1] || mask.at(-2) !== qShape[1]))
      return skip('not-representable', 'its mask is not one of queries by keys');
    if (opsetOf(node) < 23) return skip('older-opset', 'it is an Attention, which came with opset 23');
    const by = edit.addNode(graph, {
      opType: 'Attention',
      inputs: [q.whole, k.whole, v.whole, ...(found.mask ? [found.mask] : [])],
      outputs: [{ type: out.result.type }],
      attributes: { q_num_heads: attr.int(q.heads), kv_num_heads: attr.int(k.heads), scale: attr.float(Math.fround(found.factor * qFactor * kFactor)) },
    });
    replaceResult(out.result, by);
    return did('is an Attention with what is around it');
  },
};
