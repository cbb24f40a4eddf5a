// What files cost: opening, copying and transforming models of 92 MB to 4 GB, and the structure of 20,000 nodes; each job in a process of its own, beside onnx.load on the same files.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const name = 'onnx-io';
export const description =
  'open, copy, transform large models: time and peak memory, against protobufjs and onnx.load (arguments: small, to leave out the files over 100 MB)';

const sizes = [
  { label: '92 MB, 22 weights', layers: 22, width: 1024 },
  { label: '1.07 GB, 64 weights', layers: 64, width: 2048, large: true },
  { label: '4.3 GB, 64 weights, external data', layers: 64, width: 4096, large: true },
];
const script = new URL('jobs/onnx-io.mjs', import.meta.url).pathname;
const spawned = async (...args) => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args.map(String)], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
};
const show = ({ ms, peakRssMB }) => `${ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`}, ${peakRssMB.toFixed(0)} MB`;

async function oneSize({ label, layers, width }, folder, peer) {
  const path = join(folder, 'model.onnx');
  const out = join(folder, 'out.onnx');
  const clean = (file) => {
    for (const one of [file, `${file}_data`]) rmSync(one, { force: true });
  };
  const row = { label, make: await spawned('make', layers, width, path) };
  row.bytes = statSync(path).size + (existsSync(`${path}_data`) ? statSync(`${path}_data`).size : 0);
  row.largestWeightMB = (width * width * 4) / 2 ** 20;
  row.open = await spawned('open', path);
  if (peer) row.onnxLoad = await peer.ask({ load: path });
  row.openAgain = await spawned('open', path);
  for (const job of ['copy', 'float16']) {
    row[job] = await spawned(job, path, out);
    clean(out);
  }
  clean(path);
  console.log(`${label}`);
  console.log(`  write from a generator  ${show(row.make)}`);
  console.log(`  open                    ${show(row.open)}; again ${show(row.openAgain)}${row.onnxLoad ? `; onnx.load ${show(row.onnxLoad)}` : ''}`);
  console.log(`  copy                    ${show(row.copy)}`);
  console.log(`  load -> float16 -> save ${show(row.float16)} (largest weight ${row.largestWeightMB} MB)`);
  return row;
}

export async function run({ args, peers }) {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-io-bench-'));
  const peer = peers.open('onnx_io.py');
  try {
    const files = [];
    for (const size of sizes) if (!size.large || !args.includes('small')) files.push(await oneSize(size, folder, peer));
    const path = join(folder, 'memory.onnx');
    await spawned('make', 96, 1024, path);
    const memory = (await spawned('memory', path)).result;
    console.log(`384 MiB in memory: loadModel ${memory.loadMs.toFixed(1)} ms, protobufjs by reflection ${memory.protobufjsMs.toFixed(1)} ms`);
    const { result: nodes, peakRssMB } = await spawned('nodes', 20_000);
    console.log(
      `20,000 nodes: load ${nodes.loadMs.toFixed(0)} ms, save ${nodes.saveMs.toFixed(0)} ms, protobufjs decode alone ${nodes.protobufjsDecodeMs.toFixed(0)} ms, peak ${peakRssMB.toFixed(0)} MB`,
    );
    return { files, memory, nodes };
  } finally {
    await peer?.close();
    rmSync(folder, { recursive: true });
  }
}
