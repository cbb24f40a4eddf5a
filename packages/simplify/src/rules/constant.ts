// Constants that rules read and make.
import { attr, edit, freshName, type Graph, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import { type Tensor, toFloat64 } from '@modeldiet/tensor';
import type { Context } from '../rule';

/** The number that a value of one element is. */
export function scalarOf(value: Value | undefined, { tensorOf }: Context): number | undefined {
  const tensor = value && tensorOf(value);
  return tensor && tensor.type !== 'string' && tensor.data.length === 1 ? toFloat64(tensor)[0] : undefined;
}

/** The two operands of a commutative node as (value, number). */
export function withNumber(node: Node | undefined, op: string, context: Context): readonly [Value, number] | undefined {
  if (!node || opKey(node) !== op) return undefined;
  const [a, b] = node.inputs;
  const [x, y] = [scalarOf(a, context), scalarOf(b, context)];
  if (a && y !== undefined) return [a, y];
  return b && x !== undefined ? [b, x] : undefined;
}

/** A new constant of a graph: an initializer, or in a function, which has none, a Constant node. */
export function addConstant(graph: Graph, base: string, tensor: Tensor, context: Context): Value {
  const name = freshName(graph.model, base);
  if ('overload' in graph)
    return edit.addNode(graph, { opType: 'Constant', inputs: [], outputs: [name], attributes: { value: attr.tensor(tensor) } }).outputs[0]!;
  context.allowInitializers();
  return edit.addInitializer(graph, name, tensor);
}
