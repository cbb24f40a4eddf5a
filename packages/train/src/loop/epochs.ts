// Epoch after epoch: shuffled batches, a step each, validation, the best weights so far.

import type { Metric } from '@modeldiet/runtime';
import type { Feeds } from '@modeldiet/tensor';
import { checkpoint, type LongWork } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { EpochOptions, Source } from './batches';
import type { Trainer } from './trainer';
import { type Validation, validate } from './validate';

export interface Run {
  readonly trainer: Trainer;
  readonly batches: (options: EpochOptions) => AsyncIterable<Feeds>;
  /** Rows of an epoch. */
  readonly count: number;
  readonly validation?: Source;
  readonly metric?: Metric;
  /** The batch extent the model insists on. */
  readonly fixed?: number;
  readonly size: number;
  readonly epochs: number;
  readonly seed: number | string;
  readonly patience?: number;
  readonly work: LongWork;
}

export interface Trained {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly losses: readonly number[];
  readonly validations: readonly Validation[];
  readonly steps: number;
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
}

/** Progress is told at most this often, in ms, and at the end of every epoch. */
const tellEveryMs = 50;

function isBetter(a: Validation, b: Validation, metric: Metric | undefined): boolean {
  const [x, y] = [a.score?.value, b.score?.value];
  if (metric && x !== undefined && y !== undefined && x !== y) return metric.better === 'higher' ? x > y : x < y;
  return a.loss < b.loss;
}

/** One epoch from step `before` on; its mean loss. Throws `train/not-finite`. */
async function runEpoch({ trainer, batches, count, size, fixed, epochs, seed, work }: Run, epoch: number, perEpoch: number): Promise<number> {
  const steps = perEpoch * epochs;
  let [step, sum, seen, told] = [(epoch - 1) * perEpoch, 0, 0, Number.NEGATIVE_INFINITY];
  for await (const feeds of batches({ seed, epoch, size, whole: fixed !== undefined })) {
    step++;
    const loss = await trainer.step(feeds, { step, steps });
    if (!Number.isFinite(loss)) throw fail('not-finite', { actual: `${loss} at epoch ${epoch}, step ${step}` });
    const rows = Math.min(size, count - seen);
    sum += loss * rows;
    seen += rows;
    const now = performance.now();
    const tell = step === epoch * perEpoch || now - told >= tellEveryMs;
    if (tell) told = now;
    const item = tell ? `epoch ${epoch}/${epochs}, loss ${(sum / seen).toFixed(4)}` : '';
    await checkpoint(work, tell ? { phase: 'train', done: step, total: steps, unit: 'steps', item } : undefined);
  }
  return sum / seen;
}

/** Trains until the epochs are over, or `patience` is. */
export async function runEpochs(run: Run): Promise<Trained> {
  const { trainer, count, validation, metric, fixed, size, epochs, patience, work } = run;
  const perEpoch = fixed === undefined ? Math.ceil(count / size) : Math.floor(count / size);
  const losses: number[] = [];
  const validations: Validation[] = [];
  let best: { readonly epoch: number; readonly weights: ReadonlyMap<string, Float32Array> } | undefined;
  let stoppedEarly = false;
  for (let epoch = 1; epoch <= epochs && !stoppedEarly; epoch++) {
    losses.push(await runEpoch(run, epoch, perEpoch));
    if (!validation) continue;
    const now = await validate(trainer, validation, metric, fixed, work);
    validations.push(now);
    if (!best || isBetter(now, validations[best.epoch - 1]!, metric)) best = { epoch, weights: await trainer.read() };
    else stoppedEarly = patience !== undefined && epoch - best.epoch >= patience && epoch < epochs;
  }
  const weights = best?.weights ?? (await trainer.read());
  return { weights, losses, validations, steps: losses.length * perEpoch, bestEpoch: best?.epoch ?? losses.length, stoppedEarly };
}
