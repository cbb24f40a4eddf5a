// Raw construction, for the loader, clone and edit alone: the same objects as model.ts, writable, with the use-def links kept here.
import type { Attribute, Extra, Graph, Int, Model, ModelFunction, Node, Use, Value, ValueType } from './model';

type Writable<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : T extends readonly (infer V)[] ? V[] : T;
/** The writable view of a graph object; its links are the read-only types, its containers can be changed. */
export type Mutable<T> = { -readonly [K in keyof T]: K extends keyof Extra ? T[K] : Writable<T[K]> };

/** A node with the Use object of each input, so that an input is unlinked in constant time. */
export interface LinkedNode extends Mutable<Node> {
  readonly slots: (Use | undefined)[];
}

/** The only casts from read-only to writable. */
export const writable = <T extends Model | Graph | Value | ModelFunction>(x: T): Mutable<T> => x as Mutable<T>;
export const linked = (node: Node): LinkedNode => node as LinkedNode;

/**
 * What a file said that the graph has no field for, so that an untouched model saves as it was: which empty fields were written, in which order. Only the
 * loader writes it, only the saver reads it, clone carries it over; what edits have overtaken is not used.
 */
export const kept: unique symbol = Symbol('modeldiet.kept');
/** A ValueInfoProto (or TensorAnnotation) that does not come from the value of that name as it is: bytes as they came. */
export interface KeptBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The value it speaks of, if there is one, and the type that value had. */
  readonly value?: Value;
  readonly type?: ValueType;
}
export interface KeptGraph {
  /** Bits of the fields that were written though empty. */
  readonly present: number;
  /** value_info and quantization_annotation in their order. */
  readonly valueInfo: readonly (Value | KeptBytes)[];
  readonly annotations: readonly (Value | KeptBytes)[];
  /** By place among the outputs: one whose ValueInfoProto is not the value's. */
  readonly outputs: readonly (KeptBytes | undefined)[];
  /** opset_import of a function, in its order and words. */
  readonly opsets?: readonly KeptOpset[];
}
export interface KeptOpset {
  readonly domain?: string;
  readonly version?: Int;
  readonly unknown: readonly Uint8Array[];
}
export interface KeptModel {
  readonly present: number;
  readonly opsets: readonly KeptOpset[];
}
export interface Keeps<T> {
  readonly [kept]?: T;
}

const none: readonly Uint8Array[] = [];
const noMetadata: ReadonlyMap<string, string> = new Map();
/** An Extra with nothing in it; shared, since it is never written. */
export const noExtra: Extra = { metadata: noMetadata, unknown: none };
export const extraOf = ({ doc, metadata, unknown }: Extra): Extra => (doc === undefined ? { metadata, unknown } : { doc, metadata, unknown });

export function makeValue(graph: Graph, name: string, more: Partial<Omit<Value, 'graph' | 'name' | 'uses'>> = {}): Value {
  // Every value has the same fields in the same order, present or not: engines then keep them as one shape, which halves the time of a clone.
  const { type, initializer, storage, quantization, producer, doc, metadata = noMetadata, unknown = none } = more;
  return { name, graph, type, initializer, storage, quantization, producer, uses: new Set(), doc, metadata, unknown };
}

export interface NodeParts extends Partial<Extra>, Keeps<number> {
  readonly opType: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly name?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: ReadonlyMap<string, Attribute>;
}

/** Shared by all nodes without attributes: never written (edit's setAttribute gives the node a map of its own first). */
export const noAttributes: Map<string, Attribute> = new Map();

/** A node of `graph`, linked to its inputs; its outputs are linked by {@link linkOutputs}. */
export function makeNode(graph: Graph, parts: NodeParts): Node {
  const { opType, domain, overload, name, inputs, attributes, doc, metadata, unknown } = parts;
  return adoptNode(graph, {
    opType,
    domain,
    overload,
    name,
    inputs: [...inputs],
    outputs: [],
    attributes: attributes?.size ? new Map(attributes) : noAttributes,
    doc,
    metadata,
    unknown,
    [kept]: parts[kept],
  });
}

/** {@link makeNode} that keeps the arrays and the map it is given, and links the outputs. */
export function adoptNode(
  graph: Graph,
  parts: NodeParts & { readonly inputs: (Value | undefined)[]; readonly outputs: (Value | undefined)[]; readonly attributes: Map<string, Attribute> },
): Node {
  const { opType, domain = '', overload = '', name = '', inputs, outputs, attributes, doc, metadata = noMetadata, unknown = none } = parts;
  const slots: (Use | undefined)[] = new Array(inputs.length);
  const node: LinkedNode = { graph, domain, opType, overload, name, inputs, outputs, attributes, slots, doc, metadata, unknown };
  if (parts[kept]) (node as { [kept]?: number })[kept] = parts[kept];
  for (let index = 0; index < inputs.length; index++) {
    const value = inputs[index];
    const use = value && { node, index };
    slots[index] = use;
    if (use) (value.uses as Set<Use>).add(use);
  }
  for (const value of outputs) if (value) writable(value).producer = node;
  (graph.nodes as Set<Node>).add(node);
  return node;
}

/** Makes `outputs` the node's outputs and the node their producer. */
export function linkOutputs(node: Node, outputs: readonly (Value | undefined)[]): void {
  linked(node).outputs = [...outputs];
  for (const value of outputs) if (value) writable(value).producer = node;
}

/** Points input `index` of `node` at `value`, keeping `uses` exact. */
export function link(node: LinkedNode, index: number, value: Value | undefined): void {
  const before = node.slots[index];
  if (before) (node.inputs[index]?.uses as Set<Use> | undefined)?.delete(before);
  node.inputs[index] = value;
  node.slots[index] = value && { node, index };
  if (value) (value.uses as Set<Use>).add(node.slots[index]!);
}

export interface GraphParts extends Partial<Extra>, Keeps<KeptGraph> {
  readonly name?: string;
  readonly opsets?: ReadonlyMap<string, number>;
  readonly parent?: Node;
}

/** An empty graph of `model`. */
export function makeGraph(model: Model, parts: GraphParts = {}): Graph {
  const { name = '', opsets = model.opsets, parent, doc, metadata = noMetadata, unknown = none } = parts;
  const graph: Graph = {
    ...extraOf({ doc, metadata, unknown }),
    name,
    model,
    opsets,
    parent,
    inputs: [],
    outputs: [],
    initializers: new Set(),
    nodes: new Set(),
  };
  return parts[kept] ? Object.assign(graph, { [kept]: parts[kept] }) : graph;
}

export function makeFunction(
  model: Model,
  parts: GraphParts & { domain: string; overload: string; attributes: ReadonlyMap<string, Attribute | undefined> },
): ModelFunction {
  return { ...makeGraph(model, parts), domain: parts.domain, overload: parts.overload, attributes: parts.attributes };
}

/** A model with an empty graph. */
export function makeModel(parts: Partial<Omit<Model, 'graph' | 'functions' | 'training'>> & Keeps<KeptModel> & { graph?: GraphParts } = {}): Model {
  const {
    irVersion = 10,
    opsets = new Map([['', 21]]),
    producer = { name: 'modeldiet', version: '' },
    domain = '',
    modelVersion = 0,
    origin,
    graph,
    doc,
    metadata = noMetadata,
    unknown = none,
  } = parts;
  const model: Mutable<Model> = {
    ...extraOf({ doc, metadata, unknown }),
    irVersion,
    opsets: new Map(opsets),
    producer,
    domain,
    modelVersion,
    functions: new Map(),
    training: [],
    graph: undefined as unknown as Graph,
  };
  if (origin) model.origin = origin;
  if (parts[kept]) Object.assign(model, { [kept]: parts[kept] });
  model.graph = makeGraph(model, graph);
  return model;
}
