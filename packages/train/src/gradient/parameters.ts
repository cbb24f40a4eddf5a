// Which values are trained. The rule, by default: every float weight that meets data, except single numbers that are no layer's weight or bias, constants of pre-processing
// (elementwise with something no weight has touched yet: `x * scale`, `(x - mean) / std`) and weights marked `modeldiet.trainable = false`.
import { constantOfNode, type Graph, type Node, opKey, orderedNodes, type Value, visibleValues } from '@modeldiet/onnx-io';
import type { Constant } from '@modeldiet/tensor';
import { isFloat, type Types } from '../emit';
import { fail } from '../errors';

/** 'all': as the rule above says; else the names of values, or patterns that match names of weights. */
export type Wrt = 'all' | readonly (string | RegExp)[];

/** A weight that is not trained, and why. */
export interface Frozen {
  readonly name: string;
  readonly reason: 'scalar' | 'pre-processing' | 'marked' | 'no gradient' | 'left out' | 'infinite';
}

export interface Selection {
  readonly wrt: ReadonlySet<Value>;
  readonly frozen: readonly Frozen[];
  /** Chosen by name: then one that gets no gradient is an error. */
  readonly named: boolean;
}

/** The metadata key that keeps a weight from being trained by default. */
export const trainableKey = 'modeldiet.trainable';

const fakeQuantize = ['QuantizeLinear', 'DequantizeLinear'] as const;
const elementwise: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Max',
  'Min',
  'Sum',
  'Mean',
  'Where',
  'Equal',
  'Greater',
  'Less',
  ...fakeQuantize,
]);

const layers: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose']);
const isLayer = (node: Node | undefined): boolean => node !== undefined && layers.has(opKey(node));

const fakes: ReadonlySet<string> = new Set(fakeQuantize);
/** The nodes that read a value, be it behind fake quantization. */
function* readersOf(value: Value): Generator<Node> {
  for (const { node, index } of value.uses)
    if (index === 0 && fakes.has(opKey(node))) yield* readersOf(node.outputs[0]!);
    else yield node;
}

/** A single number that scales, shifts or bounds: no weight of a layer, and not added to what a layer gives. */
function isScalar(value: Value): boolean {
  const dims = constantOf(value)!.dims;
  if (dims.length === 0) return true;
  if (dims.some((extent) => extent !== 1)) return false;
  return ![...readersOf(value)].some((node) => isLayer(node) || (opKey(node) === 'Add' && node.inputs.some((input) => isLayer(input?.producer))));
}

/** The constant a value itself holds: an initializer, or what its Constant node makes. */
export const constantOf = (value: Value): Constant | undefined => value.initializer ?? (value.producer && constantOfNode(value.producer));

const isWeight = (value: Value): boolean => isFloat(constantOf(value)?.type);

/** Every float weight of the main graph, in the order of the file: initializers, then Constant nodes. */
export function weightsOf(graph: Graph): Value[] {
  const constants = [...graph.nodes].flatMap((node) => (opKey(node) === 'Constant' ? node.outputs.filter((value) => value !== undefined) : []));
  return [...graph.initializers, ...constants].filter(isWeight);
}

/** The weights that meet data somewhere else than in pre-processing: each value is constant (made of weights alone), raw (data no weight has touched) or mixed. */
function meetsData(graph: Graph, weights: ReadonlySet<Value>): Set<Value> {
  const met = new Set<Value>();
  const sources = new Map<Value, ReadonlySet<Value>>();
  const mixed = new Set<Value>();
  const sourcesOf = (value: Value): ReadonlySet<Value> | undefined =>
    weights.has(value) ? new Set([value]) : value.initializer ? new Set() : sources.get(value);
  const visit = (node: Node): void => {
    const inputs = node.inputs.filter((value) => value !== undefined);
    const constant = inputs.map(sourcesOf);
    const gathered = new Set(constant.flatMap((set) => (set ? [...set] : [])));
    if (constant.every((set) => set !== undefined)) {
      for (const value of node.outputs) if (value && !weights.has(value)) sources.set(value, gathered);
      return;
    }
    const touched = inputs.some((value) => mixed.has(value));
    if (!touched && elementwise.has(opKey(node))) return;
    for (const weight of gathered) met.add(weight);
    if (touched || gathered.size > 0) for (const value of node.outputs) if (value) mixed.add(value);
  };
  for (const node of orderedNodes(graph)) visit(node);
  return met;
}

const matches = (pattern: string | RegExp, name: string): boolean =>
  typeof pattern === 'string' ? pattern === name : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(name);

function byDefault(graph: Graph): Selection {
  const weights = weightsOf(graph);
  const met = meetsData(graph, new Set(weights));
  const wrt = new Set<Value>();
  const frozen: Frozen[] = [];
  for (const value of weights) {
    const marked = value.metadata.get(trainableKey) === 'false';
    const reason = marked ? 'marked' : isScalar(value) ? 'scalar' : met.has(value) ? undefined : 'pre-processing';
    if (reason) frozen.push({ name: value.name, reason });
    else wrt.add(value);
  }
  return { wrt, frozen, named: false };
}

function byName(graph: Graph, patterns: readonly (string | RegExp)[], types: Types): Selection {
  const values = visibleValues(graph);
  const weights = weightsOf(graph);
  const wrt = new Set<Value>();
  for (const pattern of patterns) {
    const found =
      typeof pattern === 'string' ? [values.get(pattern)].filter((value) => value !== undefined) : weights.filter(({ name }) => matches(pattern, name));
    if (!found.length)
      throw typeof pattern === 'string'
        ? fail('unknown-value', { where: { option: 'wrt', value: pattern } })
        : fail('no-match', { where: { option: 'wrt' }, actual: String(pattern) });
    for (const value of found) {
      const type = types.of(value) ?? value.type;
      const dtype = constantOf(value)?.type ?? (type?.kind === 'tensor' ? type.dtype : type?.kind);
      if (dtype !== undefined && !isFloat(dtype)) throw fail('not-float', { where: { option: 'wrt', value: value.name }, actual: dtype });
      wrt.add(value);
    }
  }
  return { wrt, frozen: weights.filter((value) => !wrt.has(value)).map(({ name }) => ({ name, reason: 'left out' as const })), named: true };
}

/** The values to differentiate by, and the weights that are left as they are. `freeze` takes weights out of the default. */
export function selectParameters(graph: Graph, wrt: Wrt, freeze: readonly (string | RegExp)[], types: Types): Selection {
  const selection = wrt === 'all' ? byDefault(graph) : byName(graph, wrt, types);
  const all = weightsOf(graph);
  for (const pattern of freeze)
    if (!all.some(({ name }) => matches(pattern, name))) throw fail('no-match', { where: { option: 'freeze' }, actual: String(pattern) });
  const out = [...selection.wrt].filter(({ name }) => freeze.some((pattern) => matches(pattern, name)));
  return {
    ...selection,
    wrt: new Set([...selection.wrt].filter((value) => !out.includes(value))),
    frozen: [...selection.frozen, ...out.map(({ name }) => ({ name, reason: 'left out' as const }))],
  };
}
