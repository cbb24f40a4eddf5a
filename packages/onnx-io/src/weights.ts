// What needs the data of every weight: loading all of it, and comparing the weights of two models.

import { type Constant, checkpoint, compare, isLazy, type LongWork, materialize, type Tensor, type Weight } from '@modeldiet/tensor';
import { withParts } from './convert/sparse';
import { cloneModel } from './ir/clone';
import { linked, writable } from './ir/make';
import type { Attribute, Model, Value } from './ir/model';
import { requireModel } from './ir/require-model';
import { allGraphs } from './ir/walk';
import { originOf, setOrigin } from './payload';

/**
 * The model with all weights in memory; the one that was given stays as it is. For `interpret` and other code that cannot wait for a weight.
 * Memory: all weights at once.
 */
export async function materializeModel(model: Model, work?: LongWork): Promise<Model> {
  requireModel(model);
  const copy = cloneModel(model);
  const loaded = new Map<Constant, Constant>();
  const load = async (constant: Constant): Promise<Constant> => {
    const known = loaded.get(constant);
    if (known) return known;
    await checkpoint(work);
    const resident = await residentOf(constant, load, work);
    loaded.set(constant, resident);
    return resident;
  };
  for (const graph of allGraphs(copy)) {
    for (const value of graph.initializers) writable(value).initializer = await load(value.initializer!);
    for (const node of graph.nodes)
      for (const [name, attribute] of node.attributes)
        if (attribute.kind === 'tensor' || attribute.kind === 'tensors') linked(node).attributes.set(name, await loadAttribute(attribute, load));
  }
  return copy;
}

type Load = (constant: Constant) => Promise<Constant>;

async function residentOf(constant: Constant, load: Load, work?: LongWork): Promise<Constant> {
  if (constant.type === 'sparse') return withParts(constant, (await load(constant.values)) as Weight, (await load(constant.indices)) as Weight);
  if (!isLazy(constant)) return constant;
  const tensor = await materialize(constant, work);
  const origin = originOf(constant);
  return origin ? setOrigin(tensor, origin) : tensor;
}

async function loadAttribute(attribute: Attribute & { kind: 'tensor' | 'tensors' }, load: Load): Promise<Attribute> {
  if (attribute.kind === 'tensor') return { ...attribute, value: await load(attribute.value) };
  const value: Constant[] = [];
  for (const constant of attribute.value) value.push(await load(constant));
  return { ...attribute, value };
}

export interface WeightComparison {
  readonly name: string;
  /** Signal to quantization noise in dB; Infinity when equal. */
  readonly sqnrDb: number;
  readonly cosine: number;
  readonly maxAbsDiff: number;
}

/**
 * Compares the weights that both models have by name, with the same dims, in the order of `a`; `a` is the reference. One pair of weights is in memory at a time.
 * Weights are initializers, and outputs of Constant nodes, of every graph.
 */
export async function compareWeights(a: Model, b: Model, work?: LongWork): Promise<WeightComparison[]> {
  const others = weightsOf(b);
  const out: WeightComparison[] = [];
  for (const [name, weight] of weightsOf(a)) {
    const other = others.get(name);
    if (!other || weight.type === 'string' || other.type === 'string' || String(weight.dims) !== String(other.dims)) continue;
    await checkpoint(work, { phase: 'compare', done: out.length, unit: 'weights', item: name });
    const { sqnrDb, cosine, maxAbsDiff } = compare((await materialize(weight, work)) as Tensor, (await materialize(other, work)) as Tensor);
    out.push({ name, sqnrDb, cosine, maxAbsDiff });
  }
  return out;
}

/** Dense weights by value name; a name that comes again (in another branch) keeps its first. */
function weightsOf(model: Model): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  const add = (value: Value | undefined, constant: Constant | undefined): void => {
    if (value && constant && constant.type !== 'sparse' && constant.type !== 'opaque' && !weights.has(value.name)) weights.set(value.name, constant);
  };
  for (const graph of allGraphs(model)) {
    for (const value of graph.initializers) add(value, value.initializer);
    for (const node of graph.nodes) {
      const attribute = node.opType === 'Constant' ? node.attributes.get('value') : undefined;
      if (attribute?.kind === 'tensor') add(node.outputs[0], attribute.value);
    }
  }
  return weights;
}
