// One node case of onnx on one backend, through sessions as an app opens them.
import { isModelDietError } from '@modeldiet/numfmt';
import { allNodes, opKey } from '@modeldiet/onnx-io';
import type { Datum } from '@modeldiet/ops/reference';
import { type Backend, withSession } from '@modeldiet/runtime';
import type { Tensor } from '@modeldiet/tensor';
import { datumFrom, type NodeCase } from '../oracle/ops-archive';
import { difference } from '../oracle/ops-compare';

export interface Outcome {
  readonly name: string;
  /** The ops of the case. */
  readonly ops: readonly string[];
  /** `refused`: a typed error before or in the run; `skipped`: a session cannot be asked (an input that is no tensor, a random result). */
  readonly status: 'passed' | 'differs' | 'refused' | 'skipped';
  /** A code or the difference; for `passed` nothing. */
  readonly why?: string;
}

/** Cases whose outputs are random, or are not told by the inputs. */
const random = /^test_(bernoulli|random|multinomial|training_dropout|dropout_default_mask_ratio)/;
/** Sums of many terms are told against the largest entry, where a small one is what is left of large ones. */
function nearLargest(got: Tensor, want: Datum): boolean {
  if (!isTensor(want) || got.type !== 'float32' || want.type !== 'float32' || got.data.length !== want.data.length) return false;
  let [most, largest] = [0, 0];
  for (let i = 0; i < got.data.length; i++) {
    most = Math.max(most, Math.abs(got.data[i]! - want.data[i]!));
    largest = Math.max(largest, Math.abs(want.data[i]!));
  }
  return most <= 1e-5 * largest;
}
const isTensor = (datum: unknown): datum is Tensor => typeof datum === 'object' && datum !== null && 'dims' in datum;

export async function runCase(backend: Backend, { name, model: load, sets }: NodeCase): Promise<Outcome> {
  const model = await load();
  const ops = [...new Set([...allNodes(model)].map(opKey))];
  const end = (status: Outcome['status'], why?: string): Outcome => ({ name, ops, status, ...(why !== undefined && { why }) });
  if (random.test(name)) return end('skipped', 'random');
  if (sets.length === 0) return end('skipped', 'no data');
  try {
    return await withSession(backend, model, {}, async (session) => {
      for (const { inputs, outputs } of sets) {
        const feeds: Record<string, Tensor> = {};
        for (const [i, value] of model.graph.inputs.entries()) {
          const datum = inputs[i] && (await datumFrom(inputs[i], value.type));
          if (!isTensor(datum)) return end('skipped', 'an input that is no tensor');
          feeds[value.name] = datum;
        }
        const results = await session.run(feeds);
        let compared = 0;
        for (const [i, value] of model.graph.outputs.entries()) {
          const got = results[value.name];
          if (!got || !outputs[i]) continue;
          const want = await datumFrom(outputs[i], value.type);
          const found = difference(got, want);
          if (found && !nearLargest(got, want)) return end('differs', `${value.name}: ${found}`);
          compared++;
        }
        if (compared === 0) return end('skipped', 'no output that a session gives');
      }
      return end('passed');
    });
  } catch (e) {
    return end('refused', isModelDietError(e) ? e.code : `not typed: ${String(e)}`);
  }
}
