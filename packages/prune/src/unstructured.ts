// Unstructured pruning: the numbers of least magnitude become zero wherever they stand (Han et al., "Learning both Weights and Connections", 2015). The file keeps its size and gets easier to compress; the arithmetic stays the same.
import { addressOf, allNodes, type Model, type Report, requireModel, type TransformOptions, transform } from '@modeldiet/onnx-io';
import { checkpoint, type LongWork, materialize, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';
import { fail } from './errors';
import { type PrunableRules, type PrunableWeight, prunableRules, prunableWeights } from './prunable';
import { setWeight } from './set-weight';
import { keepMask, type NamedValues, type Threshold, thresholdFor } from './threshold';

export interface UnstructuredOptions extends TransformOptions {
  /** The share of the numbers that become zero: 0 up to, and without, 1. */
  readonly amount: number;
  /** 'global' (default): one threshold for all weights. 'perLayer': each weight loses the same share. */
  readonly scope?: 'global' | 'perLayer';
  readonly rules?: PrunableRules;
}

/** Where numbers stay (1) and where they are zero (0), by the name of the weight; what `train` keeps at zero. */
export type Masks = Readonly<Record<string, Tensor<'uint8'>>>;

export const checkAmount = (amount: number): void => {
  if (!(amount >= 0 && amount < 1)) throw fail('amount', { where: { option: 'amount' }, expected: '0 <= amount < 1', actual: amount });
};

const named = ({ value, weight }: PrunableWeight, work: LongWork): NamedValues => ({
  name: value.name,
  values: async () => toFloat32(await materialize(weight, work)),
});
const size = ({ weight }: PrunableWeight): number => weight.dims.reduce((a, b) => a * b, 1);
const share = (amount: number, weights: readonly PrunableWeight[]): number => Math.round(amount * weights.reduce((sum, weight) => sum + size(weight), 0));

/**
 * Sets the numbers of least magnitude of MatMul, Gemm and Conv weights to zero, exactly `round(amount * count)` of them; among equal ones the first go. Biases stay.
 * Each weight is read one at a time. Throws `prune/amount`, `prune/not-finite`, `onnx-io/nothing-changed`.
 */
export async function pruneUnstructured(model: Model, options: UnstructuredOptions): Promise<{ model: Model; report: Report; masks: Masks }> {
  requireModel(model);
  const { amount, scope = 'global', rules = prunableRules, ...rest } = options;
  checkAmount(amount);
  if (scope !== 'global' && scope !== 'perLayer') throw fail('bad-option', { where: { option: 'scope' }, expected: ['global', 'perLayer'], actual: scope });
  const masks: Record<string, Tensor<'uint8'>> = {};
  const result = await transform('pruneUnstructured', model, rest, async (draft, work) => {
    const weights = prunableWeights(
      [...allNodes(draft.model)].filter((node) => draft.selects(node)),
      rules,
    );
    const all = weights.map((weight) => named(weight, work));
    let threshold: Threshold = scope === 'global' ? await thresholdFor(all, share(amount, weights)) : { bits: 0, ties: 0 };
    let changes = 0;
    for (const [done, weight] of weights.entries()) {
      await checkpoint(work, { phase: 'prune', done, total: weights.length, unit: 'weights', item: weight.value.name });
      if (scope === 'perLayer') threshold = await thresholdFor([all[done]!], share(amount, [weight]));
      const held = await materialize(weight.weight, work);
      const { mask, usedTies, pruned } = keepMask(toFloat32(held), threshold);
      threshold = { ...threshold, ties: threshold.ties - usedTies };
      if (pruned === 0) continue;
      masks[weight.value.name] = tensor('uint8', mask, held.dims);
      const address = addressOf(weight.node);
      setWeight(weight.value, weight.weight, held.dims, (t) => masked(t, mask), work);
      draft.change(address, `${pruned} of ${mask.length} numbers of ${weight.value.name} are zero (${((100 * pruned) / mask.length).toFixed(1)} %)`);
      changes++;
    }
    return changes;
  });
  return { model: result.model, report: { ...result.report, options: { ...result.report.options, amount, scope } }, masks };
}

/** The tensor with zeros where the mask has them. */
export function masked(t: Tensor, mask: Uint8Array): Tensor {
  if (t.type !== 'float32' && t.type !== 'float64' && t.type !== 'float16' && t.type !== 'bfloat16') return t;
  const data = t.data.slice();
  for (let i = 0; i < mask.length; i++) if (mask[i] === 0) data[i] = 0;
  return { ...t, data } as Tensor;
}
