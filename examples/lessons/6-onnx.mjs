// Lesson 6, ONNX: one format for models of any origin, what the runtime's own optimisation does to a file, and a 3.8 MB model in less than 1 MB.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { batch } from '@modeldiet/data';
import { summarize } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import { formatBytes, formatCount, formatMs, formatRatio } from '@modeldiet/pipeline';
import { compareRuns, profileModel } from '@modeldiet/profiler';
import { quantizeDynamic } from '@modeldiet/quantize';
import { probeTarget, randomFeeds, withSession } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { rows } from '@modeldiet/tensor';
import { percent, score, trained } from './shared/digits.mjs';
import { runAlone } from './shared/stage.mjs';

export const title = "ONNX: scikit-learn's export and ours, ORT's optimisation off and on, 3.8 MB to 1 MB";

const fixture = (name) => fileURLToPath(new URL(`../../fixtures/models/${name}`, import.meta.url));
const fromSklearn = fixture('skl-mlp.onnx');

/** The share of examples whose largest probability (or logit) is at the label, from the output [n, 10]. */
async function shareRight(backend, path, dataset) {
  return withSession(backend, { path }, {}, async (session) => {
    const output = session.outputs.find(({ dims }) => dims?.length === 2);
    let [right, n] = [0, 0];
    for await (const { x, label } of batch(dataset, 64)) {
      const scores = (await session.run({ [session.inputs[0].name]: x }, { fetches: [output.name] }))[output.name];
      for (let i = 0; i < label.data.length; i++, n++) {
        const row = rows(scores, i, i + 1).data;
        right += Number(row.indexOf(Math.max(...row)) === Number(label.data[i]));
      }
    }
    return right / n;
  });
}

/** One file with the runtime's optimisation off and on. */
async function optimisation(backend, path, maxTimeMs) {
  const model = await readModel(path);
  const feeds = randomFeeds(model, { seed: 1 }).at(0);
  const kernels = {};
  for (const optimize of ['none', 'all'])
    kernels[optimize] = (await profileModel(model, { backend, feeds, optimize, rates: false, runs: 5 })).nodes.map(({ opType }) => opType);
  const { measurements, ratios } = await withSession(backend, model, { optimize: 'none' }, (off) =>
    withSession(backend, model, { optimize: 'all' }, (on) =>
      compareRuns({ off: () => off.run(feeds), on: () => on.run(feeds) }, { maxTimeMs, minSamples: 11 }),
    ),
  );
  // What the optimiser made: ops that the file does not have, and that were not there without it.
  const made = [...new Set(kernels.all.filter((op) => !kernels.none.includes(op)))];
  return { off: kernels.none.length, on: kernels.all.length, made, offMs: measurements.off.median, onMs: measurements.on.median, ratio: ratios.on };
}

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  const backend = await nodeBackend();

  on.part('Two origins, one runtime');
  const own = await trained(on, { widths: [64, 128, 10] });
  const files = [
    { origin: 'scikit-learn', path: fromSklearn },
    { origin: 'modeldiet', path: own.path },
  ];
  const origins = [];
  for (const { origin, path } of files) {
    const model = await readModel(path);
    const { parameters, nodes, opTypes } = summarize(model);
    origins.push({
      origin,
      producer: model.producer,
      bytes: (await stat(path)).size,
      parameters,
      nodes,
      ops: Object.keys(opTypes),
      accuracy: await shareRight(backend, path, own.test),
    });
  }
  on.table(
    ['trained by', 'bytes', 'parameters', 'nodes', `right of ${own.test.length}`],
    origins.map((row) => [row.origin, formatCount(row.bytes), formatCount(row.parameters), row.nodes, percent(row.accuracy)]),
  );
  for (const { origin, ops } of origins) on.say(`${origin}: ${ops.join(', ')}`);
  on.say(`What to see: ${backend.runtime} runs both and does not ask who made them. The file says what to compute, not how.`);
  on.say("(scikit-learn's model saw other examples than ours in training, perhaps some of these: the two accuracies are no contest.)");

  on.part("The runtime's own optimisation, off and on");
  const optimised = [];
  for (const { origin, path } of [...files, { origin: 'torch, a MobileNet', path: fixture('mobilenet.ts.onnx') }])
    optimised.push({ origin, ...(await optimisation(backend, path, on.quick ? 80 : 800)) });
  on.table(
    ['model', 'nodes off', 'nodes on', 'off', 'on', 'as fast', 'made by the runtime'],
    optimised.map((row) => [row.origin, row.off, row.on, formatMs(row.offMs), formatMs(row.onMs), formatRatio(row.ratio.ratio), row.made.join(', ')]),
  );
  on.say(
    'What to see: the runtime joins nodes (Gemm and Relu, convolution and activation) and lays the data out for its kernels. Fewer nodes are fewer starts and fewer',
  );
  on.say('trips through memory: much in a convolutional net, next to nothing in three small layers. The file stays as it is.');

  on.part('A 3.8 MB model in less than 1 MB');
  const big = await trained(on, { widths: [64, 940, 940, 10], epochs: on.quick ? 3 : 15 });
  const { model: small, report } = await quantizeDynamic(big.model, { target: await probeTarget(backend) });
  const smallPath = join(on.folder, 'mlp.int8.onnx');
  await writeModel(small, smallPath);
  const sizes = { before: (await stat(big.path)).size, after: (await stat(smallPath)).size };
  const before = await score(big.model, { dataset: big.test, backend });
  const after = await score(await readModel(smallPath), { dataset: big.test, backend });
  const lost = before.value - after.value;
  on.table(
    ['64-940-940-10', 'bytes', '', `right of ${before.n}`, '95 % interval'],
    [
      ['float32', formatCount(sizes.before), formatBytes(sizes.before), percent(before.value), before.ci95.map((end) => percent(end, 1)).join(' to ')],
      ['dynamic int8', formatCount(sizes.after), formatBytes(sizes.after), percent(after.value), after.ci95.map((end) => percent(end, 1)).join(' to ')],
    ],
  );
  on.say(
    `${report.changed.length} layers changed; ${formatRatio(sizes.before / sizes.after)} smaller, ${lost <= 0 ? 'nothing' : `${(100 * lost).toFixed(2)} points`} lost.`,
  );
  await on.draw('sizes', {
    kind: 'bar',
    title: 'A multilayer perceptron on disk',
    description: 'float32 against dynamic int8: about a quarter of the bytes.',
    value: { label: 'file', unit: 'size' },
    categories: ['float32', 'dynamic int8'],
    series: [{ name: 'bytes', values: [sizes.before, sizes.after] }],
  });
  return { origins, optimised, sizes, accuracy: { before: before.value, after: after.value, lost } };
}

await runAlone(import.meta.url, '6', lesson);
