// What callers pass in place of a model by mistake (a path, bytes, a Promise that nobody awaited, the whole result of a transform) is a typed error that says what to do, in every function that takes one.

import { distill } from '@modeldiet/distill';
import {
  checkModel,
  cloneModel,
  exportWeights,
  extract,
  inlineFunctions,
  linear,
  type Model,
  materializeModel,
  printModel,
  relu,
  saveModel,
  sequential,
  summarize,
} from '@modeldiet/onnx-io';
import { writeModel } from '@modeldiet/onnx-io/node';
import { annotate, costs, inferShapes, raiseOpset } from '@modeldiet/ops';
import { diagnose, optimize, pipeline } from '@modeldiet/pipeline';
import { profileModel, roofline, sweepBatch } from '@modeldiet/profiler';
import { pruneStructured, pruneUnstructured } from '@modeldiet/prune';
import { calibrate, calibratedValues, convertFloat, convertQat, prepareQat, quantizeDynamic, quantizeStatic, quantizeWeights } from '@modeldiet/quantize';
import { compareBackends, compareModels, evaluate, metrics, observe, ortBackend, placement, randomFeeds } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import { crossEntropy, gradient, openTrainer, train } from '@modeldiet/train';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

const right = sequential([linear(4, 3), relu(), linear(3, 2)], { seed: 1 });
const backend = ortBackend(ort, { threads: 1 });
const dataset = randomFeeds(right, { dims: { batch: 1 }, seed: 1 });
const feeds = dataset.at(0);
const layer = [...right.graph.nodes][0]!.name;

const takers: Readonly<Record<string, (model: Model) => unknown>> = {
  saveModel,
  writeModel: (model) => writeModel(model, '/nowhere/model.onnx'),
  cloneModel,
  printModel,
  summarize,
  checkModel,
  materializeModel,
  exportWeights,
  inlineFunctions,
  extract: (model) => extract(model, { inputs: ['x'], outputs: ['y'] }),
  inferShapes: (model) => inferShapes(model),
  annotate: (model) => annotate(model, inferShapes(right)),
  costs: (model) => costs(model),
  raiseOpset: (model) => raiseOpset(model, 23),
  simplify: (model) => simplify(model),
  quantizeDynamic: (model) => quantizeDynamic(model),
  quantizeWeights: (model) => quantizeWeights(model),
  quantizeStatic: (model) => quantizeStatic(model, { dataset, backend }),
  prepareQat: (model) => prepareQat(model, { dataset, backend }),
  convertQat: (model) => convertQat(model),
  convertFloat: (model) => convertFloat(model),
  calibrate: (model) => calibrate(model, { dataset, backend }),
  calibratedValues: (model) => calibratedValues(model),
  pruneUnstructured: (model) => pruneUnstructured(model, { amount: 0.5 }),
  pruneStructured: (model) => pruneStructured(model, { amount: 0.5 }),
  gradient: (model) => gradient(model, { loss: crossEntropy() }),
  train: (model) => train(model, { dataset, backend, epochs: 1 }),
  openTrainer: (model) => openTrainer(model, { backend }),
  'distill, teacher': (model) => distill({ teacher: model, student: right, dataset, backend, epochs: 1 }),
  'distill, student': (model) => distill({ teacher: right, student: model, dataset, backend, epochs: 1 }),
  randomFeeds: (model) => randomFeeds(model),
  observe: async (model) => {
    for await (const _ of observe(model, [layer], dataset, { backend })) break;
  },
  compareBackends: (model) => compareBackends(model, backend, backend, { feeds: dataset }),
  profileModel: (model) => profileModel(model, { backend, feeds }),
  roofline: (model) => roofline(model, { backend, feeds }),
  sweepBatch: (model) => sweepBatch(model, { backend, batches: [1] }),
  diagnose: (model) => diagnose(model, { backend, feeds }),
  optimize: (model) => optimize(model, { dataset, backend, metric: metrics.accuracy() }),
  pipeline: (model) => pipeline([{ step: 'simplify' }]).run(model, { backend }),
};
const mistakes: readonly (readonly [what: string, wrong: unknown, hint: RegExp])[] = [
  ['nothing', undefined, /undefined/],
  ['a path', 'model.onnx', /model\.onnx.*readModel/],
  ['bytes', new Uint8Array(8), /loadModel/],
  ['a Promise', Promise.resolve(right), /await/],
  ['a result', { model: right, report: {} }, /\.model/],
];

test.each(Object.entries(takers))('%s', async (_, take) => {
  for (const [what, wrong, hint] of mistakes) {
    const error = await (async () => take(wrong as Model))().then(
      () => undefined,
      (e: unknown) => e as { code?: string; message: string },
    );
    expect([what, error?.code]).toEqual([what, 'onnx-io/not-a-model']);
    expect(error!.message).toMatch(hint);
  }
});

test('where more than a model is taken, that is said', async () => {
  const code = (f: () => Promise<unknown>) =>
    f().then(
      () => 'nothing',
      (e: { code?: string; message: string }) => e.code ?? e.message,
    );
  for (const [what, wrong] of mistakes) {
    if (what === 'bytes') continue;
    expect(await code(() => evaluate(wrong as Model, { dataset, metric: metrics.accuracy(), backend }))).toBe('runtime/not-a-source');
    expect(await code(() => compareModels(right, wrong as Model, { feeds: dataset, backend }))).toBe('runtime/not-a-source');
    expect(await code(() => placement(wrong as Model, { backend, feeds: dataset }))).toBe('runtime/not-a-source');
  }
});
