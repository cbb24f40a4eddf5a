// What a model weighs: parameters, bytes, what it would weigh in other formats, layer by layer. Reads no weight, runs nothing.

import { type Constant, type DType, elementCount } from '@modeldiet/tensor';
import type { Model, Node, OpKey, Use, Value } from './ir/model';
import { keyOf, opKey } from './ir/names';
import { requireModel } from './ir/require-model';
import { allGraphs, allNodes } from './ir/walk';
import { numberParam, rowOf } from './schema/param';
import { isWeightScale } from './weight-scale';

export interface Summary {
  /** Learned numbers: float and quantized weights, biases, scales and shifts of norms; each weight once, however many nodes share it. Not: running statistics, quantization scales, scalars, shapes, indices. */
  readonly parameters: number;
  /** Of all constants, as the file holds them: initializers and tensors in attributes, subgraphs and functions included; each once. */
  readonly bytes: number;
  /** The same with every parameter in that format; what is no parameter stays. */
  readonly bytesAs: { readonly float32: number; readonly float16: number; readonly int8: number; readonly int4: number };
  /** Bytes of all constants by element type; 'sparse' and 'opaque' for those. */
  readonly bytesByType: Readonly<Record<string, number>>;
  /** Nodes with weights, in order; a shared weight counts at the first. A weight behind DequantizeLinear, Cast, Transpose, ... counts at the node that computes with it. */
  readonly byNode: readonly NodeWeight[];
  /** How many nodes of each operator, subgraphs and functions included. */
  readonly opTypes: Readonly<Record<OpKey, number>>;
  readonly nodes: number;
}
export interface NodeWeight {
  readonly node: string;
  readonly opType: string;
  readonly parameters: number;
  readonly bytes: number;
}

/** Bytes of a constant as raw data; strings as UTF-8. */
export function constantBytes(constant: Constant): number {
  if (constant.type === 'sparse') return constantBytes(constant.values) + constantBytes(constant.indices);
  if ('byteLength' in constant) return constant.byteLength;
  if (constant.type === 'string') return constant.data.reduce((sum, text) => sum + new TextEncoder().encode(text).byteLength, 0);
  return constant.data.byteLength;
}

const passOn: ReadonlySet<OpKey> = new Set(['Identity', 'Cast', 'CastLike', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'DequantizeLinear']);

const passesOn = ({ node, index }: Use): boolean => passOn.has(opKey(node)) && (index === 0 || opKey(node) === 'DequantizeLinear');

/** Where a constant is computed with: through nodes that only recast or rearrange it. */
function readerOf(value: Value): Use | undefined {
  const [first] = value.uses;
  let use: Use | undefined = first;
  for (let hops = 0; use && hops < 8 && passesOn(use); hops++) {
    const [next]: Iterable<Use> = use.node.outputs[0]?.uses ?? [];
    if (!next) break;
    use = next;
  }
  return use;
}

const floats: ReadonlySet<DType> = new Set<DType>(['float64', 'float32', 'float16', 'bfloat16']);
const wide: ReadonlySet<string> = new Set(['int64', 'uint64', 'int32', 'uint32', 'bool', 'string', 'complex64', 'complex128', 'sparse', 'opaque']);
const elementwise: ReadonlySet<OpKey> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Clip', 'Where', 'Equal', 'Less', 'Greater']);
/** Inputs that hold no learned numbers, by their names in the schemas: quantization scales and zero points, running statistics, sizes of a Resize or Pad. */
const notLearned = /(_scale|_zero_point|^scales|^zero_points|^g_idx|^(input_)?mean|^(input_)?var|^roi|^constant_value)$/;

const formalName = (use: Use | undefined): string | undefined => use && rowOf(use.node)?.inputs[use.index]?.name;

/** Packed weights of com.microsoft: how many numbers their bytes hold. */
const packed: Readonly<Record<OpKey, (node: Node, index: number, count: number) => number>> = {
  'com.microsoft:MatMulNBits': (node, index, count) => (index === 1 ? Number(numberParam(node, 'K')) * Number(numberParam(node, 'N')) : count),
  'com.microsoft:GatherBlockQuantized': (node, index, count) => (index === 0 ? (count * 8) / Number(numberParam(node, 'bits')) : count),
};

/** The learned numbers in a constant that `use` computes with and `first` reads. */
function parametersOf(constant: Constant, first: Use | undefined, use: Use | undefined): number {
  if (constant.type === 'sparse') return floats.has(constant.values.type) ? elementCount(constant.values.dims) : 0;
  if (constant.type === 'opaque' || constant.dims.length === 0) return 0;
  const count = elementCount(constant.dims);
  const dequantized = first !== undefined && opKey(first.node) === 'DequantizeLinear' && first.index === 0;
  if (wide.has(constant.type) && !(dequantized && constant.type === 'int32')) return 0;
  if ([formalName(first), formalName(use)].some((name) => name !== undefined && notLearned.test(name))) return 0;
  if (count === 1 && use && elementwise.has(opKey(use.node))) return 0;
  if (floats.has(constant.type) && isWeightScale(first)) return 0;
  const key = use && opKey(use.node);
  const numbers = key && packed[key] && constant.type === 'uint8' ? packed[key](use.node, use.index, count) : count;
  return Number.isFinite(numbers) ? numbers : count;
}

/** Sums up a model. Linear in nodes and values. */
export function summarize(model: Model): Summary {
  requireModel(model);
  const seen = new Set<Constant>();
  const weights = new Map<Node, { parameters: number; bytes: number }>();
  const bytesByType: Record<string, number> = {};
  const total = { parameters: 0, bytes: 0, rest: 0, int4: 0 };
  const add = (constant: Constant, first: Use | undefined, use: Use | undefined, owner: Node | undefined): void => {
    if (seen.has(constant)) return;
    seen.add(constant);
    const bytes = constantBytes(constant);
    const parameters = parametersOf(constant, first, use);
    total.parameters += parameters;
    total.bytes += bytes;
    if (parameters > 0) total.int4 += Math.ceil(parameters / 2);
    else total.rest += bytes;
    bytesByType[constant.type] = (bytesByType[constant.type] ?? 0) + bytes;
    const node = use?.node ?? owner;
    if (!node) return;
    const own = weights.get(node) ?? { parameters: 0, bytes: 0 };
    weights.set(node, { parameters: own.parameters + parameters, bytes: own.bytes + bytes });
  };
  const addValue = (value: Value, constant: Constant): void => {
    const [first] = value.uses;
    add(constant, first, readerOf(value), value.producer);
  };
  const opTypes: Record<OpKey, number> = {};
  let nodes = 0;
  for (const graph of allGraphs(model)) for (const value of graph.initializers) addValue(value, value.initializer!);
  for (const node of allNodes(model)) {
    const key = opKey(node);
    opTypes[key] = (opTypes[key] ?? 0) + 1;
    nodes++;
    for (const { kind, value } of node.attributes.values()) {
      const constants = kind === 'tensor' ? [value] : kind === 'tensors' ? value : [];
      for (const constant of constants)
        if (key === 'Constant' && node.outputs[0]) addValue(node.outputs[0], constant);
        else add(constant, undefined, { node, index: -1 }, node);
    }
  }
  const { parameters, bytes, rest, int4 } = total;
  const byNode: NodeWeight[] = [];
  for (const node of allNodes(model)) {
    const own = weights.get(node);
    if (own) byNode.push({ node: keyOf(node), opType: opKey(node), ...own });
  }
  return {
    parameters,
    bytes,
    bytesAs: { float32: 4 * parameters + rest, float16: 2 * parameters + rest, int8: parameters + rest, int4: int4 + rest },
    bytesByType,
    byNode,
    opTypes,
    nodes,
  };
}
