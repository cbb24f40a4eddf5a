// The nodes of one graph copied into another, through edit.ts, with names of their own: what inlining a function or a branch is.
import { attributeOf } from './edit/attr';
import { addOutput, addSubgraph } from './edit/graph';
import { addNode } from './edit/node';
import { addInitializer, addInput } from './edit/value';
import { writable } from './make';
import type { Attribute, Graph, Node, Value } from './model';
import { freshName } from './names';
import { orderedNodes } from './order';
import { graphsOf } from './walk';

export interface PasteOptions {
  /** What stands for the values of `from` that are known already: the inputs of a function, as the call gives them; undefined: left out by the call. */
  readonly values?: ReadonlyMap<Value, Value | undefined>;
  /** What an attribute that refers to the caller's becomes; undefined: it is left out. Default: it stays a reference. */
  readonly attribute?: (name: string) => Attribute | undefined;
  /** In front of every name. */
  readonly prefix?: string;
}

interface Paste {
  readonly values: Map<Value, Value | undefined>;
  /** The copy of each node, those of subgraphs included. */
  readonly nodes: Map<Node, Node>;
  readonly attribute?: (name: string) => Attribute | undefined;
  readonly prefix: string;
}

const named = (into: Graph, { prefix }: Paste, name: string): string => freshName(into.model, `${prefix}${name}`);

/** What stands for `value`; one that is not of the pasted graphs is an outer value, which the target sees too. */
const of = ({ values }: Paste, value: Value | undefined): Value | undefined => (value && values.has(value) ? values.get(value) : value);

function pasteAttribute(attribute: Attribute, into: Graph, paste: Paste): Attribute | undefined {
  if (attribute.kind === 'ref') return paste.attribute ? paste.attribute(attribute.value.name) : attribute;
  if (attribute.kind !== 'graph' && attribute.kind !== 'graphs') return attribute;
  const copies = graphsOf(attribute).map((body) => {
    const copy = addSubgraph(into, body.name);
    for (const input of body.inputs) paste.values.set(input, addInput(copy, named(into, paste, input.name), input.type));
    pasteBody(body, copy, paste);
    for (const output of body.outputs) addOutput(copy, of(paste, output)!);
    return copy;
  });
  return attribute.kind === 'graph' ? attributeOf('graph', copies[0]!) : attributeOf('graphs', copies);
}

/** What the file says of a value or a node beside the graph: documentation, metadata, fields of a newer schema. */
function carryExtra(from: Value | Node, to: Value | Node): void {
  const { doc, metadata, unknown } = from;
  Object.assign(to, { doc, metadata, unknown });
}

/** Scales and zero points that quantization_annotation names, where they are pasted too. */
function carryQuantization(from: Value, to: Value, paste: Paste): void {
  if (!from.quantization) return;
  const parameters = [...from.quantization].map(([key, value]) => [key, of(paste, value)] as const);
  if (parameters.every((each): each is readonly [string, Value] => each[1] !== undefined)) writable(to).quantization = new Map(parameters);
}

function pasteNode(node: Node, into: Graph, paste: Paste): void {
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of node.attributes) {
    const copied = pasteAttribute(attribute, into, paste);
    if (copied) attributes[name] = copied;
  }
  const { opType, domain, overload } = node;
  const outputs = node.outputs.map((value) => value && { name: named(into, paste, value.name), type: value.type });
  const name = node.name && `${paste.prefix}${node.name}`;
  const made = addNode(into, { opType, domain, overload, name, inputs: node.inputs.map((value) => of(paste, value)), outputs, attributes });
  carryExtra(node, made);
  paste.nodes.set(node, made);
  for (const [i, value] of node.outputs.entries()) {
    if (!value) continue;
    paste.values.set(value, made.outputs[i]);
    carryExtra(value, made.outputs[i]!);
    carryQuantization(value, made.outputs[i]!, paste);
  }
}

function pasteBody(from: Graph, into: Graph, paste: Paste): void {
  for (const value of from.initializers) {
    if (paste.values.has(value)) continue;
    const made = addInitializer(into, named(into, paste, value.name), value.initializer!);
    carryExtra(value, made);
    paste.values.set(value, made);
  }
  for (const node of orderedNodes(from)) pasteNode(node, into, paste);
}

export interface Pasted {
  /** What stands for the outputs of the pasted graph, in order; undefined for one that the caller left out. */
  readonly outputs: readonly (Value | undefined)[];
  /** The copy of each node, those of subgraphs included. */
  readonly nodes: ReadonlyMap<Node, Node>;
}

/** Copies the initializers and nodes of `from` into `into`. */
export function pasteGraph(from: Graph, into: Graph, { values = new Map(), attribute, prefix = '' }: PasteOptions = {}): Pasted {
  const paste: Paste = { values: new Map(values), nodes: new Map(), prefix, ...(attribute && { attribute }) };
  pasteBody(from, into, paste);
  return { outputs: from.outputs.map((output) => of(paste, output)), nodes: paste.nodes };
}
