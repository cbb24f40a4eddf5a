import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Feeds } from '@modeldiet/tensor';
import { expect, it } from 'vitest';
import { digits, digitsColumns, digitsSplit } from '.';

it('carries every pixel of the file', () => {
  const lines = gunzipSync(readFileSync(new URL('../../../../fixtures/data/digits.csv.gz', import.meta.url)))
    .toString()
    .trim()
    .split('\n');
  const { x, label } = digitsColumns();
  expect(lines.map((_, i) => [...x.data.subarray(i * 64, i * 64 + 64), Number(label.data[i])].join())).toEqual(lines);
});

it('splits into stratified parts, the same for a seed', async () => {
  const { train, validation, test } = digitsSplit({ seed: 1 });
  expect([train.length, validation.length, test.length, digits().length]).toEqual([1077, 360, 360, 1797]);
  const labels = async (ds: AsyncIterable<Feeds>): Promise<number[]> => {
    const counts = new Array<number>(10).fill(0);
    for await (const { label } of ds) counts[Number(label!.data[0])]!++;
    return counts;
  };
  const whole = await labels(digits());
  for (const part of [validation, test]) for (const [k, c] of (await labels(part)).entries()) expect(Math.abs(c - whole[k]! * 0.2003)).toBeLessThanOrEqual(1.5);
  const first = async (ds: AsyncIterable<Feeds>) => {
    for await (const item of ds) return item;
    return undefined;
  };
  expect(await first(digitsSplit({ seed: 1 }).test)).toEqual(await first(test));
  expect(await first(digitsSplit({ seed: 2 }).test)).not.toEqual(await first(test));
});
