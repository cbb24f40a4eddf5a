// Reads attributes as plain numbers and texts, with a default. An attribute of another kind counts as absent: checkModel reports it.
import type { AttributeValue, Graph, Node } from '@modeldiet/onnx-io';
import type { Constant } from '@modeldiet/tensor';

const decoder = new TextDecoder();

/** The value of an attribute of the given kind; undefined when it is absent or of another kind. */
export const attributeOf = <K extends keyof AttributeValue>(node: Node, name: string, kind: K): AttributeValue[K] | undefined => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === kind ? (attribute.value as AttributeValue[K]) : undefined;
};

export function intOf(node: Node, name: string): number | undefined;
export function intOf(node: Node, name: string, fallback: number): number;
export function intOf(node: Node, name: string, fallback?: number): number | undefined {
  const value = attributeOf(node, name, 'int');
  return value === undefined ? fallback : Number(value);
}

export function intsOf(node: Node, name: string): number[] | undefined {
  return attributeOf(node, name, 'ints')?.map(Number);
}

export const floatOf = (node: Node, name: string, fallback: number): number => attributeOf(node, name, 'float') ?? fallback;
export const floatsOf = (node: Node, name: string): readonly number[] | undefined => attributeOf(node, name, 'floats');

export function stringOf(node: Node, name: string): string | undefined;
export function stringOf(node: Node, name: string, fallback: string): string;
export function stringOf(node: Node, name: string, fallback?: string): string | undefined {
  const value = attributeOf(node, name, 'string');
  return value === undefined ? fallback : decoder.decode(value);
}

export const stringsOf = (node: Node, name: string): string[] | undefined => attributeOf(node, name, 'strings')?.map((bytes) => decoder.decode(bytes));
export const graphOf = (node: Node, name: string): Graph | undefined => attributeOf(node, name, 'graph');
export const tensorOf = (node: Node, name: string): Constant | undefined => attributeOf(node, name, 'tensor');
export { opsetOf } from '@modeldiet/onnx-io';
