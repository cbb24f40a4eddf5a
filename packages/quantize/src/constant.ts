// Where a node's weight comes from, however the file holds it: an initializer, a Constant node, or one of these behind Identity, Cast or Transpose.
import { constantOfNode, edit, type Graph, isOverridable, type Node, numbersParam, opKey, type Value } from '@modeldiet/onnx-io';
import type { Constant, DType, Weight } from '@modeldiet/tensor';

/** A dense constant, and how its reader sees it. */
export interface ConstantSource {
  /** The value that holds it: an initializer, or a Constant node's output. */
  readonly holder: Value;
  readonly weight: Weight;
  /** The permutation of axes on the way to the reader; undefined: none. */
  readonly perm?: readonly number[];
}

/** TensorProto.DataType of the float types that a weight may have. */
export const dataType = { float32: 1, float16: 10, float64: 11, bfloat16: 16 } as const satisfies Partial<Record<DType, number>>;
export type FloatType = keyof typeof dataType;
export const isFloat = (type: DType): type is FloatType => Object.hasOwn(dataType, type);

/** Longer chains of views than this are not followed: no exporter writes them. */
const longestChain = 16;

const isDense = (constant: Constant | undefined): constant is Weight => constant !== undefined && constant.type !== 'sparse' && constant.type !== 'opaque';

function heldBy(value: Value): Weight | undefined {
  if (isOverridable(value)) return undefined;
  const constant = value.initializer ?? (value.producer && constantOfNode(value.producer));
  return isDense(constant) ? constant : undefined;
}

function permOf(node: Node, rank: number): readonly number[] | undefined {
  const perm = numbersParam(node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return perm === 'dynamic' ? undefined : perm;
}

const floatCodes: ReadonlySet<number> = new Set(Object.values(dataType));

const keepsFloat = (node: Node, weight: Weight): boolean => {
  const to = node.attributes.get('to');
  return to?.kind === 'int' && floatCodes.has(Number(to.value)) && isFloat(weight.type);
};

/** The dense constant that `value` is, or undefined when it is computed from feeds (or held in a form that is not dense). */
export function constantSource(value: Value | undefined, depth = 0): ConstantSource | undefined {
  if (!value || depth > longestChain) return undefined;
  const weight = heldBy(value);
  if (weight) return { holder: value, weight };
  const node = value.producer;
  if (!node) return undefined;
  const op = opKey(node);
  if (op !== 'Identity' && op !== 'Cast' && op !== 'Transpose') return undefined;
  const below = constantSource(node.inputs[0], depth + 1);
  if (!below || (op === 'Cast' && !keepsFloat(node, below.weight))) return undefined;
  if (op !== 'Transpose') return below;
  const perm = permOf(node, below.weight.dims.length);
  if (!perm) return undefined;
  return { ...below, perm: below.perm ? perm.map((axis) => below.perm![axis]!) : perm };
}

/** The extents as the reader sees them. */
export const seenDims = ({ weight, perm }: ConstantSource): readonly number[] => (perm ? perm.map((axis) => weight.dims[axis]!) : weight.dims);

/** The nodes that read a held constant, looking through Identity, Cast and Transpose. */
export function* readersOf(holder: Value, depth = 0): Generator<{ readonly node: Node; readonly index: number }> {
  for (const use of holder.uses) {
    const op = opKey(use.node);
    if (depth < longestChain && (op === 'Identity' || op === 'Cast' || op === 'Transpose'))
      for (const output of use.node.outputs) if (output) yield* readersOf(output, depth + 1);
    if (op !== 'Identity' && op !== 'Cast' && op !== 'Transpose') yield use;
  }
}

/** Removes what nobody reads any more: an initializer (with the graph input that older files list beside it), or the constant chain that made the value. */
export function dropUnread(value: Value | undefined): void {
  for (let at = value; at && at.uses.size === 0 && !at.graph.outputs.includes(at); ) {
    const node: Node | undefined = at.producer;
    if (!node) {
      if (at.initializer) edit.removeValue(at);
      return;
    }
    if (constantSource(at) === undefined) return;
    const next: Value | undefined = node.inputs[0];
    edit.removeNode(node);
    at = next;
  }
}

const insideFunction = (graph: Graph): boolean => (graph.parent ? insideFunction(graph.parent.graph) : 'overload' in graph);

/** A named constant of `graph`: an initializer, or a Constant node inside a function, which cannot have initializers. */
export function addConstant(graph: Graph, name: string, weight: Weight): Value {
  const fresh = edit.freshName(graph.model, name);
  if (!insideFunction(graph)) return edit.addInitializer(graph, fresh, weight);
  return edit.addNode(graph, { opType: 'Constant', inputs: [], outputs: [fresh], attributes: { value: { kind: 'tensor', value: weight } } }).outputs[0]!;
}
