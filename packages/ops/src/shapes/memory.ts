// What one inference leaves for the next of the same model, edited in between: a node whose inputs are as they were is not inferred again.
import type { Node, Skip, Value, ValueType } from '@modeldiet/onnx-io';
import type { Elements } from '../facts';
import type { State } from './state';

/** What was found for a node, and all that it was found from. */
interface Found {
  readonly from: readonly unknown[];
  readonly types: readonly (ValueType | undefined)[];
  readonly elements: readonly (Elements | undefined)[];
  readonly open: Skip | undefined;
}

/** Of one model, for the same options each time. */
export interface ShapeMemory {
  readonly nodes: WeakMap<Node, Found>;
  /** Types of graph inputs, by what the file declares. */
  readonly declared: WeakMap<Value, { readonly type: ValueType | undefined; readonly result: ValueType | undefined }>;
  /** Names of unknown extents go on from one inference to the next: two that differ never share one. */
  fresh?: () => string;
}

/** An empty memory, for {@link InferOptions}' `memory`. */
export const shapeMemory = (): ShapeMemory => ({ nodes: new WeakMap(), declared: new WeakMap() });

/** `copy` stands where `node` was: what was found for it holds for the copy as long as what it was found from does. */
export function copyMemory({ nodes }: ShapeMemory, node: Node, copy: Node): void {
  const found = nodes.get(node);
  if (found) nodes.set(copy, found);
}

/** Whatever a rule may look at, as objects that are the same as long as it is: attributes, and of each value its constant or what is known of it, and what the file declares. */
function groundsOf(node: Node, state: State): unknown[] {
  const from: unknown[] = [node.opType, node.domain, node.outputs.length];
  for (const [name, attribute] of node.attributes) from.push(name, attribute);
  for (const value of node.inputs) {
    const constant = value && (state.tensors.get(value) ?? value.initializer);
    if (!value || constant) from.push(constant);
    else from.push(state.types.get(value), state.known.get(value));
  }
  for (const value of node.outputs) from.push(value?.type);
  return from;
}

/** Sets what was found for the node before and returns true, where nothing that it was found from has changed. */
export function recall({ nodes }: ShapeMemory, node: Node, state: State, open: (skip: Skip | undefined) => void): boolean {
  const found = nodes.get(node);
  if (!found) return false;
  const from = groundsOf(node, state);
  if (from.length !== found.from.length || !from.every((x, i) => x === found.from[i])) return false;
  for (const [i, value] of node.outputs.entries()) {
    if (!value) continue;
    const type = found.types[i];
    if (type) state.types.set(value, type);
    else state.types.delete(value);
    state.known.set(value, found.elements[i]);
  }
  open(found.open);
  return true;
}

const sameList = (a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((x, i) => x === b[i]));
const sameType = (a: ValueType, b: ValueType | undefined): boolean =>
  a.kind === 'tensor' &&
  b?.kind === 'tensor' &&
  a.dtype === b.dtype &&
  sameList(a.shape, b.shape) &&
  a.denotation === b.denotation &&
  !a.dimDenotations &&
  !b.dimDenotations;

/** Keeps what `state` has for the outputs of `node` now. What is as it was found before stays the same object, so that what follows from it is known to be the same too. */
export function keep({ nodes }: ShapeMemory, node: Node, state: State, open: Skip | undefined): void {
  const before = nodes.get(node);
  for (const [i, value] of before ? node.outputs.entries() : []) {
    if (!value) continue;
    const type = state.types.get(value);
    if (type && sameType(type, before!.types[i])) state.types.set(value, before!.types[i]!);
    const [elements, known] = [state.known.get(value), before!.elements[i]];
    if (elements && known && sameList(elements.dims, known.dims) && sameList(elements.data, known.data)) state.known.set(value, known);
  }
  nodes.set(node, {
    from: groundsOf(node, state),
    types: node.outputs.map((value) => value && state.types.get(value)),
    elements: node.outputs.map((value) => value && state.known.get(value)),
    open,
  });
}
