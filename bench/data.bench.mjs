// What reading a dataset that does not fit in memory costs: a table and an .npz of gigabytes, each in a process of its own, so that its peak memory is its own.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const name = 'data';
export const description = 'iterate a CSV and an .npz of several GB in batches: time, speed, peak memory (argument: the gigabytes, default 5)';

const script = new URL('jobs/data.mjs', import.meta.url).pathname;

export async function run({ args }) {
  const gigabytes = Number(args[0] ?? 5);
  const folder = mkdtempSync(join(tmpdir(), 'data-bench-'));
  try {
    const rows = [];
    for (const job of ['csv', 'npz']) {
      const { stdout } = await promisify(execFile)(process.execPath, [script, job, String(gigabytes), folder], { maxBuffer: 1 << 24 });
      const row = JSON.parse(stdout);
      rows.push(row);
      const speed = row.bytes / 1e6 / (row.ms / 1000);
      console.log(
        `${job}: ${row.rows} rows, ${(row.bytes / 1e9).toFixed(2)} GB unpacked in ${(row.ms / 1000).toFixed(1)} s (${speed.toFixed(0)} MB/s), peak ${row.peakRssMB.toFixed(0)} MB; after a tenth of it ${row.earlyRssMB.toFixed(0)} MB`,
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
