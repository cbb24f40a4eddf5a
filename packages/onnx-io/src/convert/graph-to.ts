// Graph -> GraphProto and FunctionProto: objects become names, nodes in derived order.
import type { SparseTensor } from '@modeldiet/tensor';
import { type Keeps, type KeptBytes, type KeptGraph, type KeptOpset, kept } from '../ir/make';
import type { Graph, Int, ModelFunction, Node, Value } from '../ir/model';
import { orderedNodes } from '../ir/order';
import { definedValues } from '../ir/walk';
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
import type { AttributePlan } from './attribute-rows';
import { entriesTo, extraTo, presentTo } from './extra';
import { graphPresent, nodePresent } from './graph-from';
import { sparseTo } from './sparse';
import { tensorTo } from './tensor-to';
import { infoOf, type TypeBytes } from './value-info';

const keptOf = (graph: Graph & Keeps<KeptGraph>): KeptGraph | undefined => graph[kept];

export function graphTo(graph: Graph, plan: AttributePlan): GraphProto {
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
  message.input = graph.inputs.map((value) => infoOf(value, plan.types));
  message.output = graph.outputs.map((value, i) => ownInfo(about?.outputs[i], value, plan.types));
  message.valueInfo = valueInfos(graph, about, plan.types);
  message.quantizationAnnotation = annotations(graph, about);
  return message;
}

const initializerTo = (value: Value, constant: Exclude<Value['initializer'], SparseTensor | undefined>, plan: AttributePlan): TensorProto =>
  tensorTo(constant, value.storage, value.name, plan);

/** An entry kept as bytes still speaks of its value while that has its name and type. */
const holds = ({ value, name, type }: KeptBytes): boolean => value !== undefined && value.name === name && value.type === type;
const decodeInfo = (bytes: Uint8Array): ValueInfoProto => decodeMessage('ValueInfoProto', bytes, defaultLimits);
const ownInfo = (entry: KeptBytes | undefined, value: Value, types: TypeBytes): ValueInfoProto =>
  entry && entry.value === value && holds(entry) ? decodeInfo(entry.bytes) : infoOf(value, types);

/** True while a value is still one of its graph's. */
function isDefined(value: Value, graph: Graph, inputs: ReadonlySet<Value>): boolean {
  if (value.graph !== graph) return false;
  if (value.producer) return graph.nodes.has(value.producer) && value.producer.outputs.includes(value);
  return inputs.has(value) || graph.initializers.has(value);
}

function definedNames(graph: Graph): Set<string> {
  const names = new Set<string>();
  for (const value of definedValues(graph)) names.add(value.name);
  return names;
}

/** value_info: the file's entries in their order, without those of values that are gone; then values that got a type since. */
function valueInfos(graph: Graph, about: KeptGraph | undefined, types: TypeBytes, outputs: readonly Value[] = graph.outputs): ValueInfoProto[] {
  const inputs = new Set(graph.inputs);
  const listed = new Set<Value>(outputs);
  const out: ValueInfoProto[] = [];
  // An entry about no value stays only while no value has its name.
  const orphans = about?.valueInfo.some((entry) => 'bytes' in entry && !entry.value);
  const names = orphans ? definedNames(graph) : undefined;
  for (const entry of about?.valueInfo ?? []) {
    if ('bytes' in entry) {
      if (entry.value ? isDefined(entry.value, graph, inputs) && holds(entry) : !names!.has(entry.name)) out.push(decodeInfo(entry.bytes));
      if (entry.value) listed.add(entry.value);
    } else if (isDefined(entry, graph, inputs)) {
      out.push(infoOf(entry, types));
      listed.add(entry);
    }
  }
  for (const node of graph.nodes) for (const value of node.outputs) if (value?.type && !listed.has(value)) out.push(infoOf(value, types));
  return out;
}

function annotations(graph: Graph, about: KeptGraph | undefined): TensorAnnotation[] {
  const annotated = new Set<Value>();
  for (const value of [...graph.inputs, ...graph.initializers]) if (value.quantization) annotated.add(value);
  for (const node of graph.nodes) for (const value of node.outputs) if (value?.quantization) annotated.add(value);
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

const names = (values: readonly (Value | undefined)[]): string[] => values.map((value) => value?.name ?? '');

function nodeTo(node: Node & Keeps<number>, plan: AttributePlan): NodeProto {
  const message: NodeProto = { input: names(node.inputs), output: names(node.outputs) };
  presentTo(message, nodePresent, node, node[kept]);
  if (node.attributes.size) message.attribute = attributesTo(node.attributes, plan);
  extraTo(message, node);
  return message;
}

const attributesTo = (attributes: Node['attributes'], plan: AttributePlan): AttributeProto[] =>
  Array.from(attributes, ([name, attribute]) => attributeTo(name, attribute, plan));

export function functionTo(fn: ModelFunction, plan: AttributePlan): FunctionProto {
  const about = keptOf(fn);
  const message: FunctionProto = {
    input: names(fn.inputs),
    output: names(fn.outputs),
    node: orderedNodes(fn).map((node) => nodeTo(node, plan)),
    opsetImport: opsetsTo(fn.opsets, about?.opsets),
    valueInfo: functionInfos(fn, about, plan.types),
    attribute: [],
    attributeProto: [],
  };
  presentTo(message, functionPresent, fn, about?.present);
  extraTo(message, fn);
  for (const [name, attribute] of fn.attributes) {
    if (attribute) message.attributeProto!.push(attributeTo(name, attribute, plan));
    else message.attribute!.push(name);
  }
  return message;
}

export const functionPresent = ['name', 'domain', 'overload'] as const;

/** A function's inputs and outputs are names alone; their types stand in value_info too. */
function functionInfos(fn: ModelFunction, about: KeptGraph | undefined, types: TypeBytes): ValueInfoProto[] {
  const typed = valueInfos(fn, about, types, []);
  const listed = new Set(typed.map(({ name }) => name));
  for (const input of fn.inputs) if (input.type && !listed.has(input.name)) typed.push(infoOf(input, types));
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
