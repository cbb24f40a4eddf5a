// Runs a graph with reference kernels: synchronous, one node after the other, every value in the element type that the model says.
import {
  type Attribute,
  constantOfNode,
  findValue,
  functionKey,
  type Graph,
  keyOf,
  type Node,
  type OpKey,
  opKey,
  orderedNodes,
  type Value,
} from '@modeldiet/onnx-io';
import type { Constant, Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import { valuesRead } from '../order';
import type { Datum, Kernel, RunBody } from './kernel';
import { kernels as allKernels } from './kernels';
import { denseOf } from './sparse';

export interface InterpretOptions {
  /** Kernels to use instead of {@link allKernels}: `{ ...kernels, 'my.domain:MyOp': (node, [x]) => [...] }`. */
  readonly kernels?: Readonly<Record<OpKey, Kernel>>;
  /** Names of values to compute, of the graph or around it. Default: the graph's outputs. Only what they need is run. */
  readonly fetches?: readonly string[];
}

type Attributes = ReadonlyMap<string, Attribute | undefined>;
interface Frame {
  readonly values: Map<Value, Datum>;
  /** The frame of the graph around a subgraph. */
  readonly outer?: Frame;
  /** Inputs of a function that the caller left out. */
  readonly omitted?: ReadonlySet<Value>;
  readonly kernels: Readonly<Record<OpKey, Kernel>>;
  /** In a function body: the attributes of the call. */
  readonly call?: Attributes;
  readonly calls: readonly string[];
  /** The order of each graph's nodes, found once. */
  readonly orders: Map<Graph, readonly Node[]>;
}

function resident(constant: Constant, value: string): Tensor {
  if (constant.type === 'sparse') return denseOf(constant, value);
  if ('data' in constant) return constant;
  throw fail('weight-not-loaded', { where: { value } });
}

/** The node with references to the call's attributes filled in. */
function withAttributes(node: Node, call: Attributes | undefined): Node {
  if (!call || ![...node.attributes.values()].some(({ kind }) => kind === 'ref')) return node;
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const given = attribute.kind === 'ref' ? call.get(attribute.value.name) : attribute;
    if (given) attributes.set(name, given);
  }
  return { ...node, attributes };
}

/** The value's datum: made before, fed, or its initializer. */
function read(frame: Frame, value: Value): Datum {
  for (let f: Frame | undefined = frame; f; f = f.outer) {
    const known = f.values.get(value);
    if (known !== undefined) return known;
  }
  if (value.initializer) return resident(value.initializer, value.name);
  throw fail('missing-feed', { where: { graph: value.graph.name, value: value.name } });
}

function runNode(frame: Frame, original: Node): void {
  const node = withAttributes(original, frame.call);
  const constant = constantOfNode(node);
  if (constant) {
    frame.values.set(node.outputs[0]!, resident(constant, keyOf(node)));
    return;
  }
  const inputs = node.inputs.map((value) => (value && !frame.omitted?.has(value) ? read(frame, value) : undefined));
  const run: RunBody = (body, given) => runGraph(frame, body, given);
  const outputs = callOf(frame, node)?.(inputs) ?? kernelOf(frame, node)(node, inputs, run);
  node.outputs.forEach((value, i) => {
    if (value && outputs[i] !== undefined) frame.values.set(value, outputs[i]);
  });
}

function kernelOf({ kernels }: Frame, node: Node): Kernel {
  const kernel = kernels[opKey(node)];
  if (!kernel) throw fail('no-kernel', { where: { node: keyOf(node), opType: opKey(node) } });
  return kernel;
}

/** A call of a model-local function: its body in a frame of its own. */
function callOf(frame: Frame, node: Node): ((inputs: readonly (Datum | undefined)[]) => readonly (Datum | undefined)[]) | undefined {
  const key = functionKey(node.domain, node.opType, node.overload);
  const body = node.graph.model.functions.get(key);
  if (!body) return undefined;
  if (frame.calls.includes(key)) throw fail('recursive-function', { where: { node: keyOf(node), opType: opKey(node) } });
  return (inputs) => {
    const values = new Map<Value, Datum>();
    const omitted = new Set<Value>();
    body.inputs.forEach((value, i) => {
      const given = inputs[i];
      if (given === undefined) omitted.add(value);
      else values.set(value, given);
    });
    const inside: Frame = {
      values,
      omitted,
      orders: frame.orders,
      kernels: frame.kernels,
      call: new Map([...body.attributes, ...node.attributes]),
      calls: [...frame.calls, key],
    };
    for (const each of orderOf(inside, body)) runNode(inside, each);
    return body.outputs.map((value) => inside.values.get(value));
  };
}

function orderOf({ orders }: Frame, graph: Graph): readonly Node[] {
  let order = orders.get(graph);
  if (!order) orders.set(graph, (order = orderedNodes(graph)));
  return order;
}

/** A subgraph, on fresh values for what it defines. */
function runGraph(frame: Frame, body: Graph, inputs: readonly Datum[]): readonly Datum[] {
  const values = new Map<Value, Datum>();
  const inside: Frame = { ...frame, values, outer: frame };
  body.inputs.forEach((value, i) => {
    if (inputs[i] !== undefined) values.set(value, inputs[i]);
  });
  for (const node of orderOf(inside, body)) runNode(inside, node);
  return body.outputs.map((value) => read(inside, value));
}

/** The nodes of `graph` that `wanted` need, producers first; what is fed is not made. */
function neededNodes(graph: Graph, wanted: readonly Value[], fed: ReadonlySet<Value>): Node[] {
  const needed = new Set<Node>();
  const stack = wanted.filter((value) => !fed.has(value)).flatMap(({ producer }) => (producer ? [producer] : []));
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    for (const value of valuesRead(node, graph)) if (!fed.has(value) && value.producer) stack.push(value.producer);
  }
  return orderedNodes(graph).filter((node) => needed.has(node));
}

/**
 * Computes values of a graph in double precision, each rounded to its element type: the oracle of every package, and the constant folder. Slow, and says no word of runtimes.
 * `feeds` are by name: the graph's inputs, or any other value, which is then not computed; for a subgraph the values it captures. Weights must be in memory
 * (`await materializeModel(model)` first).
 *
 * Throws `ops/no-kernel`, `ops/weight-not-loaded`, `ops/missing-feed`, `ops/unknown-feed`, `ops/unknown-fetch`, `ops/bad-input`, `ops/bad-attribute`, `ops/unsupported-type`.
 *
 * ```ts
 * const { y } = interpret(model.graph, { x: tensor('float32', new Float32Array([1, 2]), [1, 2]) });
 * ```
 */
export function interpret(graph: Graph, feeds: Readonly<Record<string, Datum>>, options: InterpretOptions = {}): Readonly<Record<string, Datum>> {
  const values = new Map<Value, Datum>();
  for (const [name, datum] of Object.entries(feeds)) {
    const value = findValue(graph, name);
    if (!value) throw fail('unknown-feed', { where: { graph: graph.name, value: name }, expected: graph.inputs.map((each) => each.name) });
    values.set(value, datum);
  }
  const wanted =
    options.fetches?.map((name) => {
      const value = findValue(graph, name);
      if (!value) throw fail('unknown-fetch', { where: { graph: graph.name, value: name } });
      return value;
    }) ?? graph.outputs;
  const frame: Frame = { values, kernels: options.kernels ?? allKernels, calls: [], orders: new Map() };
  const nodes = neededNodes(graph, wanted, new Set(values.keys()));
  const lastUse = new Map<Value, number>();
  nodes.forEach((node, at) => {
    for (const value of valuesRead(node, graph)) lastUse.set(value, at);
  });
  for (const value of wanted) lastUse.set(value, nodes.length);
  nodes.forEach((node, at) => {
    runNode(frame, node);
    for (const value of [...valuesRead(node, graph), ...node.outputs]) if (value && (lastUse.get(value) ?? -1) <= at) values.delete(value);
  });
  return Object.fromEntries(wanted.map((value) => [value.name, read(frame, value)]));
}
