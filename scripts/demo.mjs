// npm run demo: a classifier of handwritten digits, trained in TypeScript, put on every diet there is, all of them measured in the same way. Everything is in demo-out/ afterwards.
// It reads like any program that uses the packages: copy it and put your own model in. `-- --readme` also writes the table into README.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digitsSplit } from '@modeldiet/data/digits';
import { distill, softLabels } from '@modeldiet/distill';
import { linear, relu, scale, sequential } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import { compareVariants } from '@modeldiet/pipeline';
import { freshProcess } from '@modeldiet/pipeline/node';
import { environment } from '@modeldiet/profiler/node';
import { pruneStructured, pruneUnstructured } from '@modeldiet/prune';
import { convertFloat, convertQat, prepareQat, quantizeDynamic, quantizeStatic, quantizeWeights } from '@modeldiet/quantize';
import { toHtml } from '@modeldiet/report';
import { accuracy } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { adam, train } from '@modeldiet/train';
import { writeReadme } from './build-readme.mjs';
import { receiptsOf, weightPictures } from './demo/page.mjs';
import { remarks, tables } from './demo/text.mjs';

const started = performance.now();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'demo-out');
const say = (line) => console.error(`run      ${`${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(6)}  ${line}`);
await mkdir(out, { recursive: true });

// 1. The data: 1,797 digits, stratified into 1,077 to train on, 360 to choose the best epoch by, 360 to be read once at the end.
const seed = 1;
const { train: dataset, validation, test } = digitsSplit({ seed });

// 2. The model, and its training. The gradient is an ONNX graph of its own, so the runtime that will serve the model also trains it.
const backend = await nodeBackend();
const training = { dataset, validation, backend, seed };
const net = (hidden) => sequential([scale(1 / 16), linear(64, hidden), relu(), linear(hidden, 10)], { seed });
say(`training 64-1024-10 on ${backend.runtime} ...`);
const { model: baseline, report } = await train(net(1024), { ...training, optimizer: adam({ lr: 0.003 }), epochs: 30, patience: 8 });
say(`trained: ${report.steps} steps, best of ${report.epochs} epochs: ${report.bestEpoch}`);

// 3. The diets. Each takes a model and gives a new one; what it learns or calibrates with is training data, never the test data.
const tune = { ...training, optimizer: adam({ lr: 0.001 }), epochs: 10, patience: 4 };
const fromTeacher = {
  ...training,
  teacher: baseline,
  losses: [softLabels({ temperature: 4, alpha: 0.9 })],
  optimizer: adam({ lr: 0.01 }),
  epochs: 60,
  patience: 15,
};

async function quantizationAware() {
  const { model: prepared } = await prepareQat(baseline, { dataset, backend });
  const { model } = await train(prepared, tune);
  return convertQat(model);
}

async function prunedUnstructured() {
  const { model, masks } = await pruneUnstructured(baseline, { amount: 0.4 });
  return train(model, { ...tune, masks });
}

async function prunedStructured() {
  const { model } = await pruneStructured(baseline, { amount: 0.3 });
  return train(model, tune);
}

const distilled = () => distill({ ...fromTeacher, student: net(32) });

async function everything() {
  const { model: student } = await distilled();
  const { model: smaller } = await pruneStructured(student, { amount: 0.25 });
  const { model } = await distill({ ...fromTeacher, student: smaller });
  return quantizeWeights(model, { bits: 8 });
}

const diets = [
  ['float16', ['convertFloat'], () => convertFloat(baseline, { format: 'float16' })],
  ['dynamic int8', ['quantizeDynamic'], () => quantizeDynamic(baseline)],
  ['static int8', ['quantizeStatic'], () => quantizeStatic(baseline, { dataset, backend })],
  ['QAT int8', ['prepareQat', 'train', 'convertQat'], quantizationAware],
  ['int4 weights', ['quantizeWeights'], () => quantizeWeights(baseline, { bits: 4 })],
  ['pruned 40 %', ['pruneUnstructured', 'train'], prunedUnstructured],
  ['pruned 30 % of channels', ['pruneStructured', 'train'], prunedStructured],
  ['distilled 64-32-10', ['distill'], distilled],
  ['distilled + pruned + int8', ['distill', 'pruneStructured', 'distill', 'quantizeWeights'], everything],
];

const variants = [];
async function keep(name, steps, made) {
  const path = `${name.match(/\w[\w-]*/g).join('-')}.onnx`;
  await writeModel(made, join(out, path));
  // Measured is what the file holds.
  variants.push({ name, steps, path, model: await readModel(join(out, path)) });
}
await keep('baseline', [], baseline);
for (const [name, steps, diet] of diets) {
  const { model } = await diet();
  await keep(name, steps, model);
  say(`${name}: ${steps.join(', ')}`);
}

// 4. The comparison: latency of all in turns, on one thread; opening, first run and memory in fresh processes.
say('measuring ...');
const measured = await compareVariants(variants, {
  task: 'Handwritten digits, 64-1024-10',
  backend,
  dataset: test,
  metric: accuracy(),
  batches: [1, 64],
  coldStart: freshProcess({ ort: backend.resolved.path }),
  environment: environment(),
});
const results = { ...measured, judgedOn: '360 digits that no step had seen' };

// 5. What came out: two tables here, all of it as JSON, and a page.
await writeFile(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
const shown = variants.filter(({ name }) => ['baseline', 'static int8'].includes(name));
const page = { receipts: await receiptsOf(shown, { backend, dataset: test }), weights: await weightPictures(baseline) };
await writeFile(join(out, 'report.html'), toHtml(results, page));
if (process.argv.includes('--readme')) writeReadme(results);
for (const text of [...tables(results), ...remarks(results)]) console.log(`\n${text}`);
say(`done: ${relative(process.cwd(), out)}/ holds report.html, results.json and ${variants.length} models`);
