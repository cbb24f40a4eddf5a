// Loss and metric on examples that are not trained on.
import { batch, realRows, sliceFeeds } from '@modeldiet/data';
import type { Metric, Score } from '@modeldiet/runtime';
import { checkpoint, type LongWork, rows } from '@modeldiet/tensor';
import type { Source } from './batches';
import type { Trainer } from './trainer';

export interface Validation {
  /** Mean over the examples; where the batch extent is fixed, over those that fill whole batches. */
  readonly loss: number;
  readonly score?: Score;
}

/** Rows a run, when the model leaves the choice. */
const rowsPerRun = 256;

/** One pass, in order. A fixed batch is filled up with repeated rows, whose answers are not counted. */
export async function validate(trainer: Trainer, source: Source, metric: Metric | undefined, fixed: number | undefined, work: LongWork): Promise<Validation> {
  const slot = trainer.prediction;
  const tally = metric && slot ? metric.begin([slot]) : undefined;
  let [sum, counted] = [0, 0];
  for await (const item of batch(source.dataset, fixed ?? rowsPerRun, { last: fixed === undefined ? 'keep' : 'pad' })) {
    await checkpoint(work);
    const { loss, prediction } = await trainer.evaluate(trainer.bind(item));
    const real = realRows(item);
    const padded = fixed !== undefined && real < fixed;
    if (!padded) {
      sum += loss * real;
      counted += real;
    }
    if (tally && slot && prediction) tally.add({ [slot.name]: padded ? rows(prediction, 0, real) : prediction }, padded ? sliceFeeds(item, 0, real) : item);
  }
  return { loss: counted ? sum / counted : Number.NaN, ...(tally && { score: tally.score() }) };
}
