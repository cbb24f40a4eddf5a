// A model against a dataset with answers.
import { type Batches, checkpoint } from '@modeldiet/tensor';
import type { Backend, ModelSource, Session, SessionOptions } from './backend';
import { bindFeeds } from './bind-feeds';
import { fail } from './errors';
import type { Metric, Score } from './metrics/metric';
import { onSession } from './session';

export interface EvaluateOptions extends SessionOptions {
  /** Items with the batch axis included; the metric's label columns beside the inputs. */
  readonly dataset: Batches;
  readonly metric: Metric;
  /** Needed for a model; a session has its own. */
  readonly backend?: Backend;
}

export interface Evaluation extends Score {
  readonly metric: { readonly name: string; readonly options: object; readonly better: 'higher' | 'lower' };
  readonly batches: number;
  /** What the metric decided: which output it read. */
  readonly notes: readonly string[];
}

/**
 * Runs the dataset through a model (opened on `backend`) or an open session, and scores it.
 * Throws `runtime/feeds-mismatch`, `runtime/metric-output`, `runtime/no-label`, `runtime/empty-dataset`.
 * @example
 * const { value, ci95 } = await evaluate(model, { dataset: batch(test, 64), metric: accuracy(), backend });
 */
export async function evaluate(model: ModelSource | Session, options: EvaluateOptions): Promise<Evaluation> {
  const { dataset, metric, ...rest } = options;
  const { signal, onProgress, onWarning } = options;
  return onSession(model, rest, async (session) => {
    const tally = metric.begin(session.outputs);
    const total = 'length' in dataset ? (dataset.length as number | undefined) : undefined;
    let batches = 0;
    for await (const item of dataset) {
      await checkpoint({ signal, onProgress, onWarning }, { phase: 'evaluate', done: batches, total, unit: 'batches' });
      const outputs = await session.run(bindFeeds(session.inputs, item, { labels: metric.labels }), { fetches: tally.fetches, signal });
      tally.add(outputs, item);
      batches++;
    }
    if (batches === 0) throw fail('empty-dataset', { where: { option: 'dataset' } });
    const { name, options: chosen, better } = metric;
    return { metric: { name, options: chosen, better }, batches, notes: tally.notes, ...tally.score() };
  });
}
