// What a file would cost to download: its length after gzip, read piece by piece.
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export async function gzipFileBytes(file: string, signal: AbortSignal): Promise<number> {
  let total = 0;
  const count = new Writable({
    write(part: Uint8Array, _, done) {
      total += part.byteLength;
      done();
    },
  });
  await pipeline(createReadStream(file), createGzip(), count, { signal });
  return total;
}
