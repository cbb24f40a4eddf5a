// Weights out of a model, and trained ones back into a copy of it.
import { attr, cloneModel, edit, findValue, type Model, type Node } from '@modeldiet/onnx-io';
import { type Constant, cast, type LongWork, materialize, type Tensor, toFloat32 } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Parameter } from '../gradient/gradient';
import { constantOf } from '../gradient/parameters';
import type { Masks } from './stepper';

const isWeight = (constant: Constant | undefined): constant is Exclude<Constant, { type: 'sparse' | 'opaque' }> =>
  constant !== undefined && constant.type !== 'sparse' && constant.type !== 'opaque';

export interface Start {
  /** Where every parameter starts, as float32. */
  readonly weights: Map<string, Float32Array>;
  /** Those that hold an infinity: masks, not weights. */
  readonly infinite: readonly string[];
}

/** Loads the parameters' weights. Throws `train/bad-weight` for NaN. */
export async function readWeights(model: Model, parameters: readonly Parameter[], work: LongWork): Promise<Start> {
  const weights = new Map<string, Float32Array>();
  const infinite: string[] = [];
  for (const { name, kind, initial } of parameters) {
    const value = kind === 'weight' ? findValue(model.graph, name) : undefined;
    const constant = value && constantOf(value);
    const tensor = initial ?? (isWeight(constant) ? await materialize(constant, work) : undefined);
    if (!tensor) throw fail('unknown-value', { where: { value: name } });
    const data = toFloat32(tensor);
    const nan = data.findIndex(Number.isNaN);
    if (nan >= 0) throw fail('bad-weight', { where: { value: name }, actual: `NaN at ${nan}` });
    if (!data.every(Number.isFinite)) infinite.push(name);
    weights.set(name, data);
  }
  return { weights, infinite };
}

function setConstant(node: Node, weight: Tensor): void {
  for (const name of [...node.attributes.keys()]) edit.setAttribute(node, name, undefined);
  edit.setAttribute(node, 'value', attr.tensor(weight));
}

/** A copy of `model` with the trained weights in the places and types of the old ones. */
export function withWeights(model: Model, parameters: readonly Parameter[], trained: ReadonlyMap<string, Float32Array>, work: LongWork): Model {
  const copy = cloneModel(model);
  for (const { name, kind, dtype, dims = [] } of parameters) {
    if (kind !== 'weight') continue;
    const value = findValue(copy.graph, name);
    const data = trained.get(name);
    if (!value || !data) throw fail('unknown-value', { where: { value: name } });
    const made: Tensor<'float32'> = { type: 'float32', dims, data };
    const weight = cast(made, dtype, { name, onWarning: work.onWarning });
    if (value.producer) setConstant(value.producer, weight);
    else edit.setInitializer(value, weight);
  }
  return copy;
}

/** Throws `train/mask-mismatch` for a mask of a weight that is not trained, or of another shape. */
export function checkMasks(masks: Masks, parameters: readonly Parameter[]): void {
  for (const [name, mask] of Object.entries(masks)) {
    const parameter = parameters.find((candidate) => candidate.name === name && candidate.kind === 'weight');
    const where = { option: 'masks', value: name };
    if (!parameter) throw fail('mask-mismatch', { where, expected: parameters.map((candidate) => candidate.name) }, 'there is no trained weight of this name');
    if (mask.type === 'string' || mask.dims.join() !== (parameter.dims ?? []).join())
      throw fail('mask-mismatch', { where, expected: `[${parameter.dims}]`, actual: `${mask.type} [${mask.dims}]` });
  }
}
