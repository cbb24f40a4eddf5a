import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { gzipBytes } from './gzip';

it('counts what gzip makes of the bytes', async () => {
  const zeros = new Uint8Array(1_000_000);
  expect(await gzipBytes(zeros)).toBeLessThan(2_000);
  const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24);
  const ours = await gzipBytes(noise);
  expect(gunzipSync(gzipSync(noise))).toHaveLength(4096);
  expect(Math.abs(ours - gzipSync(noise).length)).toBeLessThan(64);
  expect(await gzipBytes(new Uint8Array())).toBe(20);
});
