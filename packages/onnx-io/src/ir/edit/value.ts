// Values: graph inputs and initializers, types, names; constants moved between initializer and Constant node.
import type { Constant } from '@modeldiet/tensor';
import { fail } from '../../errors';
import { constantOfNode } from '../constant';
import { linked, linkOutputs, type Mutable, makeNode, makeValue, writable } from '../make';
import type { Graph, Model, Node, TrainingInfo, Value, ValueType } from '../model';
import { countName, countValue, freshNodeName, keyOf } from '../names';
import { attr } from './attr';
import { removeNode } from './node';
import { claim, outputCount, touch } from './scope';

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

/** Adds an initializer; its type is the constant's. Throws `duplicate-name`, and `no-initializers` in a function, which cannot hold one (a Constant node can). */
export function addInitializer(graph: Graph, name: string, constant: Constant): Value {
  checkHolds(graph, name);
  claim(graph, name);
  touch(graph.model);
  const value = makeValue(graph, name, { initializer: constant, type: typeOfConstant(constant) });
  writable(graph).initializers.add(value);
  return value;
}

const checkHolds = (graph: Graph, value: string): void => {
  if ('overload' in graph) throw fail('no-initializers', { where: { graph: graph.name, value } });
};

/** Removes an initializer or a graph input (both, where it is both). Throws `still-used`. */
export function removeValue(value: Value): void {
  if (value.uses.size > 0 || outputCount(value) > 0) throw fail('still-used', { where: { value: value.name } });
  if (value.producer) throw fail('still-used', { where: { value: value.name } }, 'a node makes this value; remove the node');
  const graph = writable(value.graph);
  if (!graph.initializers.has(value) && !graph.inputs.includes(value)) return;
  touch(value.graph.model);
  countValue(value.graph.model, value.name, -1);
  graph.initializers.delete(value);
  graph.inputs = graph.inputs.filter((input) => input !== value);
}

/** Takes an initializer off the list of graph inputs, so that no caller can feed another value for it. Throws `not-constant`. */
export function fixInitializer(value: Value): void {
  if (!value.initializer) throw fail('not-constant', { where: { value: value.name } });
  touch(value.graph.model);
  const graph = writable(value.graph);
  graph.inputs = graph.inputs.filter((input) => input !== value);
}

/** Gives a value a constant, or takes it away with `undefined` (then it must be a graph input). */
export function setInitializer(value: Value, constant: Constant | undefined): void {
  if (value.producer) throw fail('wrong-graph', { where: { value: value.name } }, 'a node makes this value, so it cannot be an initializer');
  if (!constant && !value.graph.inputs.includes(value))
    throw fail('still-used', { where: { value: value.name } }, 'an initializer that is no graph input can only be removed');
  if (constant) checkHolds(value.graph, value.name);
  touch(value.graph.model);
  const v = writable(value);
  v.storage = undefined;
  if (constant) {
    v.initializer = constant as Mutable<Value>['initializer'];
    v.type = typeOfConstant(constant);
    writable(value.graph).initializers.add(value);
  } else {
    v.initializer = undefined;
    writable(value.graph).initializers.delete(value);
  }
}

/** Makes an initializer of what a Constant node holds; the same value, so that nothing that reads it changes. Throws `not-constant`, and `no-initializers` in a function. */
export function constantToInitializer(node: Node): Value {
  const constant = constantOfNode(node);
  const value = node.outputs[0];
  if (!constant || !value) throw fail('not-constant', { where: { node: keyOf(node), opType: node.opType } });
  const held = node.attributes.get('value') ?? node.attributes.get('sparse_value');
  replaceByConstants(node, [constant]);
  if (held?.storage?.[0]) writable(value).storage = { ...held.storage[0], name: value.name };
  return value;
}

/**
 * The node goes, and its outputs are constants: `constants[i]` is what output `i` always is; undefined where nothing reads it. The same values, so that nothing that reads them changes.
 * Throws `no-initializers` in a function, `still-used` for an output that has no constant and is read.
 */
export function replaceByConstants(node: Node, constants: readonly (Constant | undefined)[]): void {
  const { graph, outputs } = node;
  for (const [i, value] of outputs.entries()) {
    if (!value) continue;
    checkHolds(graph, value.name);
    if (!constants[i] && (value.uses.size > 0 || outputCount(value) > 0))
      throw fail('still-used', { where: { node: keyOf(node), opType: node.opType, value: value.name } });
  }
  for (const [i, value] of outputs.entries()) {
    const constant = constants[i];
    if (!value || !constant) continue;
    const v = writable(value);
    v.producer = undefined;
    v.initializer = constant as Mutable<Value>['initializer'];
    v.type = typeOfConstant(constant);
    writable(graph).initializers.add(value);
    linked(node).outputs[i] = undefined;
  }
  removeNode(node);
}

/** Makes a Constant node of an initializer that is no graph input; the same value. Throws `not-constant`. */
export function initializerToConstant(value: Value): Node {
  const { graph, initializer } = value;
  if (!initializer || graph.inputs.includes(value)) throw fail('not-constant', { where: { value: value.name } });
  touch(graph.model);
  const v = writable(value);
  writable(graph).initializers.delete(value);
  v.initializer = undefined;
  v.storage = undefined;
  const attributes = new Map([[initializer.type === 'sparse' ? 'sparse_value' : 'value', attr.tensor(initializer)]]);
  const node = makeNode(graph, { opType: 'Constant', name: freshNodeName(graph.model, `Constant_${value.name}`), inputs: [], attributes });
  countName(graph, node.name, 1);
  linkOutputs(node, [value]);
  return node;
}

export function setType(value: Value, type: ValueType | undefined): void {
  touch(value.graph.model);
  writable(value).type = type;
}

/** Renames a value; training bindings follow. Throws `duplicate-name`. */
export function renameValue(value: Value, name: string): void {
  if (value.name === name) return;
  const { graph, name: before } = value;
  claim(graph, name);
  touch(graph.model);
  countValue(graph.model, before, -1);
  writable(value).name = name;
  if (value.storage) writable(value).storage = { ...value.storage, name };
  for (const info of graph.model.training) renameBindings(info, graph, before, name);
}

// A binding's key names an initializer of the model's graph or of the algorithm; its source an output of the graph that computes it.
function renameBindings(info: TrainingInfo, graph: Graph, before: string, name: string): void {
  const { model } = graph;
  const rename = (binding: ReadonlyMap<string, string>, source: Graph | undefined): void => {
    const keys = graph === model.graph || graph === info.algorithm;
    const renamed = [...binding].map(([key, from]) => [keys && key === before ? name : key, graph === source && from === before ? name : from] as const);
    const target = binding as Map<string, string>;
    target.clear();
    for (const [key, from] of renamed) target.set(key, from);
  };
  rename(info.initializationBinding, info.initialization);
  rename(info.updateBinding, info.algorithm);
}

/** Sets a metadata_props entry of a model, graph, node or value; `undefined` removes it. */
export function setMetadata(x: Model | Graph | Node | Value, key: string, text: string | undefined): void {
  touch('irVersion' in x ? x : 'model' in x ? x.model : x.graph.model);
  const metadata = new Map(x.metadata);
  if (text === undefined) metadata.delete(key);
  else metadata.set(key, text);
  (x as { metadata: ReadonlyMap<string, string> }).metadata = metadata;
}

/** Sets the doc string of a model, graph, node or value; `undefined` removes it. */
export function setDoc(x: Model | Graph | Node | Value, doc: string | undefined): void {
  touch('irVersion' in x ? x : 'model' in x ? x.model : x.graph.model);
  (x as { doc?: string }).doc = doc;
}
