// What quantizing costs in accuracy and saves in bytes: 64-1024-10 on the digits over several seeds (split, weights and order change together), t-intervals across seeds.
// Quantization-aware training goes on from the baseline for some epochs, so a row says what these epochs alone would have given.
import { batch } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { linear, relu, saveModel, scale, sequential } from '@modeldiet/onnx-io';
import { convertFloat, convertQat, prepareQat, quantizeDynamic, quantizeStatic } from '@modeldiet/quantize';
import { accuracy, evaluate, ortBackend } from '@modeldiet/runtime';
import { meanInterval } from '@modeldiet/tensor';
import { adam, cosine, train } from '@modeldiet/train';
import * as ort from 'onnxruntime-node';

export const name = 'digits';
export const description = 'accuracy and bytes of dynamic, static and trained int8, 4 bits and float16 against the float baseline, over 5 seeds (--seeds N)';

/** The epochs that quantization-aware training gets, and the row that gets them in float. */
const goOn = async (model, { parts, seed, backend }) =>
  (
    await train(model, {
      dataset: parts.train,
      validation: parts.validation,
      optimizer: adam({ lr: 3e-4, schedule: cosine() }),
      epochs: 10,
      batchSize: 64,
      seed,
      backend,
    })
  ).model;
const calibration = ({ parts, backend }) => ({ dataset: batch(parts.train, 128), backend });
const fixed = async (model, run, options) => (await quantizeStatic(model, { ...calibration(run), ...options })).model;
const aware = async (model, run, options) => {
  const prepared = await prepareQat(model, { ...calibration(run), ...options });
  return (await convertQat(await goOn(prepared.model, run))).model;
};
const four = { bits: 4, granularity: 'perTensor' };
const two = { bits: 2 };

const variants = {
  baseline: async (model) => model,
  'baseline, trained on': goOn,
  'dynamic int8 per tensor': async (model) => (await quantizeDynamic(model, { granularity: 'perTensor' })).model,
  'dynamic int8': async (model) => (await quantizeDynamic(model)).model,
  'static int8': (model, run) => fixed(model, run, {}),
  'QAT int8': (model, run) => aware(model, run, {}),
  'static 4 bits per tensor': (model, run) => fixed(model, run, four),
  'QAT 4 bits per tensor': (model, run) => aware(model, run, four),
  'static 2 bits': (model, run) => fixed(model, run, two),
  'QAT 2 bits': (model, run) => aware(model, run, two),
  float16: async (model) => (await convertFloat(model)).model,
};

async function oneSeed(seed, backend) {
  const parts = digitsSplit({ seed });
  const start = sequential([scale(1 / 16), linear(64, 1024), relu(), linear(1024, 10)], { seed });
  const { model } = await train(start, {
    dataset: parts.train,
    validation: parts.validation,
    optimizer: adam({ lr: 1e-3 }),
    epochs: 30,
    batchSize: 64,
    seed,
    backend,
  });
  const rows = {};
  for (const [label, make] of Object.entries(variants)) {
    const made = await make(model, { parts, seed, backend });
    const { bytes } = await saveModel(made);
    const { value } = await evaluate(bytes, { dataset: batch(parts.test, 360), metric: accuracy(), backend });
    rows[label] = { bytes: bytes.length, accuracy: value };
  }
  return rows;
}

const percent = (x) => `${(100 * x).toFixed(2)} %`;

export async function run({ args }) {
  const seeds = Number(args[args.indexOf('--seeds') + 1]) || 5;
  const backend = ortBackend(ort);
  const runs = [];
  for (let seed = 0; seed < seeds; seed++) runs.push(await oneSeed(seed, backend));
  const table = Object.keys(variants).map((label) => {
    const accuracies = runs.map((rows) => rows[label].accuracy);
    const drops = runs.map((rows) => rows.baseline.accuracy - rows[label].accuracy);
    return {
      variant: label,
      bytes: runs[0][label].bytes,
      ratio: runs[0][label].bytes / runs[0].baseline.bytes,
      accuracy: meanInterval(accuracies),
      drop: meanInterval(drops),
    };
  });
  console.log(`${seeds} seeds, test 360 of 1,797 digits, onnxruntime-node ${ort.env.versions.node}, 1 thread; mean and 95 % t-interval across seeds`);
  console.table(
    table.map(({ variant, bytes, ratio, accuracy: a, drop: d }) => ({
      variant,
      bytes,
      ratio: ratio.toFixed(4),
      accuracy: `${percent(a.value)} (${percent(a.low)} to ${percent(a.high)})`,
      'points lost': `${(100 * d.value).toFixed(2)} (${(100 * d.low).toFixed(2)} to ${(100 * d.high).toFixed(2)})`,
    })),
  );
  return { seeds, table };
}
