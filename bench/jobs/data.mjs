// One job of bench/data.bench.mjs in a process of its own: prints { rows, bytes, ms, peakRssMB, earlyRssMB } as JSON.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { batch, fromCsv } from '@modeldiet/data';
import { fromPath } from '@modeldiet/data/node';
import { ZipWriter } from '@zip.js/zip.js/index-native.js';

const [job, gigabytes, folder] = process.argv.slice(2);
const wanted = Number(gigabytes) * 1e9;
const width = 64;

/** A table that is never there as a whole: 64 numbers and a label a line. */
function table() {
  const line = Array.from({ length: width }, (_, i) => `${(i * 37) % 256}.${i}`).join(',');
  const piece = Array.from({ length: 1000 }, (_, k) => `${line},${k % 10}\n`).join('');
  const pieces = Math.ceil(wanted / piece.length);
  const source = async function* () {
    for (let i = 0; i < pieces; i++) yield piece;
  };
  return { dataset: fromCsv(source, { label: -1 }), rows: pieces * 1000, bytes: pieces * piece.length };
}

/** An .npz of float32 rows, packed as it is made. */
async function archive() {
  const rows = Math.ceil(wanted / (4 * width));
  const path = join(folder, 'large.npz');
  const header = new Uint8Array(128).fill(0x20);
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  header.set(new TextEncoder().encode(text), 10);
  header[127] = 0x0a;
  const piece = new Uint8Array(new Float32Array(width * 4096).map((_, i) => i % 17).buffer);
  let left = rows * 4 * width;
  const readable = new ReadableStream({
    start: (controller) => controller.enqueue(header),
    pull(controller) {
      if (left === 0) return controller.close();
      const some = piece.subarray(0, Math.min(left, piece.length));
      left -= some.length;
      controller.enqueue(some);
    },
  });
  const writer = new ZipWriter(Writable.toWeb(createWriteStream(path)), { useWebWorkers: false, level: 1, zip64: true });
  await writer.add('x.npy', readable);
  await writer.close();
  return { dataset: await fromPath(path), rows, bytes: rows * 4 * width };
}

const { dataset, rows, bytes } = await { csv: table, npz: archive }[job]();
const start = performance.now();
let seen = 0;
let peak = 0;
let early = 0;
let batches = 0;
for await (const { x } of batch(dataset, 256)) {
  seen += x.dims[0];
  if (batches++ % 256 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  if (!early && seen > rows / 10) early = peak;
}
if (seen !== rows) throw new Error(`${seen} rows of ${rows} were read`);
const mb = (n) => n / 2 ** 20;
console.log(JSON.stringify({ job, rows, bytes, ms: performance.now() - start, peakRssMB: mb(peak), earlyRssMB: mb(early) }));
