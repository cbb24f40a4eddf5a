// What is constant in a graph, however the file says it: an initializer, or one of the forms of a Constant node.
import type { Constant, Tensor } from '@modeldiet/tensor';
import type { Attribute, Int, Node, Value } from './model';
import { opKey } from './names';

const int64 = (values: readonly Int[], dims: readonly number[]): Tensor => ({ type: 'int64', dims, data: BigInt64Array.from(values, BigInt) });
const float32 = (values: readonly number[], dims: readonly number[]): Tensor => ({ type: 'float32', dims, data: Float32Array.from(values) });
const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
const string = (values: readonly Uint8Array[], dims: readonly number[]): Tensor | undefined => {
  try {
    return { type: 'string', dims, data: values.map(text) };
  } catch {
    return undefined; // bytes that are not UTF-8 stay in the Constant node
  }
};

/** The forms of Constant (since 12; `value` since 1, `sparse_value` since 11): which attribute holds it, and what it is as a tensor. */
const forms: readonly (readonly [string, (attribute: Attribute) => Constant | undefined])[] = [
  ['value', (a) => (a.kind === 'tensor' ? a.value : undefined)],
  ['sparse_value', (a) => (a.kind === 'tensor' ? a.value : undefined)],
  ['value_float', (a) => (a.kind === 'float' ? float32([a.value], []) : undefined)],
  ['value_floats', (a) => (a.kind === 'floats' ? float32(a.value, [a.value.length]) : undefined)],
  ['value_int', (a) => (a.kind === 'int' ? int64([a.value], []) : undefined)],
  ['value_ints', (a) => (a.kind === 'ints' ? int64(a.value, [a.value.length]) : undefined)],
  ['value_string', (a) => (a.kind === 'string' ? string([a.value], []) : undefined)],
  ['value_strings', (a) => (a.kind === 'strings' ? string(a.value, [a.value.length]) : undefined)],
];

/** The constant that a Constant node makes; undefined for any other node, and for one whose value refers to an attribute of its function. */
export function constantOfNode(node: Node): Constant | undefined {
  if (opKey(node) !== 'Constant') return undefined;
  for (const [name, read] of forms) {
    const attribute = node.attributes.get(name);
    if (attribute) return read(attribute);
  }
  return undefined;
}

/** True for an initializer that a caller may feed another value for: it is a graph input too, and the file is of IR 4 or later. */
export const isOverridable = (value: Value): boolean =>
  value.initializer !== undefined && value.graph.model.irVersion >= 4 && value.graph.inputs.includes(value);

/** The constant of a value: its initializer (unless {@link isOverridable}), or what its Constant node holds, through Identity nodes. */
export function constantOf(value: Value): Constant | undefined {
  for (let v: Value | undefined = value, hops = 0; v && hops < 64; hops++) {
    if (v.initializer) return isOverridable(v) ? undefined : v.initializer;
    if (!v.producer) return undefined;
    if (opKey(v.producer) !== 'Identity') return constantOfNode(v.producer);
    v = v.producer.inputs[0];
  }
  return undefined;
}

/** {@link constantOf} where its numbers are at hand (weights of at most 1 KiB always are). */
export function tensorOf(value: Value): Tensor | undefined {
  const constant = constantOf(value);
  return constant && 'data' in constant ? constant : undefined;
}
