// What `train` takes and what it says afterwards.
import type { Metric, Score } from '@modeldiet/runtime';
import type { Batches, Dataset, Warning } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Frozen } from '../gradient/parameters';
import type { TrainerOptions } from './trainer';

export interface TrainOptions extends TrainerOptions {
  /** Examples: columns by the names of the model's inputs (or one column for the one input), and the loss's columns. */
  readonly dataset: Dataset | Batches;
  /** Examples to measure on after every epoch: the best epoch's weights are returned. Without it the last epoch's are. */
  readonly validation?: Dataset | Batches;
  /** Passes over the dataset; default 10. */
  readonly epochs?: number;
  /** Examples a step; default 64. The last batch of an epoch is smaller when they do not divide; a model with a fixed batch extent leaves the rest out. */
  readonly batchSize?: number;
  /** Of the order of examples; default 0. Same seed, backend, thread count and kind of CPU: same bytes. */
  readonly seed?: number | string;
  /** A dataset above that many bytes is streamed in every epoch, and shuffled within a buffer; default 2^30. */
  readonly cacheBytes?: number;
  /** Stops after that many epochs in a row without a better one on `validation`. */
  readonly patience?: number;
  /** What 'better' counts on `validation`, ties by the loss; default accuracy for class labels, else the loss. */
  readonly metric?: Metric;
}

/** JSON: names and numbers only. */
export interface TrainReport {
  readonly seed: number | string;
  /** Epochs and steps that were run. */
  readonly epochs: number;
  readonly steps: number;
  readonly batchSize: number;
  /** The mean training loss of each epoch, as the weights moved. */
  readonly loss: readonly number[];
  readonly lossName: string;
  readonly optimizer: { readonly name: string; readonly options: object };
  /** Of the returned model on `validation`. */
  readonly metric?: { readonly name: string; readonly value: number; readonly ci95: Score['ci95']; readonly n: number };
  /** Each epoch on `validation`. */
  readonly validation?: readonly { readonly loss: number; readonly metric?: number }[];
  /** The epoch, from 1, whose weights were kept, and whether `patience` ended the run. */
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
  /** The names of the weights that were trained, and of those that were not. */
  readonly trained: readonly string[];
  readonly frozen: readonly Frozen[];
  /** The value the loss was put on. */
  readonly prediction?: string;
  readonly backend: { readonly name: string; readonly runtime: string; readonly threads?: number };
  readonly kernels: 'plain' | 'simd' | 'nodes';
  readonly seconds: number;
  readonly warnings: readonly Warning[];
}

/** Throws `train/option`. */
export function checkTrainOptions({ epochs = 1, batchSize = 1, patience, validation }: TrainOptions): void {
  const whole = (option: string, x: number): void => {
    if (!(Number.isInteger(x) && x >= 1)) throw fail('option', { where: { option }, expected: 'a whole number, 1 or more', actual: x });
  };
  whole('epochs', epochs);
  whole('batchSize', batchSize);
  if (patience === undefined) return;
  whole('patience', patience);
  if (!validation) throw fail('option', { where: { option: 'patience' } }, 'patience counts epochs without progress on `validation`, which is missing');
}
