// modeldiet train: a model's weights fitted to data, on the runtime that will run it.
import { split } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { formatInterval, formatShare } from '@modeldiet/pipeline';
import { accuracy, evaluate, type Metric, mse as mseMetric } from '@modeldiet/runtime';
import type { Dataset } from '@modeldiet/tensor';
import { type Loss, losses, type Optimizer, optimizers, train as trainModel } from '@modeldiet/train';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import { openBackend } from '../run/backend';
import { openData, withBatch } from '../run/feeds';
import { openModel } from '../run/open';
import { beginTally } from '../run/tally';
import { trialFeeds, tryOut } from '../run/try-out';
import { checkOutput, type VerifyOption, withVerify, writeTried } from '../run/write';
import type { Verb } from '../verb';
import { bindDims } from '../words/dims';
import { integer, number, oneOf } from '../words/options';
import { type DataOption, type RuntimeOptions, type SeedOption, withData, withRuntime, withSeed } from '../words/shared';

type LossName = keyof typeof losses;
type OptimizerName = keyof typeof optimizers;

interface Options extends RuntimeOptions, SeedOption, DataOption, VerifyOption {
  readonly epochs: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly optimizer: OptimizerName;
  readonly loss?: LossName;
  readonly validation: number;
  readonly patience?: number;
}

interface Parts {
  readonly train: Dataset;
  /** The best epoch is chosen on it. */
  readonly validation: Dataset;
  /** Read once, at the end; without it the metric is that of `validation`, which the choice has seen. */
  readonly test?: Dataset;
}

/** Digits have their three parts; other data is split, stratified by class, and validation doubles as test. */
async function partsOf(items: Dataset, { data, validation, seed }: Options): Promise<Parts> {
  if (data === 'digits') return digitsSplit({ seed });
  const [train, held] = await split(items, [1 - validation, validation], { seed });
  return { train: train!, validation: held! };
}

/** Class labels (integers) ask for cross-entropy, numbers for the squared error. Throws `cli/no-labels`. */
async function lossFor(items: Dataset, { loss, data }: Options): Promise<Loss> {
  if (loss) return losses[loss]();
  for await (const { label } of items) {
    if (!label) break;
    return /^u?int/.test(label.type) ? losses.crossEntropy() : losses.mse();
  }
  throw fail('no-labels', { where: { option: '--data' }, actual: data }, "training needs a column 'label'");
}

async function run(context: Context, [input, output]: readonly string[], options: Options): Promise<Outcome> {
  const tally = beginTally();
  const { seed, epochs, batch, lr, patience, data, verify } = options;
  if (data === undefined) throw fail('usage', { where: { option: '--data' } }, 'training needs data');
  await checkOutput(context, output!);
  const opened = await openModel(context, input!);
  const { byPlace: dims } = bindDims(options.dims, opened.model);
  const { items } = await openData(context, opened.model, { data, dims, seed });
  const loss = await lossFor(items, options);
  const parts = await partsOf(items, options);
  const backend = await openBackend(context, options);
  const optimizer: Optimizer = optimizers[options.optimizer](lr === undefined ? {} : { lr });
  const { model, report } = await trainModel(opened.model, {
    ...context.work,
    dataset: parts.train,
    validation: parts.validation,
    backend,
    loss,
    optimizer,
    epochs,
    seed,
    ...(batch !== undefined && { batchSize: batch }),
    ...(patience !== undefined && { patience }),
  });
  const scoring: Metric = loss.classes === undefined ? mseMetric() : accuracy();
  const judge = async (dataset: Dataset, on: string) => {
    const { value, ci95, n } = await evaluate(model, { ...context.work, dataset, metric: scoring, backend });
    return { name: scoring.name, value, ci95, n, on };
  };
  const metric = parts.test ? await judge(parts.test, 'test') : await judge(parts.validation, 'validation');
  const trial = await trialFeeds(context, opened.model, { data, dims: withBatch(opened.model, dims, 1), seed });
  const written = await writeTried(context, {
    model,
    path: output!,
    verify,
    tryOut: (file) => tryOut(context, file, { backend, model, trial, path: output!, seed, threads: options.threads }),
  });
  const json = {
    input: input!,
    output: output!,
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
    ...tally(),
  };
  return { json, text: textOf(context, json) };
}

interface Told {
  readonly output: string;
  readonly epochs: number;
  readonly steps: number;
  readonly loss: readonly number[];
  readonly metric: { readonly name: string; readonly value: number; readonly ci95: readonly [number, number]; readonly n: number; readonly on: string };
  readonly bestEpoch: number;
  readonly trained: readonly string[];
  readonly frozen: readonly unknown[];
  readonly seconds: number;
}

function textOf({ paint }: Context, told: Told): string {
  const { metric, loss } = told;
  const value =
    metric.name === 'accuracy'
      ? `${formatShare(metric.value)} (${formatInterval(metric.ci95, 'share')}, n = ${metric.n})`
      : String(Number(metric.value.toPrecision(5)));
  const figure = (x: number | undefined): string => (x === undefined ? '?' : String(Number(x.toPrecision(4))));
  return [
    `${paint.bold(told.output)}: ${told.trained.length} weights trained${told.frozen.length ? `, ${told.frozen.length} kept` : ''}; ${told.epochs} epochs, ${told.steps} steps, ${told.seconds.toFixed(1)} s`,
    `loss ${figure(loss[0])} to ${figure(loss.at(-1))}; epoch ${told.bestEpoch} was best`,
    `${metric.on} ${metric.name} ${paint.bold(value)}`,
  ].join('\n');
}

export const train: Verb = {
  name: 'train',
  summary: "fit a model's weights to labelled data; the gradient is an ONNX graph of its own",
  examples: [
    { call: 'train model.onnx trained.onnx --data digits', says: 'the digits, in their three parts' },
    { call: 'train model.onnx trained.onnx --data train.csv --epochs 30 --lr 0.003', says: "a table with a column 'label'" },
    { call: 'train model.onnx tuned.onnx --data ./feeds.mjs --optimizer sgd --seed 7', says: 'feeds of your own' },
  ],
  define: (command) =>
    void withVerify(withData(withSeed(withRuntime(command.argument('<model>', 'an ONNX file').argument('<out>', 'where to write')))))
      .option('--epochs <n>', 'passes over the data', integer('--epochs', { min: 1 }), 10)
      .option('--batch <n>', 'examples a step (default: 64, or what the file fixes)', integer('--batch', { min: 1 }))
      .option('--lr <x>', "learning rate (default: the optimizer's)", number('--lr', { min: 0 }))
      .option('--optimizer <name>', Object.keys(optimizers).join(', '), oneOf('--optimizer', Object.keys(optimizers) as OptimizerName[]), 'adam' as const)
      .option('--loss <name>', `${Object.keys(losses).join(', ')} (default: by the labels)`, oneOf('--loss', Object.keys(losses) as LossName[]))
      .option(
        '--validation <share>',
        'of the data, to choose the best epoch by (digits have their own part)',
        number('--validation', { min: 0.01, max: 0.9 }),
        0.2,
      )
      .option('--patience <n>', 'stop after so many epochs without a better one', integer('--patience', { min: 1 })),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
