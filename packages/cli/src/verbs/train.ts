// modeldiet train: a model's weights fitted to data, on the runtime that will run it.
import type { Dataset } from '@modeldiet/tensor';
import { type Loss, losses, train as trainModel } from '@modeldiet/train';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import { openBackend } from '../run/backend';
import { openData } from '../run/feeds';
import { openModel } from '../run/open';
import { beginTally } from '../run/tally';
import { isClass, judged, labelType, loopOf, partsOf, type TrainingOptions, trainedJson, trainedText, withTraining, writeTrained } from '../run/training';
import { checkOutput, withVerify } from '../run/write';
import type { Verb } from '../verb';
import { bindDims } from '../words/dims';
import { oneOf } from '../words/options';
import { withData, withRuntime, withSeed } from '../words/shared';

type LossName = keyof typeof losses;

interface Options extends TrainingOptions {
  readonly loss?: LossName;
}

/** Class labels (integers) ask for cross-entropy, numbers for the squared error. Throws `cli/no-labels`. */
async function lossFor(items: Dataset, { loss, data }: Options): Promise<Loss> {
  if (loss) return losses[loss]();
  const type = await labelType(items);
  if (type === undefined) throw fail('no-labels', { where: { option: '--data' }, actual: data }, "training needs a column 'label'");
  return isClass(type) ? losses.crossEntropy() : losses.mse();
}

async function run(context: Context, [input, output]: readonly string[], options: Options): Promise<Outcome> {
  const tally = beginTally();
  const { seed, data, images } = options;
  if (data === undefined) throw fail('usage', { where: { option: '--data' } }, 'training needs data');
  await checkOutput(context, output!);
  const opened = await openModel(context, input!);
  const { byPlace: dims } = bindDims(options.dims, opened.model);
  const { items } = await openData(context, opened.model, { data, dims, seed, images });
  const loss = await lossFor(items, options);
  const parts = await partsOf(items, options);
  const backend = await openBackend(context, options);
  const { model, report } = await trainModel(opened.model, {
    ...context.work,
    ...loopOf(options),
    dataset: parts.train,
    validation: parts.validation,
    backend,
    loss,
  });
  const metric = await judged(context, model, parts, backend, loss.classes !== undefined);
  const written = await writeTrained(context, { model, like: opened.model, path: output!, options, backend });
  const json = trainedJson(context, { report, metric, output: output!, seed, backend, written, tally: tally() });
  return { json: { input: input!, ...json }, text: trainedText(context, json) };
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
    void withTraining(withVerify(withData(withSeed(withRuntime(command.argument('<model>', 'an ONNX file').argument('<out>', 'where to write')))))).option(
      '--loss <name>',
      `${Object.keys(losses).join(', ')} (default: by the labels)`,
      oneOf('--loss', Object.keys(losses) as LossName[]),
    ),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
