// What train and distill share: the words, the parts of the data, how a trained model is written, judged and told.
import { split } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import type { Model } from '@modeldiet/onnx-io';
import { formatInterval, formatShare } from '@modeldiet/pipeline';
import { accuracy, evaluate, type Metric, mse } from '@modeldiet/runtime';
import type { Dataset } from '@modeldiet/tensor';
import { type Optimizer, optimizers, type TrainReport } from '@modeldiet/train';
import type { Command } from 'commander';
import type { Context } from '../context';
import { bindDims } from '../words/dims';
import { integer, number, oneOf } from '../words/options';
import type { DataOption, RuntimeOptions, SeedOption } from '../words/shared';
import type { OpenedBackend } from './backend';
import { withBatch } from './feeds';
import type { Tally } from './tally';
import { trialFeeds, tryOut } from './try-out';
import { type VerifyOption, type Written, writeTried } from './write';

export type OptimizerName = keyof typeof optimizers;

export interface TrainingOptions extends RuntimeOptions, SeedOption, DataOption, VerifyOption {
  readonly epochs: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly optimizer: OptimizerName;
  readonly validation: number;
  readonly patience?: number;
  readonly logits?: string;
}

export const withTraining = (command: Command): Command =>
  command
    .option('--epochs <n>', 'passes over the data', integer('--epochs', { min: 1 }), 10)
    .option('--batch <n>', 'examples a step (default: 64, or what the file fixes)', integer('--batch', { min: 1 }))
    .option('--lr <x>', "learning rate (default: the optimizer's)", number('--lr', { min: 0 }))
    .option('--optimizer <name>', Object.keys(optimizers).join(', '), oneOf('--optimizer', Object.keys(optimizers) as OptimizerName[]), 'adam' as const)
    .option(
      '--validation <share>',
      'of the data, to choose the best epoch by (digits have their own part)',
      number('--validation', { min: 0.01, max: 0.9 }),
      0.2,
    )
    .option('--logits <value>', 'the value that holds the prediction (default: the only float output of rank 2, before a Softmax)')
    .option('--patience <n>', 'stop after so many epochs without a better one', integer('--patience', { min: 1 }));

export interface Parts {
  readonly train: Dataset;
  /** The best epoch is chosen on it. */
  readonly validation: Dataset;
  /** Read once, at the end; without it the metric is that of `validation`, which the choice has seen. */
  readonly test?: Dataset;
}

/** Digits have their three parts; other data is split, stratified by class, and validation doubles as test. */
export async function partsOf(items: Dataset, { data, validation, seed }: Pick<TrainingOptions, 'data' | 'validation' | 'seed'>): Promise<Parts> {
  if (data === 'digits') return digitsSplit({ seed });
  const [train, held] = await split(items, [1 - validation, validation], { seed });
  return { train: train!, validation: held! };
}

/** The element type of the column `label`; undefined where there is none. */
export async function labelType(items: Dataset): Promise<string | undefined> {
  for await (const { label } of items) return label?.type;
  return undefined;
}

/** The loop's own options. */
export const loopOf = ({ epochs, seed, batch, patience, lr, optimizer, logits }: TrainingOptions) => ({
  epochs,
  seed,
  optimizer: optimizers[optimizer](lr === undefined ? {} : { lr }) as Optimizer,
  ...(batch !== undefined && { batchSize: batch }),
  ...(patience !== undefined && { patience }),
  ...(logits !== undefined && { logits }),
});

export interface JudgedMetric {
  readonly name: string;
  readonly value: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
  readonly on: 'test' | 'validation';
}

/** On test where there is one, else on validation. Classes are counted, numbers are measured. */
export async function judged(context: Context, model: Model, { test, validation }: Parts, backend: OpenedBackend, classes: boolean): Promise<JudgedMetric> {
  const metric: Metric = classes ? accuracy() : mse();
  const { value, ci95, n } = await evaluate(model, { ...context.work, dataset: test ?? validation, metric, backend });
  return { name: metric.name, value, ci95, n, on: test ? 'test' : 'validation' };
}

/** Opens, runs once, and puts in place. `like` is the model whose inputs are fed. */
export async function writeTrained(
  context: Context,
  { model, like, path, options, backend }: { model: Model; like: Model; path: string; options: TrainingOptions; backend: OpenedBackend },
): Promise<Written> {
  const { data, seed, images, threads, verify } = options;
  const { byPlace: dims } = bindDims(options.dims, like);
  const trial = await trialFeeds(context, like, { data, dims: withBatch(like, dims, 1), seed, images });
  return writeTried(context, { model, path, verify, tryOut: (file) => tryOut(context, file, { backend, model, trial, path, seed, threads }) });
}

export function trainedJson(
  context: Context,
  {
    report,
    metric,
    output,
    seed,
    backend,
    written,
    tally,
  }: {
    report: TrainReport;
    metric: JudgedMetric | null;
    output: string;
    seed: number;
    backend: OpenedBackend;
    written: Written;
    tally: Tally;
  },
) {
  return {
    output,
    seed,
    epochs: report.epochs,
    steps: report.steps,
    loss: report.loss,
    metric,
    bestEpoch: report.bestEpoch,
    trained: report.trained,
    frozen: report.frozen,
    runtime: backend.runtime,
    verified: written.verified,
    warnings: context.warnings,
    ...tally,
  };
}
export type TrainedJson = ReturnType<typeof trainedJson>;

export const metricText = ({ name, value, ci95, n }: JudgedMetric): string =>
  name === 'accuracy' ? `${formatShare(value)} (${formatInterval(ci95, 'share')}, n = ${n})` : String(Number(value.toPrecision(5)));

export function trainedText({ paint }: Context, told: TrainedJson): string {
  const { metric, loss } = told;
  const figure = (x: number | undefined): string => (x === undefined ? '?' : String(Number(x.toPrecision(4))));
  return [
    `${paint.bold(told.output)}: ${told.trained.length} weights trained${told.frozen.length ? `, ${told.frozen.length} kept` : ''}; ${told.epochs} epochs, ${told.steps} steps, ${told.seconds.toFixed(1)} s`,
    `loss ${figure(loss[0])} to ${figure(loss.at(-1))}; epoch ${told.bestEpoch} was best`,
    ...(metric ? [`${metric.on} ${metric.name} ${paint.bold(metricText(metric))}`] : []),
  ].join('\n');
}

/** Classes are integers. */
export const isClass = (type: string | undefined): boolean => type !== undefined && /^u?int/.test(type);
