// What files cost: opening, copying and transforming models of 92 MB to 4 GB, and the structure of 20,000 nodes; each job in a process of its own, beside onnx.load on the same files.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const name = 'onnx-io';
export const description =
  'open, copy, transform large models: time and peak memory, against protobufjs, onnx.load and the quantizers of onnxruntime (argument: small, to leave out the files over 100 MB)';

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
const show = ({ ms, peakRssMB, failed }) => failed ?? `${ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`}, ${peakRssMB.toFixed(0)} MB`;

/** Our job and the peer's on the same file, one after the other. */
const jobs = [
  { job: 'open', peerJob: 'load', says: 'open', peerSays: 'onnx.load' },
  { job: 'copy', says: 'load -> save' },
  { job: 'float16', says: 'load -> float16 -> save' },
  { job: 'int8', peerJob: 'int8', says: 'load -> dynamic int8 -> save', peerSays: 'quantize_dynamic' },
  { job: 'int4', peerJob: 'int4', says: 'load -> int4, blocks of 32 -> save', peerSays: 'MatMulNBitsQuantizer' },
];

async function oneSize({ label, layers, width }, folder, peer) {
  const path = join(folder, 'model.onnx');
  // In a folder of its own: weights beside the target that are unchanged would not be copied.
  const out = join(folder, 'out', 'out.onnx');
  mkdirSync(dirname(out), { recursive: true });
  const clean = (file) => {
    for (const one of [file, `${file}_data`, `${file}.data`]) rmSync(one, { force: true });
  };
  const row = { label, make: await spawned('make', layers, width, path), largestWeightMB: (width * width * 4) / 2 ** 20 };
  const external = existsSync(`${path}_data`);
  row.bytes = statSync(path).size + (external ? statSync(`${path}_data`).size : 0);
  console.log(`${label} (largest ${row.largestWeightMB} MB)\n  write from a generator: ${show(row.make)}`);
  for (const { job, peerJob, says, peerSays } of jobs) {
    const ours = await spawned(job, path, out);
    clean(out);
    const theirs = peer && peerJob ? await peer.ask({ job: peerJob, path, out, external }) : undefined;
    clean(out);
    row[job] = { ours, ...(theirs ? { theirs } : {}) };
    console.log(`  ${says}: ${show(ours)}${theirs ? `; ${peerSays}: ${show(theirs)}${theirs.ms ? ` (${(theirs.ms / ours.ms).toFixed(1)}x)` : ''}` : ''}`);
  }
  clean(path);
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
    console.log(`384 MiB in memory: loadModel ${memory.loadMs.toFixed(1)} ms (median of 25), protobufjs by reflection ${memory.protobufjsMs.toFixed(1)} ms`);
    const nodes = {};
    for (const [kind, says] of [
      ['plain', '20,000 nodes in a chain'],
      ['full', 'the same with 10,000 weights and every type written'],
    ]) {
      const { result, peakRssMB } = await spawned('nodes', 20_000, kind);
      nodes[kind] = { ...result, peakRssMB };
      console.log(
        `${says}: load ${result.loadMs.toFixed(0)} ms, save ${result.saveMs.toFixed(0)} ms, protobufjs decode alone ${result.protobufjsDecodeMs.toFixed(0)} ms, peak ${peakRssMB.toFixed(0)} MB`,
      );
    }
    return { files, memory, nodes };
  } finally {
    await peer?.close();
    rmSync(folder, { recursive: true });
  }
}
