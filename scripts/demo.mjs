// npm run demo: a classifier of handwritten digits, trained in TypeScript, put on a diet, every variant measured, one table. Everything is in demo-out/ afterwards.
// It reads like any program that uses the packages: copy it and put your own model in.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digitsSplit } from '@modeldiet/data/digits';
import { linear, relu, scale, sequential } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import { compareVariants, resultsTable } from '@modeldiet/pipeline';
import { freshProcess } from '@modeldiet/pipeline/node';
import { environment } from '@modeldiet/profiler/node';
import { convertFloat, quantizeDynamic, quantizeStatic, quantizeWeights } from '@modeldiet/quantize';
import { toHtml } from '@modeldiet/report';
import { accuracy } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { adam, train } from '@modeldiet/train';
import { resultsText } from 'modeldiet';

const started = performance.now();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'demo-out');
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const say = (line) => console.error(`run      ${seconds().padStart(6)}  ${line}`);
await mkdir(out, { recursive: true });

// 1. The data: 1,797 digits, stratified into 1,077 to train on, 360 to choose the best epoch by, 360 to be read once at the end.
const seed = 1;
const { train: dataset, validation, test } = digitsSplit({ seed });

// 2. The model, and its training. The gradient is an ONNX graph of its own, so the runtime that will serve the model also trains it.
const backend = await nodeBackend();
const untrained = sequential([scale(1 / 16), linear(64, 1024), relu(), linear(1024, 10)], { seed });
say(`training 64-1024-10 on ${backend.runtime} ...`);
const { model: baseline, report } = await train(untrained, { dataset, validation, backend, optimizer: adam({ lr: 0.003 }), epochs: 30, patience: 8, seed });
say(`trained: ${report.steps} steps, best of ${report.epochs} epochs: ${report.bestEpoch}`);

// 3. The diet. A transform takes a model and gives a new one, with a report of what it did.
const diets = {
  'float16 weights': (model) => convertFloat(model, { format: 'float16' }),
  'dynamic int8': (model) => quantizeDynamic(model),
  'dynamic int8 per tensor': (model) => quantizeDynamic(model, { granularity: 'perTensor' }),
  // Ranges of activations are seen on the training data, never on the test data.
  'static int8': (model) => quantizeStatic(model, { dataset, backend }),
  'int4 weights': (model) => quantizeWeights(model, { bits: 4 }),
};
const variants = [];
const add = async (name, steps, made) => {
  const path = `${name.replaceAll(' ', '-')}.onnx`;
  await writeModel(made, join(out, path));
  // Measured is what the file holds.
  variants.push({ name, steps, path, model: await readModel(join(out, path)) });
};
await add('baseline', [], baseline);
for (const [name, diet] of Object.entries(diets)) {
  const { model, report: changes } = await diet(baseline);
  await add(name, [changes.transform], model);
  say(`${name}: ${changes.changed.length} changes`);
}

// 4. The comparison: all variants in turns, on one thread, each opened in processes of its own.
say('measuring ...');
const results = await compareVariants(variants, {
  task: 'Handwritten digits, 64-1024-10',
  backend,
  dataset: test,
  metric: accuracy(),
  batches: [1, 64],
  coldStart: freshProcess({ ort: backend.resolved.path }),
  environment: environment(),
});

// 5. One table, and the same as JSON and as a page.
await writeFile(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
await writeFile(join(out, 'report.html'), toHtml(results));
const columns = ['name', 'bytes', 'smaller', 'gzipBytes', 'parameters', 'latencyMs.1', 'latencyMs.64', 'accuracy', 'onFrontier'];
console.log(`\n${resultsText(resultsTable(results, { columns }))}\n`);
console.error(`run      done in ${seconds()}: ${relative(process.cwd(), out)}/ holds report.html, results.json and ${variants.length} models`);
