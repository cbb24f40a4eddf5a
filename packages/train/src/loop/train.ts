// The training loop: the gradient graph in one session, a step a batch, the best epoch's weights in a new model.
import type { Model } from '@modeldiet/onnx-io';
import { accuracy, type Metric, mse as mseMetric } from '@modeldiet/runtime';
import { checkpoint, type LongWork, random, type Warning } from '@modeldiet/tensor';
import { fail } from '../errors';
import { type GradientGraph, gradient } from '../gradient/gradient';
import { float32Masters } from '../gradient/masters';
import { crossEntropy } from '../losses/cross-entropy';
import type { Loss } from '../losses/loss';
import { adam } from '../optimizers/adam';
import { type BoundData, bindData, checkLabels, fixedBatch } from './batches';
import { fusedStepper } from './fused';
import { nodesStepper } from './nodes';
import { checkTrainOptions, type TrainOptions, type TrainReport } from './options';
import type { Stepper } from './stepper';
import { type Validation, validate } from './validate';
import { checkMasks, readWeights, withWeights } from './weights';

const defaultMetric = (loss: Loss): Metric | undefined =>
  loss.classes !== undefined ? accuracy({ label: loss.classes }) : loss.target !== undefined ? mseMetric({ target: loss.target }) : undefined;

/** 0 to n-1 in an order that depends on seed and epoch alone (Fisher and Yates). */
function shuffled(n: number, seed: number | string, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const source = random(seed).fork(`epoch ${epoch}`);
  for (let i = n - 1; i > 0; i--) {
    const j = source.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The number of classes: static, or seen in a first prediction. */
async function classesOf(stepper: Stepper, data: BoundData, size: number): Promise<number | undefined> {
  const extent = stepper.prediction?.dims?.at(-1);
  if (typeof extent === 'number') return extent;
  const { prediction } = await stepper.evaluate(data.batch(Uint32Array.from({ length: size }, (_, i) => i % data.count)));
  return prediction?.dims.at(-1);
}

/** Progress is told at most this often, in ms, and at the end of every epoch. */
const tellEveryMs = 50;

interface Run {
  readonly stepper: Stepper;
  readonly data: BoundData;
  readonly validation?: BoundData;
  readonly metric?: Metric;
  readonly fixed?: number;
  readonly size: number;
  readonly epochs: number;
  readonly options: TrainOptions;
  readonly work: LongWork;
}

interface Trained {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly losses: number[];
  readonly validations: Validation[];
  readonly steps: number;
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
}

function isBetter(a: Validation, b: Validation, metric: Metric | undefined): boolean {
  if (metric && a.score && b.score && a.score.value !== b.score.value)
    return metric.better === 'higher' ? a.score.value > b.score.value : a.score.value < b.score.value;
  return a.loss < b.loss;
}

async function runEpochs({ stepper, data, validation, metric, fixed, size, epochs, options, work }: Run): Promise<Trained> {
  const { seed = 0, patience } = options;
  const perEpoch = fixed === undefined ? Math.ceil(data.count / size) : Math.floor(data.count / size);
  const total = perEpoch * epochs;
  const losses: number[] = [];
  const validations: Validation[] = [];
  let [step, told, bestEpoch] = [0, Number.NEGATIVE_INFINITY, 0];
  let best: ReadonlyMap<string, Float32Array> | undefined;
  let stoppedEarly = false;
  for (let epoch = 1; epoch <= epochs && !stoppedEarly; epoch++) {
    const order = shuffled(data.count, seed, epoch);
    let sum = 0;
    let seen = 0;
    for (let i = 0; i < perEpoch; i++) {
      const rows = order.subarray(i * size, Math.min((i + 1) * size, data.count));
      step++;
      const loss = await stepper.step(data.batch(rows), { step, steps: total });
      if (!Number.isFinite(loss)) throw fail('not-finite', { actual: `${loss} at epoch ${epoch}, step ${step}` });
      sum += loss * rows.length;
      seen += rows.length;
      const now = performance.now();
      const tell = i === perEpoch - 1 || now - told >= tellEveryMs;
      if (tell) told = now;
      await checkpoint(
        work,
        tell ? { phase: 'train', done: step, total, unit: 'steps', item: `epoch ${epoch}/${epochs}, loss ${(sum / seen).toFixed(4)}` } : undefined,
      );
    }
    losses.push(sum / seen);
    if (!validation) {
      bestEpoch = epoch;
      continue;
    }
    const now = await validate(stepper, validation, metric, fixed, work);
    validations.push(now);
    if (bestEpoch === 0 || isBetter(now, validations[bestEpoch - 1]!, metric)) {
      bestEpoch = epoch;
      best = await stepper.read();
    } else stoppedEarly = patience !== undefined && epoch - bestEpoch >= patience && epoch < epochs;
  }
  return { weights: best ?? (await stepper.read()), losses, validations, steps: step, bestEpoch, stoppedEarly };
}

function sizeOf(fixed: number | undefined, { batchSize }: TrainOptions, data: BoundData, warn: (warning: Warning) => void): number {
  if (fixed === undefined) return batchSize ?? 64;
  if (batchSize !== undefined && batchSize !== fixed)
    throw fail('option', { where: { option: 'batchSize' }, expected: fixed, actual: batchSize }, 'the model has a fixed batch extent');
  if (data.count < fixed)
    throw fail(
      'empty-dataset',
      { where: { option: 'dataset' }, expected: `at least ${fixed} examples`, actual: data.count },
      'the dataset does not fill one batch of the model',
    );
  const left = data.count % fixed;
  if (left)
    warn({
      code: 'train/rest-left-out',
      message: `each epoch leaves out ${left} of ${data.count} examples, which do not fill the model's batch of ${fixed}`,
      where: {},
      count: left,
    });
  return fixed;
}

function warnOfGraph(graph: GradientGraph, warn: (warning: Warning) => void): void {
  for (const warning of graph.warnings) warn(warning);
  for (const { name, dtype } of graph.parameters)
    if (dtype === 'float64') warn({ code: 'train/narrowed', message: `float64 weight '${name}' is trained in float32`, where: { value: name } });
}

/**
 * Trains the weights of `model` on a dataset and returns a new model, with the same graph, and a report. Abort rejects with `signal.reason`; nothing of `model` is ever changed.
 * Throws `train/no-gradient`, `no-logits`, `no-parameters`, `column-missing`, `label-range`, `not-finite`, ...
 * @example
 * const { model: trained, report } = await train(model, { dataset, validation, backend: ortBackend(ort), optimizer: adam({ lr: 3e-3 }), epochs: 20 });
 */
export async function train(model: Model, options: TrainOptions): Promise<{ readonly model: Model; readonly report: TrainReport }> {
  const start = performance.now();
  checkTrainOptions(options);
  const { backend, loss = crossEntropy(), optimizer = adam(), epochs = 10, seed = 0, masks = {}, threads } = options;
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning): void => {
    warnings.push(warning);
    options.onWarning?.(warning);
  };
  const work: LongWork = { signal: options.signal, onProgress: options.onProgress, onWarning };
  await checkpoint(work);
  const graph = gradient(model, { loss, wrt: options.wrt, freeze: options.freeze, logits: options.logits, rules: options.rules });
  const inner = graph.parameters.find(({ kind }) => kind === 'value');
  if (inner) throw fail('no-match', { where: { option: 'wrt', value: inner.name } }, 'only weights can be trained, and this value is none');
  checkMasks(masks, graph.parameters);
  warnOfGraph(graph, onWarning);
  const initial = await readWeights(model, graph.parameters, work);
  float32Masters(graph);
  const open = options.form === 'nodes' ? nodesStepper : fusedStepper;
  const stepper = await open({ graph, optimizer, backend, threads, initial, masks, kernels: options.kernels, ...work });
  try {
    const fixed = fixedBatch(stepper.inputs);
    const data = await bindData('dataset', options.dataset, stepper.inputs, graph.columns, work);
    const validation = options.validation && (await bindData('validation', options.validation, stepper.inputs, graph.columns, work));
    const size = sizeOf(fixed, options, data, onWarning);
    const classes = loss.classes === undefined ? undefined : await classesOf(stepper, data, size);
    if (classes !== undefined)
      for (const [option, bound] of [
        ['dataset', data],
        ['validation', validation],
      ] as const)
        if (bound) checkLabels(option, bound, loss, classes);
    const metric = options.metric ?? defaultMetric(loss);
    const run = await runEpochs({ stepper, data, validation, metric, fixed, size, epochs, options, work });
    const kept = run.validations[run.bestEpoch - 1];
    const report: TrainReport = {
      seed,
      epochs: run.losses.length,
      steps: run.steps,
      batchSize: size,
      loss: run.losses,
      lossName: loss.name,
      optimizer: { name: optimizer.name, options: optimizer.options },
      ...(kept?.score && metric && { metric: { name: metric.name, value: kept.score.value, ci95: kept.score.ci95, n: kept.score.n } }),
      ...(validation && { validation: run.validations.map((each) => ({ loss: each.loss, ...(each.score && { metric: each.score.value }) })) }),
      bestEpoch: run.bestEpoch,
      stoppedEarly: run.stoppedEarly,
      trained: graph.parameters.filter(({ kind }) => kind === 'weight').map(({ name }) => name),
      frozen: graph.frozen,
      ...(graph.prediction !== undefined && { prediction: graph.prediction }),
      backend: { name: backend.name, runtime: backend.runtime, ...(threads !== undefined && { threads }) },
      kernels: stepper.kernels,
      seconds: (performance.now() - start) / 1000,
      warnings,
    };
    return { model: withWeights(model, graph.parameters, run.weights, work), report };
  } finally {
    await stepper.release();
  }
}
