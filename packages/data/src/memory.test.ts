// Readers hold a piece, not the file.
import type { Feeds } from '@modeldiet/tensor';
import { expect, it } from 'vitest';
import { batch, fromCsv, fromJsonLines, type Source, shuffle } from '.';

const rows = 120_000;
/** A table of some 40 MB that is never there as a whole. */
const csv: Source = async function* () {
  const line = Array.from({ length: 40 }, (_, i) => `${i}.12345`).join(',');
  for (let i = 0; i < rows / 1000; i++) yield Array.from({ length: 1000 }, (_, k) => `${line},${(i * 1000 + k) % 10}\n`).join('');
};

async function countIn(ds: AsyncIterable<Feeds>): Promise<{ readonly rows: number; readonly heap: number }> {
  let [seen, most, items] = [0, 0, 0];
  for await (const item of ds) {
    seen += item.x!.dims[0]!;
    if (items++ % 200 === 0) {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      most = Math.max(most, heapUsed + arrayBuffers);
    }
  }
  return { rows: seen, heap: most };
}

it('a table in batches', async () => {
  const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const { rows: seen, heap } = await countIn(batch(fromCsv(csv, { label: -1 }), 64));
  expect(seen).toBe(rows);
  expect(heap - before).toBeLessThan(150e6);
});

it('JSON lines through a shuffle buffer', async () => {
  const lines: Source = async function* () {
    for (let i = 0; i < 20_000; i++) yield `{"x":[${i},1,2,3],"label":${i % 3}}\n`;
  };
  const { rows: seen } = await countIn(shuffle(fromJsonLines(lines), { seed: 1, buffer: 100 }));
  expect(seen).toBe(20_000);
});
