// Weights out of a model by name, and into one: for training elsewhere, for safetensors files, for a model whose graph is shared.

import { type Constant, cast, isLazy, type LongWork, mapWeight, materialize, sameDims, type Weight } from '@modeldiet/tensor';
import { fail } from './errors';
import { attr, setAttribute, setInitializer } from './ir/edit';
import type { Model } from './ir/model';
import { graphAddress } from './ir/names';
import { requireModel } from './ir/require-model';
import { allGraphs } from './ir/walk';
import { rawLengthOf } from './tensor-data';
import { type Report, transform } from './transform';
import { residentBytes } from './wire/fields';

interface Place {
  readonly name: string;
  readonly weight: Weight;
  set(weight: Weight): void;
}

const dense = (constant: Constant | undefined): Weight | undefined =>
  constant && constant.type !== 'sparse' && constant.type !== 'opaque' ? constant : undefined;

/** Initializers, and Constant nodes that hold floating-point arrays: some exporters write their weights so. */
function* places(model: Model): Generator<Place> {
  for (const graph of allGraphs(model)) {
    const address = graphAddress(graph);
    for (const value of graph.initializers) {
      const weight = dense(value.initializer);
      if (weight) yield { name: `${address}${value.name}`, weight, set: (by) => setInitializer(value, by) };
    }
    for (const node of graph.nodes) {
      const attribute = node.opType === 'Constant' ? node.attributes.get('value') : undefined;
      const weight = attribute?.kind === 'tensor' ? dense(attribute.value) : undefined;
      const output = node.outputs[0];
      if (!weight || !output || weight.dims.length === 0 || !/^b?float/.test(weight.type)) continue;
      yield { name: `${address}${output.name}`, weight, set: (by) => setAttribute(node, 'value', attr.tensor(by)) };
    }
  }
}

/**
 * The weights of a model by name, those of subgraphs by address (`If->y/then_branch/w`): initializers, and floating-point arrays in Constant nodes. Sparse tensors and
 * types that are not known are left out. Lazy weights stay lazy.
 */
export function exportWeights(model: Model): Map<string, Weight> {
  requireModel(model);
  return new Map(Array.from(places(model), ({ name, weight }) => [name, weight]));
}

export interface ImportOptions extends LongWork {
  /** Take what there is a place for, and leave what is not given. Default false: a name too many or too few is an error. */
  readonly partial?: boolean;
  /** Cast to the model's element types. Default false: another type is an error. */
  readonly cast?: boolean;
}

/**
 * The model with other weights, by the names of {@link exportWeights}; dims must agree. Lazy weights stay lazy, but for small ones.
 * Throws `onnx-io/weight-missing`, `weight-unknown`, `weight-mismatch`, `nothing-changed`.
 */
export async function importWeights(
  model: Model,
  weights: ReadonlyMap<string, Weight> | Readonly<Record<string, Weight>>,
  options: ImportOptions = {},
): Promise<{ model: Model; report: Report }> {
  const given: ReadonlyMap<string, Weight> = weights instanceof Map ? weights : new Map(Object.entries(weights));
  const { partial = false } = options;
  return transform('importWeights', model, options, async ({ model: draft }, work) => {
    const known = new Set<string>();
    let changes = 0;
    for (const { name, weight: old, set } of [...places(draft)]) {
      known.add(name);
      const weight = given.get(name);
      if (weight) {
        set(await settled(fitted(name, weight, old, options), work));
        changes++;
      } else if (!partial) throw fail('weight-missing', { where: { value: name } });
    }
    if (!partial) for (const name of given.keys()) if (!known.has(name)) throw fail('weight-unknown', { where: { value: name } });
    return changes;
  });
}

function fitted(name: string, weight: Weight, old: Weight, { cast: casts = false }: ImportOptions): Weight {
  const same = weight.type === old.type;
  if (!sameDims(weight.dims, old.dims) || (!same && !casts))
    throw fail('weight-mismatch', { where: { value: name }, expected: `${old.type}[${old.dims}]`, actual: `${weight.type}[${weight.dims}]` });
  if (same) return weight;
  return mapWeight(weight, { cast: { type: old.type, dims: old.dims } }, (t, { onWarning }) => ({
    cast: cast(t, old.type, { name, ...(onWarning && { onWarning }) }),
  })).cast;
}

/** Small weights are always in memory. */
const settled = async (weight: Weight, work: LongWork): Promise<Weight> =>
  isLazy(weight) && rawLengthOf(weight) <= residentBytes ? ((await materialize(weight, work)) as Weight) : weight;
