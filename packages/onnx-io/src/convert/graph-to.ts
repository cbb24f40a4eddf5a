// Graph -> GraphProto and FunctionProto: objects become names, nodes in derived order.
import type { SparseTensor } from '@modeldiet/tensor';
import { type Keeps, type KeptBytes, type KeptGraph, type KeptOpset, kept } from '../ir/make';
import type { Graph, Int, ModelFunction, Node, Value } from '../ir/model';
import { orderedNodes } from '../ir/order';
import {
  type AttributeProto,
  decodeMessage,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  type OperatorSetIdProto,
  type TensorAnnotation,
  type TensorProto,
  type ValueInfoProto,
} from '../wire/codec';
import { defaultLimits } from '../wire/limits';
import { attributeTo } from './attribute';
import { entriesTo, extraTo, presentTo } from './extra';
import { graphPresent, nodePresent } from './graph-from';
import { sparseTo } from './sparse';
import { type SavePlan, tensorTo } from './tensor-to';
import { infoOf } from './value-info';

const keptOf = (graph: Graph & Keeps<KeptGraph>): KeptGraph | undefined => graph[kept];

export function graphTo(graph: Graph, plan: SavePlan): GraphProto {
  const about = keptOf(graph);
  const message: GraphProto = {};
  presentTo(message, graphPresent, { name: graph.name }, about?.present);
  extraTo(message, graph);
  message.node = orderedNodes(graph).map((node) => nodeTo(node, plan));
  message.initializer = [];
  message.sparseInitializer = [];
  for (const value of graph.initializers) {
    const constant = value.initializer!;
    if (constant.type === 'sparse') message.sparseInitializer.push(sparseTo(constant as SparseTensor, value.name, plan));
    else message.initializer.push(initializerTo(value, constant, plan));
  }
  message.input = graph.inputs.map(infoOf);
  message.output = graph.outputs.map((value, i) => ownInfo(about?.outputs[i], value));
  message.valueInfo = valueInfos(graph, about);
  message.quantizationAnnotation = annotations(graph, about);
  return message;
}

const initializerTo = (value: Value, constant: Exclude<Value['initializer'], SparseTensor | undefined>, plan: SavePlan): TensorProto =>
  tensorTo(constant, value.storage, value.name, plan);

/** An entry kept as bytes still speaks of its value while that has its name and type. */
const holds = ({ value, name, type }: KeptBytes): boolean => value !== undefined && value.name === name && value.type === type;
const decodeInfo = (bytes: Uint8Array): ValueInfoProto => decodeMessage('ValueInfoProto', bytes, defaultLimits);
const ownInfo = (entry: KeptBytes | undefined, value: Value): ValueInfoProto =>
  entry && entry.value === value && holds(entry) ? decodeInfo(entry.bytes) : infoOf(value);

/** value_info: the file's entries in their order, without those of values that are gone; then values that got a type since. */
function valueInfos(graph: Graph, about: KeptGraph | undefined): ValueInfoProto[] {
  const present = new Set<Value>();
  const names = new Set<string>();
  const candidates: Value[] = [];
  for (const node of graph.nodes)
    for (const value of node.outputs) {
      if (!value) continue;
      present.add(value);
      names.add(value.name);
      if (value.type) candidates.push(value);
    }
  for (const value of [...graph.inputs, ...graph.initializers]) {
    present.add(value);
    names.add(value.name);
  }
  const listed = new Set<Value>(graph.outputs);
  const out: ValueInfoProto[] = [];
  for (const entry of about?.valueInfo ?? []) {
    if ('bytes' in entry) {
      if (entry.value ? present.has(entry.value) && holds(entry) : !names.has(entry.name)) out.push(decodeInfo(entry.bytes));
      if (entry.value) listed.add(entry.value);
    } else if (present.has(entry)) {
      out.push(infoOf(entry));
      listed.add(entry);
    }
  }
  for (const value of candidates) if (!listed.has(value)) out.push(infoOf(value));
  return out;
}

function annotations(graph: Graph, about: KeptGraph | undefined): TensorAnnotation[] {
  const annotated = new Set<Value>();
  const defined = new Map<string, Value>();
  const note = (value: Value | undefined): void => {
    if (!value) return;
    defined.set(value.name, value);
    if (value.quantization) annotated.add(value);
  };
  if (about?.annotations.length || graphHasQuantization(graph)) {
    for (const value of [...graph.inputs, ...graph.initializers]) note(value);
    for (const node of graph.nodes) for (const value of node.outputs) note(value);
  }
  const make = (value: Value): TensorAnnotation => ({
    tensorName: value.name,
    quantParameterTensorNames: entriesTo(new Map([...value.quantization!].map(([key, { name }]) => [key, name]))),
  });
  const out: TensorAnnotation[] = [];
  for (const entry of about?.annotations ?? []) {
    if ('bytes' in entry) out.push(decodeMessage('TensorAnnotation', entry.bytes, defaultLimits));
    else if (annotated.delete(entry)) out.push(make(entry));
  }
  for (const value of annotated) out.push(make(value));
  return out;
}

function graphHasQuantization(graph: Graph): boolean {
  for (const value of [...graph.inputs, ...graph.initializers]) if (value.quantization) return true;
  for (const node of graph.nodes) for (const value of node.outputs) if (value?.quantization) return true;
  return false;
}

const names = (values: readonly (Value | undefined)[]): string[] => values.map((value) => value?.name ?? '');

function nodeTo(node: Node & Keeps<number>, plan: SavePlan): NodeProto {
  const message: NodeProto = { input: names(node.inputs), output: names(node.outputs) };
  presentTo(message, nodePresent, node, node[kept]);
  if (node.attributes.size) message.attribute = attributesTo(node.attributes, plan);
  extraTo(message, node);
  return message;
}

const attributesTo = (attributes: Node['attributes'], plan: SavePlan): AttributeProto[] => {
  const withGraphs = { ...plan, graph: (graph: Graph) => graphTo(graph, plan) };
  return [...attributes].map(([name, attribute]) => attributeTo(name, attribute, withGraphs));
};

export function functionTo(fn: ModelFunction, plan: SavePlan): FunctionProto {
  const about = keptOf(fn);
  const message: FunctionProto = {
    input: names(fn.inputs),
    output: names(fn.outputs),
    node: orderedNodes(fn).map((node) => nodeTo(node, plan)),
    opsetImport: opsetsTo(fn.opsets, about?.opsets),
    valueInfo: functionInfos(fn, about),
    attribute: [],
    attributeProto: [],
  };
  presentTo(message, functionPresent, fn, about?.present);
  extraTo(message, fn);
  const withGraphs = { ...plan, graph: (graph: Graph) => graphTo(graph, plan) };
  for (const [name, attribute] of fn.attributes) {
    if (attribute) message.attributeProto!.push(attributeTo(name, attribute, withGraphs));
    else message.attribute!.push(name);
  }
  return message;
}

export const functionPresent = ['name', 'domain', 'overload'] as const;

/** A function's inputs and outputs are names alone; their types stand in value_info too. */
function functionInfos(fn: ModelFunction, about: KeptGraph | undefined): ValueInfoProto[] {
  const typed = valueInfos({ ...fn, outputs: [] }, about);
  const listed = new Set(typed.map(({ name }) => name));
  for (const input of fn.inputs) if (input.type && !listed.has(input.name)) typed.push(infoOf(input));
  return typed;
}

/** opset_import: the file's list where it still says the same, changed and added to where it does not. */
export function opsetsTo(opsets: ReadonlyMap<string, number>, about: readonly KeptOpset[] = []): OperatorSetIdProto[] {
  const rest = new Map(opsets);
  const out: OperatorSetIdProto[] = [];
  const last = new Map(about.map((entry) => [opsetDomain(entry.domain), entry]));
  for (const entry of about) {
    const domain = opsetDomain(entry.domain);
    const version = opsets.get(domain);
    if (version === undefined) continue;
    rest.delete(domain);
    const message: OperatorSetIdProto = {};
    if (entry.domain !== undefined) message.domain = entry.domain;
    const wanted: Int = Number(last.get(domain)!.version ?? 0) === version && entry.version !== undefined ? entry.version : version;
    if (entry.version !== undefined || wanted !== 0) message.version = wanted;
    if (entry.unknown.length) message.$unknowns = [...entry.unknown];
    out.push(message);
  }
  for (const [domain, version] of rest) out.push({ domain, version });
  return out;
}

/** 'ai.onnx' is another name of ''. */
export const opsetDomain = (domain = ''): string => (domain === 'ai.onnx' ? '' : domain);
