// Loss and metric on examples that are not trained on.
import type { Metric, Score, Slot } from '@modeldiet/runtime';
import { checkpoint, type LongWork, rows } from '@modeldiet/tensor';
import type { BoundData } from './batches';
import type { Stepper } from './stepper';

export interface Validation {
  /** Mean over the examples; over whole batches alone where the batch extent is fixed. */
  readonly loss: number;
  readonly score?: Score;
}

/** Rows a run, when the model leaves the choice. */
const rowsPerRun = 256;

/** One pass, in order. A fixed batch is filled up with row 0, whose answers are not counted. */
export async function validate(stepper: Stepper, data: BoundData, metric: Metric | undefined, fixed: number | undefined, work: LongWork): Promise<Validation> {
  const size = fixed ?? rowsPerRun;
  const slot: Slot | undefined = stepper.prediction;
  const tally = metric && slot ? metric.begin([slot]) : undefined;
  let [sum, counted] = [0, 0];
  for (let from = 0; from < data.count; from += size) {
    await checkpoint(work);
    const real = Math.min(size, data.count - from);
    const order = Uint32Array.from({ length: fixed ?? real }, (_, i) => (i < real ? from + i : 0));
    const { loss, prediction } = await stepper.evaluate(data.batch(order));
    if (real === order.length) {
      sum += loss * real;
      counted += real;
    }
    if (tally && slot && prediction) {
      const part = order.subarray(0, real);
      tally.add({ [slot.name]: prediction.dims[0] === order.length && real < order.length ? rows(prediction, 0, real) : prediction }, data.raw(part));
    }
  }
  return { loss: counted ? sum / counted : Number.NaN, ...(tally && { score: tally.score() }) };
}
