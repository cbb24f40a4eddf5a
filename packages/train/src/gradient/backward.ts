// Reverse mode, over the graph: walks the nodes from the loss back, asks each op's rule for the gradients of its inputs, and adds up what meets at a value.
import { type Graph, keyOf, type Node, nestedGraphs, opKey, orderedNodes, subgraphs, type Value } from '@modeldiet/onnx-io';
import { type Emit, isFloat } from '../emit';
import { fail } from '../errors';
import type { GradientRules } from '../rules';
import { codeMakers } from '../rules/quantize';

/** The outer values that the subgraphs of `node` read. */
function* captures(node: Node, graph: Graph): Generator<Value> {
  for (const sub of subgraphs(node))
    for (const inner of nestedGraphs(sub)) {
      for (const deep of inner.nodes) for (const value of deep.inputs) if (value?.graph === graph) yield value;
      for (const value of inner.outputs) if (value.graph === graph) yield value;
    }
}

/** The float values that depend on one of `wrt` by way of float values and of the codes of floats alone (no gradient passes a Shape or an ArgMax), and the nodes that read one of them, producers first. */
function dependents(e: Emit, wrt: ReadonlySet<Value>): { values: ReadonlySet<Value>; nodes: readonly Node[] } {
  const { graph } = e;
  const values = new Set(wrt);
  const nodes = orderedNodes(graph).filter((node) => {
    const reads = [...node.inputs, ...(node.attributes.size ? captures(node, graph) : [])];
    if (!reads.some((value) => value && values.has(value))) return false;
    for (const value of node.outputs) if (value && (codeMakers.has(opKey(node)) || isFloat(e.dtype(value) ?? 'float32'))) values.add(value);
    return true;
  });
  return { values, nodes };
}

/** Emits dL/dv for each v of `wrt` that `loss`, a scalar, depends on differentiably. Throws `train/no-gradient`, naming the node. */
export function backward(e: Emit, loss: Value, wrt: ReadonlySet<Value>, rules: GradientRules): Map<Value, Value> {
  const { values, nodes } = dependents(e, wrt);
  const wanted = (value: Value | undefined): boolean => value !== undefined && values.has(value);
  const arrived = new Map<Value, Value[]>();
  const arrive = (value: Value, gradient: Value): void => void arrived.set(value, [...(arrived.get(value) ?? []), gradient]);
  const total = (value: Value | undefined): Value | undefined => {
    const parts = value && arrived.get(value);
    if (!parts) return undefined;
    const sum = parts.reduce((a, b) => e.op('Add', [a, b]));
    arrived.set(value, [sum]);
    return sum;
  };
  const one = e.scalar(1, loss);
  arrive(loss, e.dims(loss)?.length === 0 ? one : e.op('Expand', [one, e.shape(loss)], {}, e.dtype(loss)));
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((value) => value && arrived.has(value))) continue;
    const rule = rules[opKey(node)];
    if (!rule) throw fail('no-gradient', { where: { node: keyOf(node), opType: opKey(node) } });
    const back = rule({ e, node, needs: (i) => wanted(node.inputs[i]) }, node.outputs.map(total));
    node.inputs.forEach((value, i) => {
      if (value && back[i] && wanted(value)) arrive(value, back[i]);
    });
  }
  const found = new Map<Value, Value>();
  for (const value of wrt) {
    const gradient = total(value);
    if (gradient) found.set(value, gradient);
  }
  return found;
}
