// The only writer of a graph. Every function keeps use-def exact, names unique in their scope, and drops `model.origin`.
import type { Constant } from '@modeldiet/tensor';
import { fail } from '../errors';
import { link, linked, linkOutputs, type Mutable, makeNode, makeValue, writable } from './make';
import type { Attribute, AttributeValue, Graph, Int, Model, Node, Use, Value, ValueType } from './model';
import { claimReserved, countName, freshName, keyOf, takenNames } from './names';
import { definedValues, nestedGraphs, scopes } from './walk';

export { freshName } from './names';

/** A new output: a name, a name with its type, nothing for an omitted optional output; '' asks for a fresh name. */
export type NewOutput = string | { readonly name?: string; readonly type?: ValueType } | undefined;

export interface NewNode {
  readonly opType: string;
  readonly domain?: string;
  readonly overload?: string;
  /** Made fresh when taken; '' stays ''. Default: a fresh name from the first output or the op. */
  readonly name?: string;
  readonly inputs: readonly (Value | undefined)[];
  /** Default: one output with a fresh name. */
  readonly outputs?: readonly NewOutput[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly doc?: string;
}

/** Makers of attributes: `attr.int(1)`, `attr.floats([0.5])`, `attr.string('NOTSET')`, `attr.tensor(t)`. */
const of =
  <K extends keyof AttributeValue>(kind: K) =>
  (value: AttributeValue[K]): Attribute =>
    ({ kind, value }) as unknown as Attribute;
export const attr = {
  int: of('int') as (value: Int) => Attribute,
  ints: of('ints'),
  float: of('float'),
  floats: of('floats'),
  string: (value: string): Attribute => ({ kind: 'string', value: new TextEncoder().encode(value) }),
  strings: (values: readonly string[]): Attribute => ({ kind: 'strings', value: values.map((text) => new TextEncoder().encode(text)) }),
  tensor: of('tensor'),
  graph: of('graph'),
};

const touch = (model: Model): void => {
  if (model.origin) delete (writable(model) as { origin?: unknown }).origin;
};

const sees = (graph: Graph, value: Value): boolean => {
  for (const scope of scopes(graph)) if (scope === value.graph) return true;
  return false;
};

/** Takes `name` for a new value of `graph`: throws `duplicate-name` where it is already visible from or below it. */
function claim(graph: Graph, name: string): void {
  const names = takenNames(graph.model);
  if (names.has(name) && !claimReserved(graph.model, name)) {
    const clash = (scope: Graph): void => {
      for (const value of definedValues(scope)) if (value.name === name) throw fail('duplicate-name', { where: { graph: scope.name, value: name } });
    };
    for (const scope of scopes(graph)) clash(scope);
    for (const scope of nestedGraphs(graph)) clash(scope);
  }
  names.add(name);
}

const checkVisible = (graph: Graph, value: Value | undefined): void => {
  if (value && !sees(graph, value)) throw fail('wrong-graph', { where: { graph: graph.name, value: value.name } });
};

/** The type a constant has as a value. */
export const typeOfConstant = (constant: Constant): ValueType =>
  constant.type === 'sparse'
    ? { kind: 'sparse', dtype: constant.values.type, shape: constant.dims }
    : constant.type === 'opaque'
      ? { kind: 'tensor', shape: constant.dims }
      : { kind: 'tensor', dtype: constant.type, shape: constant.dims };

/** Adds a graph input. Throws `duplicate-name`. */
export function addInput(graph: Graph, name: string, type?: ValueType): Value {
  claim(graph, name);
  touch(graph.model);
  const value = makeValue(graph, name, type && { type });
  writable(graph).inputs.push(value);
  return value;
}

/** Adds an initializer; its type is the constant's. Throws `duplicate-name`. */
export function addInitializer(graph: Graph, name: string, constant: Constant): Value {
  claim(graph, name);
  touch(graph.model);
  const value = makeValue(graph, name, { initializer: constant, type: typeOfConstant(constant) });
  writable(graph).initializers.add(value);
  return value;
}

/** Adds a node and its outputs. Order is derived (producers first), so the place does not matter. Throws `duplicate-name`, `wrong-graph`. */
export function addNode(graph: Graph, spec: NewNode): Node {
  const { model } = graph;
  for (const value of spec.inputs) checkVisible(graph, value);
  const wanted = (spec.outputs ?? ['']).map((output) => (typeof output === 'string' ? { name: output } : output));
  for (const output of wanted) if (output?.name) claim(graph, output.name);
  touch(model);
  const values = wanted.map(
    (output) => output && makeValue(graph, output.name || freshName(model, `${spec.name || spec.opType}_output`), output.type && { type: output.type }),
  );
  const name = spec.name === '' ? '' : freshName(model, spec.name ?? `${spec.opType}_${values.find(Boolean)?.name ?? ''}`);
  const node = makeNode(graph, { ...spec, name, attributes: new Map(Object.entries(spec.attributes ?? {})) });
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'graph') writable(attribute.value).parent = node;
    if (attribute.kind === 'graphs') for (const sub of attribute.value) writable(sub).parent = node;
  }
  linkOutputs(node, values);
  countName(graph, name, 1);
  return node;
}

const isOutput = (value: Value): boolean => value.graph.outputs.includes(value);

/** Removes a node. Throws `still-used` while an output of it is read or is a graph output. */
export function removeNode(node: Node): void {
  for (const value of node.outputs)
    if (value && (value.uses.size > 0 || isOutput(value))) throw fail('still-used', { where: { node: keyOf(node), opType: node.opType, value: value.name } });
  touch(node.graph.model);
  dropUses(node);
  countName(node.graph, node.name, -1);
  writable(node.graph).nodes.delete(node);
}

function dropUses(node: Node): void {
  node.inputs.forEach((_, index) => {
    link(linked(node), index, undefined);
  });
  for (const attribute of node.attributes.values()) {
    const graphs = attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : [];
    for (const graph of graphs) for (const inner of graph.nodes) dropUses(inner);
  }
}

/** Removes an initializer or a graph input (both, where it is both). Throws `still-used`. */
export function removeValue(value: Value): void {
  if (value.uses.size > 0 || isOutput(value)) throw fail('still-used', { where: { value: value.name } });
  if (value.producer) throw fail('still-used', { where: { value: value.name } }, 'a node makes this value; remove the node');
  touch(value.graph.model);
  const graph = writable(value.graph);
  graph.initializers.delete(value);
  graph.inputs = graph.inputs.filter((input) => input !== value);
}

/** Gives a value a constant, or takes it away with `undefined` (then it must be a graph input). */
export function setInitializer(value: Value, constant: Constant | undefined): void {
  if (value.producer) throw fail('wrong-graph', { where: { value: value.name } }, 'a node makes this value, so it cannot be an initializer');
  if (!constant && !value.graph.inputs.includes(value))
    throw fail('still-used', { where: { value: value.name } }, 'an initializer that is no graph input can only be removed');
  touch(value.graph.model);
  const v = writable(value);
  delete v.storage;
  if (constant) {
    v.initializer = constant as Mutable<Value>['initializer'];
    v.type = typeOfConstant(constant);
    writable(value.graph).initializers.add(value);
  } else {
    delete v.initializer;
    writable(value.graph).initializers.delete(value);
  }
}

export function setType(value: Value, type: ValueType | undefined): void {
  touch(value.graph.model);
  writable(value).type = type;
}

/** Renames a value; training bindings follow. Throws `duplicate-name`. */
export function renameValue(value: Value, name: string): void {
  if (value.name === name) return;
  claim(value.graph, name);
  const { model } = value.graph;
  touch(model);
  const before = value.name;
  writable(value).name = name;
  for (const info of model.training)
    for (const binding of [info.initializationBinding, info.updateBinding] as Map<string, string>[]) {
      const renamed = [...binding].map(([key, source]) => [key === before ? name : key, source === before ? name : source] as const);
      binding.clear();
      for (const [key, source] of renamed) binding.set(key, source);
    }
}

export function renameNode(node: Node, name: string): void {
  touch(node.graph.model);
  countName(node.graph, node.name, -1);
  linked(node).name = name;
  countName(node.graph, name, 1);
  takenNames(node.graph.model).add(name);
}

/** Points input `index` at `value`; `index` may be one past the last, to add an input. Throws `edit-range`, `wrong-graph`. */
export function setInput(node: Node, index: number, value: Value | undefined): void {
  if (!Number.isInteger(index) || index < 0 || index > node.inputs.length)
    throw fail('edit-range', { where: { node: keyOf(node), opType: node.opType }, expected: `0..${node.inputs.length}`, actual: index });
  checkVisible(node.graph, value);
  touch(node.graph.model);
  link(linked(node), index, value);
}

/** Replaces all inputs. */
export function setInputs(node: Node, values: readonly (Value | undefined)[]): void {
  for (const value of values) checkVisible(node.graph, value);
  touch(node.graph.model);
  const n = linked(node);
  for (let index = 0; index < Math.max(n.inputs.length, values.length); index++) link(n, index, values[index]);
  n.inputs.length = n.slots.length = values.length;
}

/** Adds an output to a node, after the ones it has. */
export function addNodeOutput(node: Node, output: NewOutput): Value | undefined {
  const wanted = typeof output === 'string' ? { name: output } : output;
  if (wanted?.name) claim(node.graph, wanted.name);
  touch(node.graph.model);
  const { model } = node.graph;
  const value =
    wanted &&
    makeValue(
      node.graph,
      wanted.name || freshName(model, `${node.name || node.opType}_output`),
      'type' in wanted && wanted.type ? { type: wanted.type } : undefined,
    );
  linked(node).outputs.push(value);
  if (value) writable(value).producer = node;
  return value;
}

/** Sets an attribute, or removes it with `undefined`. */
export function setAttribute(node: Node, name: string, attribute: Attribute | undefined): void {
  touch(node.graph.model);
  const { attributes } = linked(node);
  if (attribute) attributes.set(name, attribute);
  else attributes.delete(name);
}

export function setOpType(node: Node, opType: string, domain = ''): void {
  touch(node.graph.model);
  Object.assign(linked(node), { opType, domain });
}

/** Every node that reads `value` reads `by` instead; `only` picks some of the uses. Graph outputs stay. Returns how many uses moved. */
export function replaceUses(value: Value, by: Value, only: (use: Use) => boolean = () => true): number {
  let moved = 0;
  for (const use of [...value.uses]) {
    if (!only(use)) continue;
    setInput(use.node, use.index, by);
    moved++;
  }
  return moved;
}

/**
 * `by` takes the place of `value` everywhere: its uses, and where it is a graph output, the output too, whose name stays.
 * The output's name moves to `by` when `by` is a plain node output of that graph; otherwise an Identity carries it.
 */
export function replaceValue(value: Value, by: Value): void {
  if (value === by) return;
  checkVisible(value.graph, by);
  replaceUses(value, by, (use) => use.node !== by.producer);
  const readers = [...nestedGraphs(value.graph)].filter((graph) => graph.outputs.includes(value));
  if (readers.length === 0) return;
  const movable = by.producer && by.graph === value.graph && !isOutput(by) && readers.every((graph) => graph === value.graph);
  const { name } = value;
  if (movable) {
    renameValue(value, freshName(value.graph.model, `${name}_before`));
    renameValue(by, name);
    if (!by.type && value.type) setType(by, value.type);
    swapOutput(value.graph, value, by);
    return;
  }
  for (const graph of readers) {
    if (graph === value.graph) renameValue(value, freshName(graph.model, `${name}_before`));
    const identity = addNode(graph, { opType: 'Identity', inputs: [by], outputs: [{ name: graph === value.graph ? name : '', type: value.type }] });
    swapOutput(graph, value, identity.outputs[0]!);
  }
}

const swapOutput = (graph: Graph, from: Value, to: Value): void => {
  const g = writable(graph);
  g.outputs = g.outputs.map((output) => (output === from ? to : output));
};

/**
 * Puts a node behind `value`: it reads `value`, and everything that read `value` reads its first output. A graph output keeps its name.
 * `only` picks the uses that move (graph outputs then stay).
 */
export function insertAfter(
  value: Value,
  spec: Omit<NewNode, 'inputs'> & { readonly inputs?: (value: Value) => readonly (Value | undefined)[] },
  only?: (use: Use) => boolean,
): Node {
  const { inputs = (v: Value) => [v], ...rest } = spec;
  const before = [...value.uses];
  const node = addNode(value.graph, { outputs: [{ type: value.type }], ...rest, inputs: inputs(value) });
  const out = node.outputs[0]!;
  for (const use of before) if (!only || only(use)) setInput(use.node, use.index, out);
  if (!only && isOutput(value)) {
    const { name } = value;
    if (value.producer) {
      renameValue(value, freshName(value.graph.model, `${name}_before`));
      renameValue(out, name);
    }
    swapOutput(value.graph, value, out);
  }
  return node;
}

/** Puts a node in front of one input of a node: it reads what that input read. */
export function insertBefore(
  node: Node,
  index: number,
  spec: Omit<NewNode, 'inputs'> & { readonly inputs?: (value: Value) => readonly (Value | undefined)[] },
): Node {
  const value = node.inputs[index];
  if (!value) throw fail('edit-range', { where: { node: keyOf(node), opType: node.opType }, actual: index }, 'there is no such input');
  const { inputs = (v: Value) => [v], ...rest } = spec;
  const made = addNode(node.graph, { ...rest, inputs: inputs(value) });
  setInput(node, index, made.outputs[0]);
  return made;
}

/** Makes `value` the last graph output. */
export function addOutput(graph: Graph, value: Value): void {
  checkVisible(graph, value);
  touch(graph.model);
  writable(graph).outputs.push(value);
}

/** Replaces the list of graph outputs. */
export function setOutputs(graph: Graph, values: readonly Value[]): void {
  for (const value of values) checkVisible(graph, value);
  touch(graph.model);
  writable(graph).outputs = [...values];
}

/** Imports `domain` at `version`; this is the number alone: conversion is `raiseOpset` of `@modeldiet/ops`. `undefined` removes it. */
export function setOpset(model: Model, domain: string, version: number | undefined): void {
  touch(model);
  const opsets = model.opsets as Map<string, number>;
  if (version === undefined) opsets.delete(domain);
  else opsets.set(domain, version);
}

export function setIrVersion(model: Model, irVersion: number): void {
  touch(model);
  writable(model).irVersion = irVersion;
}

export function setProducer(model: Model, name: string, version: string): void {
  touch(model);
  writable(model).producer = { name, version };
}

/** Sets a metadata_props entry of a model, graph, node or value; `undefined` removes it. */
export function setMetadata(x: Model | Graph | Node | Value, key: string, text: string | undefined): void {
  touch('irVersion' in x ? x : 'model' in x ? x.model : x.graph.model);
  const metadata = new Map(x.metadata);
  if (text === undefined) metadata.delete(key);
  else metadata.set(key, text);
  (x as { metadata: ReadonlyMap<string, string> }).metadata = metadata;
}
