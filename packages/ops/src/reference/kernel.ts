// What a kernel is, and how kernels take their inputs. Kernels compute in double precision (64-bit integers exactly) and round once, to the element type of the output.
import { type Graph, keyOf, type Node, opKey } from '@modeldiet/onnx-io';
import type { DType, Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';

/** A value at run time: a tensor, a sequence, a map, or null for an empty optional. */
export type Datum = Tensor | readonly Datum[] | ReadonlyMap<number | bigint | string, Datum> | null;

/** Runs a body on its inputs; it sees the values around it. */
export type RunBody = (body: Graph, inputs: readonly Datum[]) => readonly Datum[];

/** One op. Omitted inputs are undefined; so may be outputs that the node does not ask for. */
export type Kernel = (node: Node, inputs: readonly (Datum | undefined)[], run: RunBody) => readonly (Datum | undefined)[];

export const isTensor = (datum: Datum | undefined): datum is Tensor => typeof datum === 'object' && datum !== null && 'dims' in datum;

/** Throws `ops/bad-input` about input `index` of `node`. */
export function badInput(node: Node, index: number, words: string, details: { readonly expected?: unknown; readonly actual?: unknown } = {}): never {
  throw fail('bad-input', { where: { node: keyOf(node), opType: opKey(node), value: node.inputs[index]?.name ?? `input ${index}` }, ...details }, words);
}

/** Throws `ops/bad-attribute` about an attribute of `node`. */
export function badAttribute(node: Node, option: string, actual?: unknown): never {
  throw fail('bad-attribute', { where: { node: keyOf(node), opType: opKey(node), option }, actual });
}

/** Throws `ops/unsupported-type`: the kernel does not compute with this element type. */
export function badType(node: Node, type: DType): never {
  throw fail('unsupported-type', { where: { node: keyOf(node), opType: opKey(node) }, actual: type });
}

/** Input `index`, which must be a tensor. */
export function tensorAt(node: Node, inputs: readonly (Datum | undefined)[], index: number): Tensor {
  const datum = inputs[index];
  if (!isTensor(datum)) badInput(node, index, datum === undefined ? 'an input is missing' : 'the input is no tensor');
  return datum;
}

/** Input `index` where it is given. */
export function optionalAt(node: Node, inputs: readonly (Datum | undefined)[], index: number): Tensor | undefined {
  return inputs[index] === undefined || inputs[index] === null ? undefined : tensorAt(node, inputs, index);
}

/** Input `index`, which must be a sequence. */
export function sequenceAt(node: Node, inputs: readonly (Datum | undefined)[], index: number): readonly Datum[] {
  const datum = inputs[index];
  if (!Array.isArray(datum)) badInput(node, index, 'the input is no sequence');
  return datum;
}

/** The axis counted from the front. Throws `ops/bad-attribute` when it is outside the rank. */
export function axisOf(node: Node, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= Math.max(rank, 1)) badAttribute(node, 'axis', axis);
  return axis < 0 ? axis + rank : axis;
}
