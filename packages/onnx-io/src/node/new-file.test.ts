// inPages: the same bytes in the same order, in fewer chunks; aheadReader: the same ranges in fewer reads.
import { random } from '@modeldiet/tensor';
import { expect, it } from 'vitest';
import { aheadReader } from '../payload';
import { countingSource } from '../testing/sources';
import { inPages } from './new-file';

it('chunks of every size come out in order', async () => {
  const draw = random('pages');
  const chunks = Array.from({ length: 300 }, (_, i) => new Uint8Array([10, 1000, 100_000, 600_000, 1_100_000][draw.int(5)]! * (i % 7 === 0 ? 1 : 0.1)).fill(i));
  async function* source() {
    yield* chunks;
  }
  const out: Uint8Array[] = [];
  for await (const page of inPages(source())) out.push(page.slice());
  expect(out.length).toBeLessThan(chunks.length / 2);
  expect(Buffer.compare(Buffer.concat(out), Buffer.concat(chunks))).toBe(0);
});

it('small ranges are served from what was read ahead', async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  const source = countingSource(bytes);
  const read = aheadReader();
  const other = countingSource(bytes.slice(7));
  for (const [from, offset, length] of [
    [source, 0, 10],
    [source, 500_000, 1000],
    [source, 1_048_570, 10],
    [other, 500_000, 1000],
    [source, 10, 10],
    [source, 2_999_999, 1],
    [source, 1000, 2_000_000],
  ] as const) {
    const expected = (from === other ? bytes.subarray(7) : bytes).subarray(offset, offset + length);
    expect(Buffer.compare(await read({ source: from, offset, length }), expected)).toBe(0);
  }
  expect(source.reads).toBe(5);
});
