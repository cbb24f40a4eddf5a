// What every rule does at its borders: casts for models that are not float32, and putting the new result in the old one's place.
import { attr, edit, type Graph, type Node, type Value } from '@modeldiet/onnx-io';
import { dataType, dropUnread, type FloatType } from '../constant';
import type { Outcome } from './rule';

/** `value`, which is of type `from`, as `to`. */
export function floatCast(graph: Graph, value: Value, to: FloatType, from: FloatType = 'float32'): Value {
  if (from === to) return value;
  return edit.addNode(graph, {
    opType: 'Cast',
    inputs: [value],
    outputs: [{ type: { kind: 'tensor', dtype: to, shape: value.type?.kind === 'tensor' ? value.type.shape : undefined } }],
    attributes: { to: attr.int(dataType[to]) },
  }).outputs[0]!;
}

/** `result` takes the place of the node's output; the node goes, and with it the constants that nothing reads any more. */
export function finish(node: Node, result: Value, what: string): Outcome {
  const output = node.outputs[0]!;
  edit.replaceValue(output, result);
  const inputs = [...node.inputs];
  edit.removeNode(node);
  for (const input of inputs) dropUnread(input);
  return { changed: what };
}
