// The worker of a dropped file: weighs it, quantizes it, compares the two models' answers, times them. A file that takes too long is stopped by ending the worker.
import { loadModel, type Model, saveModel, summarize, typeText } from '@modeldiet/onnx-io';
import { compareRuns, measure } from '@modeldiet/profiler';
import { quantizeDynamic } from '@modeldiet/quantize';
import { compareModels, randomFeeds, wasm, withSession } from '@modeldiet/runtime';
import type { FileQuestions } from '../questions';
import { answer } from '../rpc';
import { backend } from './ort';
import { fasterOf, gzipped, timingOf } from './weigh';

const models: { float32?: Model; int8?: Model } = {};
const pair = (): { readonly float32: Model; readonly int8: Model } => {
  const { float32, int8 } = models;
  if (!float32 || !int8) throw new Error('no model has been quantized yet');
  return { float32, int8 };
};
const limits = { minSamples: 10, maxTimeMs: 1000, maxWarmupMs: 400, targetRelativeCi: 0.02 };
/** How many made-up inputs both models answer. */
const count = 4;

answer<FileQuestions>(self, {
  open: async (bytes, work) => {
    const model = await loadModel(bytes, work);
    models.float32 = model;
    delete models.int8;
    const { parameters, nodes, opTypes } = summarize(model);
    const inputs = model.graph.inputs
      .filter(({ initializer }) => !initializer)
      .map(({ name, type }) => `${name}: ${type ? typeText(type).replace(/\?\d+/g, '?') : 'unknown'}`);
    return { parameters, nodes, opTypes, inputs, bytes: bytes.byteLength, gzip: await gzipped(bytes) };
  },
  quantize: async (_, work) => {
    if (!models.float32) throw new Error('no model has been opened yet');
    const { model, report } = await quantizeDynamic(models.float32, { target: wasm(), ...work });
    const { bytes: file } = await saveModel(model, work);
    // What is measured is what is downloaded.
    models.int8 = await loadModel(file, work);
    return {
      file,
      changed: report.changed.length,
      skipped: report.skipped.map(({ node, reason }) => ({ node, reason })),
      parameters: summarize(model).parameters,
      bytes: file.byteLength,
      gzip: await gzipped(file),
    };
  },
  agree: async (dims, work) => {
    const { float32, int8 } = pair();
    const { outputs } = await compareModels(float32, int8, { backend, feeds: randomFeeds(float32, { dims, count, seed: 1 }), ...work });
    return { feeds: count, outputs: outputs.map(({ name, sqnrDb, cosine, top1Agreement }) => ({ name, sqnrDb, cosine, top1Agreement })) };
  },
  timeAlone: async (dims, work) => {
    const { float32 } = models;
    if (!float32) throw new Error('no model has been opened yet');
    const feeds = randomFeeds(float32, { dims, seed: 1 }).at(0);
    return withSession(backend, float32, work, async (session) => timingOf(await measure(() => session.run(feeds), { ...limits, ...work })));
  },
  time: async (dims, work) => {
    const { float32, int8 } = pair();
    const feeds = randomFeeds(float32, { dims, seed: 1 }).at(0);
    return withSession(backend, float32, work, (a) =>
      withSession(backend, int8, work, async (b) => {
        const { measurements, ratios } = await compareRuns({ float32: () => a.run(feeds), int8: () => b.run(feeds) }, { ...limits, ...work });
        return { float32: timingOf(measurements.float32), int8: timingOf(measurements.int8), int8Is: fasterOf(ratios.int8) };
      }),
    );
  },
});
