// Claims about time: each side of a comparison is run in turns with the other, on one thread.
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { fromCsvInMemory } from '@modeldiet/data';
import { loadModel } from '@modeldiet/onnx-io';
import { formatMs } from '@modeldiet/pipeline';
import { compareRuns } from '@modeldiet/profiler';
import { pruneStructured, pruneUnstructured } from '@modeldiet/prune';
import { quantizeDynamic, quantizeStatic } from '@modeldiet/quantize';
import { bindFeeds, randomFeeds } from '@modeldiet/runtime';
import { bytesOf, feedsOf, inTurns, mlp } from './turns.mjs';
import { list, ratioText, verdict } from './words.mjs';

const fixture = (path) => new URL(`../../fixtures/${path}`, import.meta.url);

async function tinyLayers({ backend, say }) {
  const widths = [32, 64, 128, 256, 512, 1024, 2048];
  const cells = [];
  for (const batch of [1, 64])
    for (const width of widths) {
      say(`int8 against float32: ${width} x ${width}, batch ${batch}`);
      const float = mlp(width, width);
      const { ratios } = await inTurns(backend, { float32: float, int8: (await quantizeDynamic(float)).model }, batch);
      cells.push({ batch, width, ...ratios.int8 });
    }
  const text = (batch) => list(cells.filter((cell) => cell.batch === batch).map((cell) => `${cell.width}: ${cell.ratio.toFixed(2)}`));
  const from = (batch) => {
    const rows = cells.filter((cell) => cell.batch === batch);
    return rows.find(({ width }) => rows.every((row) => row.width < width || row.verdict === 'faster'))?.width;
  };
  const start = (batch) => (from(batch) ? `from ${from(batch)} at batch ${batch}` : `at no width measured at batch ${batch}`);
  return {
    claim: 'int8 is slower than float32 on tiny layers',
    measured: `speed of a dynamic int8 layer over float32, by width, batch 1: ${text(1)}; batch 64: ${text(64)}. int8 wins ${start(1)} and ${start(64)}`,
    holds: verdict(cells.filter(({ width }) => width <= 64).map(({ verdict: said }) => said === 'slower')),
    note: 'Below 1 is slower. Held to layers of width 64 and less. Where the line runs depends on the CPU and its int8 instructions; `modeldiet diagnose` finds it for a model.',
  };
}

/** What a call does that opens all it needs, against a call on what is open; `prepare` is what it does besides opening the session. */
async function everyCallAgainstOnce(backend, model, prepare = async () => {}) {
  const bytes = await bytesOf(model);
  const session = await backend.createSession(bytes, { threads: 1 });
  const feeds = bindFeeds(session.inputs, feedsOf(model));
  const everyCall = async () => {
    await prepare();
    const own = await backend.createSession(bytes, { threads: 1 });
    await own.run(feeds);
    await own.release();
  };
  const { ratios, measurements } = await compareRuns({ everyCall, once: () => session.run(feeds) }, { maxTimeMs: 1500 });
  await session.release();
  return { ...ratios.once, everyCall: measurements.everyCall.median, once: measurements.once.median };
}

async function loadOnce({ backend, say }) {
  const small = mlp(64, 128, 10);
  const detector = await loadModel(await readFile(fixture('models/face_detection_front_128x128_barracuda.onnx')));
  const readDigits = async () => fromCsvInMemory(new Uint8Array(gunzipSync(await readFile(fixture('data/digits.csv.gz')))));
  const cases = [
    ['64-128-10', small],
    ['64-1024-10', mlp(64, 1024, 10)],
    ['64-128-10 in a service that also reads its 1,797 digits from CSV', small, readDigits],
    ['a face detector on 128 x 128 pixels', detector],
  ];
  const rows = [];
  for (const [name, model, prepare] of cases) {
    say(`opened on every call: ${name}`);
    rows.push({ name, ...(await everyCallAgainstOnce(backend, model, prepare)) });
  }
  return {
    claim: 'Loading once instead of on every call is about 250 times faster',
    measured: rows.map((row) => `${row.name}: ${ratioText(row)}, ${formatMs(row.everyCall)} down to ${formatMs(row.once)}`).join('; '),
    holds: verdict(rows.map(({ ratio }) => ratio >= 100)),
    note: 'Held to 100 times or more. The ratio is the cost of opening over the cost of a run: the more a call reads and the shorter its run, the larger. Always worth it; the number says more about the service than about the model.',
  };
}

async function pruning({ backend, say }) {
  say('pruned models in turns');
  const dense = mlp(64, 1024, 1024, 10);
  const models = {
    dense,
    sparse: (await pruneUnstructured(dense, { amount: 0.4 })).model,
    sparser: (await pruneUnstructured(dense, { amount: 0.9 })).model,
    structured: (await pruneStructured(dense, { amount: 0.3 })).model,
  };
  const { ratios } = await inTurns(backend, models, 64);
  return {
    claim: 'Unstructured pruning does not speed a model up, structured pruning does',
    measured: `64-1024-1024-10, batch 64: 40 % zeros ${ratioText(ratios.sparse)} the speed, 90 % zeros ${ratioText(ratios.sparser)}, 30 % of the channels removed ${ratioText(ratios.structured)}`,
    holds: verdict([ratios.sparse.ratio < 1.1, ratios.sparser.ratio < 1.1, ratios.structured.ci95[0] > 1.1]),
    note: 'Dense kernels multiply by zero like by any other number. Held to: zeros change the time by less than a tenth, removed channels save more than that.',
  };
}

async function staticInt8({ backend, say }) {
  say('static int8 in turns');
  const dense = mlp(64, 1024, 1024, 10);
  const dataset = randomFeeds(dense, { dims: { batch: 16 }, seed: 2, count: 8 });
  const models = { dense, dynamic: (await quantizeDynamic(dense)).model, static: (await quantizeStatic(dense, { dataset, backend })).model };
  const { ratios } = await inTurns(backend, models, 64);
  return {
    claim: 'int8 is faster where layers are large',
    measured: `64-1024-1024-10, batch 64: dynamic ${ratioText(ratios.dynamic)} the speed, static ${ratioText(ratios.static)}`,
    holds: verdict([ratios.dynamic, ratios.static].map(({ verdict: said }) => said === 'faster')),
    note: 'Static int8 knows its ranges beforehand, so it does not look for them in every run.',
  };
}

/** @returns the rows of the page that are about time */
export async function speedClaims(context) {
  const rows = [];
  for (const claim of [tinyLayers, staticInt8, loadOnce, pruning]) rows.push(await claim(context));
  return rows;
}
