// `train`: a dataset, a model, and everything in between.
import { batch } from '@modeldiet/data';
import { type Model, requireModel } from '@modeldiet/onnx-io';
import { accuracy, type Metric, mse as mseMetric } from '@modeldiet/runtime';
import { type Batches, checkpoint, type LongWork, type Warning } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Loss } from '../losses/loss';
import { batchesOf, checkLabels, fixedBatch, readSource, type Source } from './batches';
import { runEpochs, type Trained } from './epochs';
import { checkTrainOptions, type TrainOptions, type TrainReport } from './options';
import { openTrainer, type Trainer } from './trainer';

const defaultMetric = (loss: Loss): Metric | undefined =>
  loss.classes !== undefined ? accuracy({ label: loss.classes }) : loss.target !== undefined ? mseMetric({ target: loss.target }) : undefined;

/** The number of classes: static, or seen in a first prediction. */
async function classesOf(trainer: Trainer, source: Source, size: number): Promise<number | undefined> {
  const extent = trainer.prediction?.dims?.at(-1);
  if (typeof extent === 'number') return extent;
  for await (const item of batch(source.dataset, size, { last: 'pad' })) return (await trainer.evaluate(trainer.bind(item))).prediction?.dims.at(-1);
  return undefined;
}

function sizeOf(fixed: number | undefined, asked: number | undefined, count: number, warn: (warning: Warning) => void): number {
  if (fixed === undefined) return asked ?? 64;
  if (asked !== undefined && asked !== fixed)
    throw fail('option', { where: { option: 'batchSize' }, expected: fixed, actual: asked }, 'the model has a fixed batch extent');
  const where = { option: 'dataset' };
  if (count < fixed)
    throw fail('empty-dataset', { where, expected: `at least ${fixed} examples`, actual: count }, 'the dataset does not fill one batch of the model');
  const left = count % fixed;
  const message = `each epoch leaves out ${left} of ${count} examples, which do not fill the model's batch of ${fixed}`;
  if (left) warn({ code: 'train/rest-left-out', message, where, count: left });
  return fixed;
}

async function readSources(trainer: Trainer, options: TrainOptions, size: (count: number) => number, work: LongWork) {
  const { loss, graph } = trainer;
  const { cacheBytes = 2 ** 30 } = options;
  const read = (option: string, dataset: Batches): Promise<Source> =>
    readSource(dataset, { option, columns: Object.keys(graph.columns), classes: loss.classes, cacheBytes, ...work });
  const dataset = await read('dataset', options.dataset);
  const validation = options.validation && (await read('validation', options.validation));
  const classes = loss.classes === undefined ? undefined : await classesOf(trainer, dataset, size(dataset.count));
  if (classes !== undefined && loss.classes !== undefined)
    for (const [option, source] of [
      ['dataset', dataset],
      ['validation', validation],
    ] as const)
      if (source) checkLabels(option, loss.classes, source, classes);
  return { dataset, validation };
}

function reportOf(trainer: Trainer, { backend, threads, seed = 0 }: TrainOptions, trained: Trained, metric: Metric | undefined) {
  const { graph, optimizer } = trainer;
  const kept = trained.validations[trained.bestEpoch - 1];
  return {
    seed,
    epochs: trained.losses.length,
    steps: trained.steps,
    loss: trained.losses,
    lossName: trainer.loss.name,
    optimizer: { name: optimizer.name, options: optimizer.options },
    ...(kept?.score && metric && { metric: { name: metric.name, value: kept.score.value, ci95: kept.score.ci95, n: kept.score.n } }),
    ...(kept && { validation: trained.validations.map(({ loss, score }) => ({ loss, ...(score && { metric: score.value }) })) }),
    bestEpoch: trained.bestEpoch,
    stoppedEarly: trained.stoppedEarly,
    trained: graph.parameters.filter(({ kind }) => kind === 'weight').map(({ name }) => name),
    frozen: graph.frozen,
    ...(graph.prediction !== undefined && { prediction: graph.prediction }),
    backend: { name: backend.name, runtime: backend.runtime, ...(threads !== undefined && { threads }) },
    kernels: trainer.kernels,
  };
}

/**
 * Trains the weights of `model` on a dataset and returns a new model, with the same graph, and a report. Abort rejects with `signal.reason`; nothing of `model` is ever changed.
 * Throws `train/no-gradient`, `no-logits`, `no-parameters`, `column-missing`, `label-range`, `not-finite`, ...
 * @example
 * const { model: trained, report } = await train(model, { dataset, validation, backend: ortBackend(ort), optimizer: adam({ lr: 3e-3 }), epochs: 20 });
 */
export async function train(model: Model, options: TrainOptions): Promise<{ readonly model: Model; readonly report: TrainReport }> {
  requireModel(model);
  const start = performance.now();
  checkTrainOptions(options);
  const { epochs = 10, seed = 0, patience } = options;
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning): void => {
    warnings.push(warning);
    options.onWarning?.(warning);
  };
  const work: LongWork = { signal: options.signal, onProgress: options.onProgress, onWarning };
  await checkpoint(work);
  const trainer = await openTrainer(model, { ...options, ...work });
  try {
    const fixed = fixedBatch(trainer.inputs);
    const sizeFor = (count: number): number => sizeOf(fixed, options.batchSize, count, () => {});
    const { dataset, validation } = await readSources(trainer, options, sizeFor, work);
    const size = sizeOf(fixed, options.batchSize, dataset.count, onWarning);
    const metric = options.metric ?? defaultMetric(trainer.loss);
    const batches = batchesOf(dataset, { inputs: trainer.inputs, renamed: trainer.graph.columns });
    const trained = await runEpochs({ trainer, batches, count: dataset.count, validation, metric, fixed, size, epochs, seed, patience, work });
    const made = await trainer.model(trained.weights);
    return { model: made, report: { ...reportOf(trainer, options, trained, metric), batchSize: size, seconds: (performance.now() - start) / 1000, warnings } };
  } finally {
    await trainer.release();
  }
}
