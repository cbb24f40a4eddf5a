// What a model costs to run: multiply-accumulates, weight bytes, activation bytes and the peak of live activations, numbers or expressions in the model's symbols.
import {
  allGraphs,
  constantOf,
  constantOfNode,
  type Dim,
  functionKey,
  type Graph,
  keyOf,
  type Model,
  type Node,
  opKey,
  requireModel,
  subgraphs,
  type Value,
  type ValueType,
} from '@modeldiet/onnx-io';
import { bitsOf, type Constant, type DType } from '@modeldiet/tensor';
import { graphOf } from './attributes';
import { addDims, ceilDivDims, mulDims, sizeOf, unknown } from './dims';
import type { OpTable, Shapes } from './facts';
import { larger, peakBytes } from './peak';
import { type InferOptions, visitShapes } from './shapes/infer';
import { scanLength, tripCount } from './shapes/rules/control';
import { table } from './table';

export interface NodeCost {
  readonly node: string;
  readonly opType: string;
  /** Multiply-accumulates of one run; '?' when a shape it needs is unknown. 1 MAC = 2 FLOPs. */
  readonly macs: Dim;
  /** Bytes of the constants it reads. */
  readonly weightBytes: number;
  /** Bytes of its outputs. */
  readonly activationBytes: Dim;
  /** MACs per byte read and written: constants, inputs, outputs. Present when all are numbers. */
  readonly intensity?: number;
}
export interface Costs {
  readonly macs: Dim;
  readonly weightBytes: number;
  /** Bytes of all values that nodes make, added up; tensors of numbers only. */
  readonly activationBytes: Dim;
  /** The most bytes of inputs and made values that are alive at once, in ONNX Runtime's order of execution, without its in-place reuse. */
  readonly peakActivationBytes: Dim;
  readonly byNode: readonly NodeCost[];
}

const elementBytes = (count: Dim, dtype: DType | undefined): Dim => {
  if (dtype === 'string') return 0;
  const bits = dtype && bitsOf(dtype);
  return bits ? (bits >= 8 ? mulDims(count, bits / 8) : ceilDivDims(mulDims(count, bits), 8)) : unknown;
};
/** Strings, sequences, maps and optionals are not counted. */
const bytesOf = (type: ValueType | undefined): Dim =>
  type && type.kind !== 'tensor' ? 0 : type?.shape ? elementBytes(sizeOf(type.shape), type.dtype) : unknown;

function constantBytes(constant: Constant): number {
  if (constant.type === 'opaque') return constant.byteLength;
  if (constant.type === 'sparse') return constantBytes(constant.values) + constantBytes(constant.indices);
  if (constant.type === 'string')
    return 'data' in constant ? constant.data.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0) : constant.byteLength;
  return 'byteLength' in constant ? constant.byteLength : constant.data.byteLength;
}

/** The constant a node reads, Constant nodes and overridable initializers included. */
const weightOf = (value: Value | undefined): Constant | undefined => value && (constantOf(value) ?? value.initializer);

/** Expressions of a sum may be unknown in one term; the sum then is too. */
const total = (dims: Iterable<Dim>): Dim => [...dims].reduce<Dim>(addDims, 0);

interface Entry {
  readonly cost: NodeCost;
  /** How often a body of the node runs; undefined: each at most once (If). */
  readonly times?: Dim;
  readonly outputs: readonly Dim[];
}

/** How often the body of a Loop, Scan or SequenceMap runs. */
function timesOf(node: Node, shapes: Shapes): Dim | undefined {
  const body = graphOf(node, 'body');
  if (!body) return undefined;
  if (opKey(node) === 'Loop') return tripCount(node, shapes, body);
  if (opKey(node) === 'Scan') return scanLength(node, shapes);
  return unknown;
}

function entryOf(node: Node, shapes: Shapes, ops: OpTable, key: string): Entry {
  const weights = new Set(node.inputs.map(weightOf).filter((constant) => constant !== undefined));
  const weightBytes = [...weights].reduce((sum, constant) => sum + constantBytes(constant), 0);
  const outputs = opKey(node) === 'Constant' ? [] : node.outputs.map((value) => (value ? bytesOf(shapes.of(value)) : 0));
  const inputs = total([...new Set(node.inputs)].map((value) => (value && !weightOf(value) ? bytesOf(shapes.of(value)) : 0)));
  const activationBytes = total(outputs);
  const macs = ops[opKey(node)]?.cost?.(node, shapes).macs ?? 0;
  const moved = addDims(addDims(inputs, activationBytes), weightBytes);
  const intensity = typeof macs === 'number' && typeof moved === 'number' && moved > 0 ? { intensity: macs / moved } : {};
  const times = timesOf(node, shapes);
  return { cost: { node: key, opType: opKey(node), macs, weightBytes, activationBytes, ...intensity }, outputs, ...(times !== undefined && { times }) };
}

/** The distinct constants of a model: initializers and Constant nodes of all graphs. */
function allWeightBytes(model: Model): number {
  const constants = new Set<Constant>();
  for (const graph of allGraphs(model)) {
    for (const { initializer } of graph.initializers) if (initializer) constants.add(initializer);
    for (const node of graph.nodes) {
      const constant = constantOfNode(node);
      if (constant) constants.add(constant);
    }
  }
  return [...constants].reduce((sum, constant) => sum + constantBytes(constant), 0);
}

/**
 * The costs of one run. MACs are those of products (convolutions, matrix products, recurrent layers, attention); a subgraph counts as often as its node runs it:
 * the dearer branch of an If, a Loop's body as many times as its trip count says (a symbol '?trips' where nothing says it), each call of a function.
 * Symbols of the model stay symbols unless `dims` gives them a number.
 *
 * ```ts
 * const { macs, peakActivationBytes } = costs(model, { dims: { batch: 1 } });
 * ```
 */
export function costs(model: Model, options: InferOptions = {}): Costs {
  requireModel(model);
  const ops = options.ops ?? table;
  const entries = new Map<string, Entry>();
  const scopes = new Map<string, Shapes>();
  let loops = 0;
  visitShapes(model, { ...options, ops }, (node, shapes, path) => {
    const key = path + keyOf(node);
    scopes.set(path, shapes);
    entries.set(key, entryOf(node, shapes, ops, key));
  });

  /** Adds up a figure over a graph and everything it runs. */
  const sumOf = (graph: Graph, path: string, figure: (cost: NodeCost) => Dim): Dim =>
    total(
      [...graph.nodes].map((node) => {
        const key = path + keyOf(node);
        const entry = entries.get(key);
        const fn = model.functions.get(functionKey(node.domain, node.opType, node.overload));
        if (!entry) return 0;
        if (fn) return sumOf(fn, `${key}/`, figure);
        const bodies = [...subgraphs(node)].map((body) => sumOf(body, path, figure));
        const runs = entry.times === unknown ? `?trips${loops++ || ''}` : entry.times;
        const inside = bodies.length === 0 ? 0 : runs === undefined ? bodies.reduce(larger) : mulDims(runs, total(bodies));
        return addDims(figure(entry.cost), inside);
      }),
    );

  /** The most bytes alive at once while `graph` runs, its inputs (unless they are the caller's values) and made values counted. */
  const peakOf = (graph: Graph, path: string): Dim => {
    const shapes = scopes.get(path);
    const bytes = (value: Value): Dim => (shapes ? bytesOf(shapes.of(value)) : unknown);
    return peakBytes(graph, bytes, (node) => {
      const key = path + keyOf(node);
      const fn = model.functions.get(functionKey(node.domain, node.opType, node.overload));
      if (fn) return peakOf(fn, `${key}/`);
      return [...subgraphs(node)].map((body) => peakOf(body, path)).reduce<Dim>(larger, 0);
    });
  };

  const macs = sumOf(model.graph, '', (cost) => cost.macs);
  loops = 0;
  return {
    macs,
    weightBytes: allWeightBytes(model),
    activationBytes: sumOf(model.graph, '', (cost) => cost.activationBytes),
    peakActivationBytes: peakOf(model.graph, ''),
    byNode: [...entries.values()].map(({ cost }) => cost),
  };
}
