// What each technique costs in accuracy and saves in bytes: digits, several seeds (split, weights and order change together), paired with the baseline of the same seed.
import { readFile } from 'node:fs/promises';
import { batch } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { distill, softLabels } from '@modeldiet/distill';
import { linear, loadModel, relu, saveModel, scale, sequential, summarize } from '@modeldiet/onnx-io';
import { formatRatio } from '@modeldiet/pipeline';
import { pruneStructured, pruneUnstructured } from '@modeldiet/prune';
import { convertFloat, convertQat, prepareQat, quantizeDynamic, quantizeStatic, quantizeWeights } from '@modeldiet/quantize';
import { accuracy, evaluate, randomFeeds } from '@modeldiet/runtime';
import { meanInterval } from '@modeldiet/tensor';
import { adam, train } from '@modeldiet/train';
import { list, percentText, pointsText, verdict } from './words.mjs';

const net = (hidden, seed) => sequential([scale(1 / 16), linear(64, hidden), relu(), linear(hidden, 10)], { seed });

/** What further training alone brings: the fair comparison for whatever is trained further. */
const tunedAlike = 'float32, tuned alike';

/** Every variant that a claim is about, from one trained baseline: name -> model. */
async function variantsOf(baseline, training, seed) {
  const { dataset, backend } = training;
  const tuned = async ({ model, masks }) => (await train(model, { ...training, optimizer: adam({ lr: 1e-3 }), epochs: 10, patience: 4, masks })).model;
  const student = async (hidden) =>
    (
      await distill({
        ...training,
        teacher: baseline,
        student: net(hidden, seed),
        losses: [softLabels({ temperature: 4, alpha: 0.9 })],
        optimizer: adam({ lr: 0.01 }),
        epochs: 60,
        patience: 15,
      })
    ).model;
  const all = {
    [tunedAlike]: await tuned({ model: baseline }),
    float16: (await convertFloat(baseline, { format: 'float16' })).model,
    bfloat16: (await convertFloat(baseline, { format: 'bfloat16' })).model,
    'dynamic int8': (await quantizeDynamic(baseline)).model,
    'static int8': (await quantizeStatic(baseline, { dataset, backend })).model,
    'QAT int8': (await convertQat(await tuned(await prepareQat(baseline, { dataset, backend })))).model,
    'int4 weights': (await quantizeWeights(baseline, { bits: 4 })).model,
    'pruned 30 % of channels': await tuned(await pruneStructured(baseline, { amount: 0.3 })),
    'distilled 64-128-10': await student(128),
    'distilled 64-32-10': await student(32),
  };
  for (const amount of [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
    const sparse = await pruneUnstructured(baseline, { amount });
    all[`pruned ${100 * amount} %`] = sparse.model;
    all[`pruned ${100 * amount} %, tuned`] = await tuned(sparse);
  }
  return all;
}

async function oneSeed(seed, backend) {
  const { train: dataset, validation, test } = digitsSplit({ seed });
  const training = { dataset, validation, backend, seed };
  const { model: baseline } = await train(net(1024, seed), { ...training, optimizer: adam({ lr: 0.003 }), epochs: 30, patience: 8 });
  const rows = {};
  for (const [name, model] of Object.entries({ baseline, ...(await variantsOf(baseline, training, seed)) })) {
    const { bytes } = await saveModel(model);
    const { value } = await evaluate(bytes, { dataset: batch(test, 360), metric: accuracy(), backend });
    rows[name] = { bytes: bytes.length, parameters: summarize(model).parameters, accuracy: value };
  }
  return rows;
}

/** name -> { bytes, smaller, accuracy: mean, drop: { value, low, high } } over the seeds. */
async function overSeeds(seeds, backend, say) {
  const runs = [];
  for (let seed = 1; seed <= seeds; seed++) {
    say(`accuracy, seed ${seed} of ${seeds}`);
    runs.push(await oneSeed(seed, backend));
  }
  const [first] = runs;
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      {
        ...first[name],
        smaller: first.baseline.bytes / first[name].bytes,
        fewer: first.baseline.parameters / first[name].parameters,
        accuracy: runs.reduce((sum, rows) => sum + rows[name].accuracy, 0) / seeds,
        drop: meanInterval(runs.map((rows) => rows.baseline.accuracy - rows[name].accuracy)),
      },
    ]),
  );
}

const onePoint = 0.01;
const smallerText = (rows, names) => list(names.map((name) => `${name} ${formatRatio(rows[name].smaller)}`));
const dropText = (rows, names) => list(names.map((name) => `${name} ${pointsText(rows[name].drop)}`));
const within = (rows, name) => rows[name].drop.value < onePoint;

function pruningRow(claim, rows, amounts) {
  const plain = amounts.map((amount) => `pruned ${amount} %`);
  const tuned = plain.map((name) => `${name}, tuned`);
  const text = (names) => list(names.map((name, i) => `${amounts[i]} %: ${pointsText(rows[name].drop)}`));
  return {
    claim,
    measured: `points lost, cut alone: ${text(plain)}; after up to 10 epochs of fine-tuning with the zeros held: ${text(tuned)} (the dense model tuned alike: ${pointsText(rows[tunedAlike].drop)})`,
    holds: verdict(tuned.map((name) => within(rows, name))),
    note: `Held to less than one point lost on average, after fine-tuning; without it that holds for ${list(amounts.filter((_, i) => within(rows, plain[i])).map((amount) => `${amount} %`)) || 'none'}. Zeros in a file save no byte and no time by themselves, see below.`,
  };
}

const files = {
  'a face detector': 'face_detection_front_128x128_barracuda',
  'a small MobileNet': 'mobilenet.ts',
  'a small ResNet': 'resnet.ts',
};

/** How much smaller small convolutional nets become, as files: { net, dynamic, static }. */
async function smallerFiles(backend, say) {
  const rows = [];
  for (const [net, file] of Object.entries(files)) {
    say(`bytes: ${net}`);
    const model = await loadModel(await readFile(new URL(`../../fixtures/models/${file}.onnx`, import.meta.url)));
    const bytes = async (made) => (await saveModel(made)).bytes.length;
    const before = await bytes(model);
    const calibrated = await quantizeStatic(model, { dataset: randomFeeds(model, { count: 4 }), backend });
    rows.push({ net, dynamic: before / (await bytes((await quantizeDynamic(model)).model)), static: before / (await bytes(calibrated.model)) });
  }
  return rows;
}

/** @returns the rows of the page that are about accuracy and bytes */
export async function accuracyClaims({ backend, seeds, say }) {
  const rows = await overSeeds(seeds, backend, say);
  const nets = await smallerFiles(backend, say);
  const int8 = ['dynamic int8', 'static int8', 'QAT int8'];
  const students = ['distilled 64-128-10', 'distilled 64-32-10'];
  const halves = ['float16', 'bfloat16'];
  return [
    {
      claim: 'int8 makes a model 2 to 4 times smaller',
      measured: `64-1024-10: ${smallerText(rows, [...int8, 'int4 weights'])} smaller than float32; ${nets.map((row) => `${row.net}: dynamic ${formatRatio(row.dynamic)}, static ${formatRatio(row.static)}`).join('; ')}`,
      holds: verdict([...int8.map((name) => rows[name].smaller), ...nets.flatMap((row) => [row.dynamic, row.static])].map((ratio) => ratio >= 2 && ratio <= 4)),
      note: 'Whole files. Four times is the limit: a quarter of the bytes, and scales, zero points and the nodes of the graph come on top. Files of many small layers gain least, and with static int8 least of all: it has a pair of nodes at every value.',
    },
    {
      claim: 'int8 loses less than 1 % of accuracy',
      measured: `points lost: ${dropText(rows, [...int8, 'int4 weights'])}; float32 has ${percentText(rows.baseline.accuracy)}. QAT trains up to 10 epochs more: float32 trained as long loses ${pointsText(rows[tunedAlike].drop)}`,
      holds: verdict(int8.map((name) => rows[name].drop.high < onePoint)),
      note: 'Held to the upper end of the interval, not to the mean. A seed where int8 is the more accurate of the two is noise, or the gain of longer training, not of int8.',
    },
    {
      claim: 'float16 and bfloat16 halve the model and lose nothing',
      measured: `${smallerText(rows, halves)} smaller; points lost: ${dropText(rows, halves)}`,
      holds: verdict(halves.map((name) => rows[name].smaller > 1.9 && rows[name].drop.high < onePoint)),
      note: 'As storage. On a CPU the weights are cast back to float32 when the model is loaded, so a run is as fast as before, no faster.',
    },
    pruningRow('40 to 60 % of the weights can be pruned', rows, [40, 50, 60]),
    pruningRow('50 to 90 % of the weights can be pruned', rows, [50, 70, 90]),
    {
      claim: 'A distilled student is about 7 times smaller and nearly as good',
      measured: list(students.map((name) => `${name.slice(10)}: ${formatRatio(rows[name].smaller)} smaller, ${pointsText(rows[name].drop)} points lost`)),
      holds: verdict(students.map((name) => rows[name].smaller >= 7 && within(rows, name))),
      note: 'Held to at least 7 times smaller and less than one point lost on average. How much smaller is a choice: the student is the size you draw.',
    },
  ];
}
