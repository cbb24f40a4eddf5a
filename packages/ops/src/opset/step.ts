// How one step of a conversion is written: what has to change on a node when its op gets a new version.
import { type Attribute, attr, edit, type Graph, type Node, type Value } from '@modeldiet/onnx-io';
import { cast, type DType, filled, type Tensor } from '@modeldiet/tensor';
import type { Shapes } from '../facts';

/** Thrown by a step that cannot keep the node's meaning; the driver turns it into `ops/no-conversion` with the node's address. */
export interface Refusal {
  readonly refusal: string;
}
export const refuse = (reason: string): Refusal => ({ refusal: reason });

export interface StepContext {
  /** The types and constants of the model as it was before the conversion. */
  readonly shapes: Shapes;
}

/** Edits the node (or replaces it) and says what it did; undefined: nothing had to change. Throws {@link refuse}. */
export type Step = (node: Node, context: StepContext) => string | undefined;

/** One version bump of one op that needs work. */
export interface OpsetStep {
  readonly op: string;
  readonly to: number;
  readonly step: Step;
}

const isFunction = (graph: Graph): boolean => 'overload' in graph;
const rootOf = (graph: Graph): Graph => (graph.parent ? rootOf(graph.parent.graph) : graph);

/** A constant for `node` to read: an initializer, or a Constant node in a function, which has no initializers. */
export function constantFor(node: Node, tensor: Tensor, role: string): Value {
  const base = `${node.name || node.outputs.find(Boolean)?.name || node.opType}_${role}`;
  const { graph } = node;
  if (!isFunction(rootOf(graph))) return edit.addInitializer(graph, edit.freshName(graph.model, base), tensor);
  return edit.addNode(graph, { opType: 'Constant', inputs: [], outputs: [edit.freshName(graph.model, base)], attributes: { value: attr.tensor(tensor) } })
    .outputs[0]!;
}

export const int64 = (values: readonly (number | bigint)[], dims: readonly number[] = [values.length]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** In a function body: a Constant node that takes the caller's attribute (from opset 12 on, where Constant has these forms). */
function fromCaller(node: Node, attribute: Attribute & { readonly kind: 'ref' }, role: string): Value {
  const form = ({ int: 'value_int', ints: 'value_ints', float: 'value_float', floats: 'value_floats' } as const)[attribute.value.kind as 'int'];
  if (!form || (node.graph.opsets.get('') ?? node.graph.opsets.get('ai.onnx') ?? 0) < 12)
    throw refuse(`its attribute is given by the caller of the function, and an input cannot be before opset 12`);
  const base = `${node.outputs.find(Boolean)?.name ?? node.opType}_${role}`;
  return edit.addNode(node.graph, { opType: 'Constant', inputs: [], outputs: [edit.freshName(node.graph.model, base)], attributes: { [form]: attribute } })
    .outputs[0]!;
}

/** Turns an integer attribute into an int64 input of rank 1; undefined when the node has no such attribute. The attribute is gone afterwards. */
export function intsToInput(node: Node, name: string): Value | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return undefined;
  const made =
    attribute.kind === 'ref'
      ? fromCaller(node, attribute, name)
      : attribute.kind === 'ints'
        ? constantFor(node, int64(attribute.value), name)
        : attribute.kind === 'int'
          ? constantFor(node, int64([attribute.value], [1]), name)
          : undefined;
  if (!made) throw refuse(`its attribute '${name}' is no list of integers`);
  edit.setAttribute(node, name, undefined);
  return made;
}

/** Turns a float attribute into a scalar input of type `dtype`; undefined when the node has no such attribute. The attribute is gone afterwards. */
export function floatToInput(node: Node, name: string, dtype: DType | undefined): Value | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return undefined;
  if (!dtype) throw refuse('its element type is unknown, and its attribute becomes an input of that type');
  if (attribute.kind === 'ref' && dtype !== 'float32')
    throw refuse(`its attribute is given by the caller of the function, as float32, and its input is ${dtype}`);
  const made =
    attribute.kind === 'ref'
      ? fromCaller(node, attribute, name)
      : attribute.kind === 'float'
        ? constantFor(node, cast(filled(attribute.value, [], 'float64'), dtype), name)
        : undefined;
  if (!made) throw refuse(`its attribute '${name}' is no number`);
  edit.setAttribute(node, name, undefined);
  return made;
}

/** The element type of an input as it was before the conversion. */
export function dtypeOfInput(node: Node, { shapes }: StepContext, index = 0): DType | undefined {
  const value = node.inputs[index];
  const type = value && (shapes.of(value) ?? value.type);
  return type?.kind === 'tensor' ? type.dtype : undefined;
}
export function rankOfInput(node: Node, { shapes }: StepContext, index = 0): number | undefined {
  const value = node.inputs[index];
  const type = value && (shapes.of(value) ?? value.type);
  return type?.kind === 'tensor' ? type.shape?.length : undefined;
}

/** The inputs of a node, padded with omitted ones, with some set; trailing omitted ones are dropped. */
export function setInputsAt(node: Node, at: Readonly<Record<number, Value | undefined>>): void {
  const inputs: (Value | undefined)[] = [...node.inputs];
  for (const [index, value] of Object.entries(at)) {
    while (inputs.length < Number(index)) inputs.push(undefined);
    inputs[Number(index)] = value;
  }
  while (inputs.length && inputs[inputs.length - 1] === undefined) inputs.pop();
  edit.setInputs(node, inputs);
}
