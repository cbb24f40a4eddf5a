// Byte sources: memory, Blob, HTTP ranges, files; exact ranges, and a change underneath is seen.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../load';
import { fileSource } from '../node/file-source';
import { readModel } from '../node/read-model';
import { saveModel } from '../save';
import { codeOf } from '../testing/sources';
import { blobSource, toSource } from './blob';
import { type ByteSource, bytesSource, type SourceLike } from './byte-source';
import { httpSource } from './http';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const folder = mkdtempSync(join(tmpdir(), 'sources-'));
let server: Server;
/** What the server does: ranges, no ranges, another file each time, an error, a range that was not asked for. */
let mode: 'ranges' | 'whole' | 'changing' | 'missing' | 'elsewhere' | 'silent' = 'ranges';
let version = 0;
let url: string;
const asked: string[] = [];
let served: Uint8Array = bytes;

beforeAll(async () => {
  server = createServer((request, response) => {
    const range = request.headers.range ?? '';
    asked.push(range);
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(range)!.map(Number) as [number, number, number];
    if (mode === 'missing') return response.writeHead(404).end('no');
    if (mode === 'whole') return response.writeHead(200).end(served);
    const from = mode === 'elsewhere' ? first + 1 : first;
    const headers = mode === 'silent' ? {} : { 'Content-Range': `bytes ${from}-${last}/${served.length}`, ETag: `"${mode === 'changing' ? version++ : 0}"` };
    return response.writeHead(206, headers).end(served.subarray(from, last + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const path = join(folder, 'bytes.bin');
writeFileSync(path, bytes);
const kinds: readonly (readonly [string, () => Promise<ByteSource>])[] = [
  ['memory', async () => bytesSource(bytes)],
  ['a Blob', async () => blobSource(new Blob([bytes]))],
  ['HTTP', () => httpSource(url)],
  ['a file', () => fileSource(path)],
  ['a file that is read by ranges', () => fileSource(path, { wholeBytes: 0 })],
];

describe.each(kinds)('%s', (_, open) => {
  it('gives exact ranges and refuses others', async () => {
    mode = 'ranges';
    const source = await open();
    expect(source.size).toBe(1000);
    expect(await source.read(0, 1000)).toEqual(bytes);
    expect(await source.read(999, 1)).toEqual(bytes.subarray(999));
    expect(await source.read(1000, 0)).toEqual(new Uint8Array(0));
    for (const [offset, length] of [
      [-1, 1],
      [0, 1001],
      [1000, 1],
      [0.5, 1],
      [0, Number.NaN],
      [2 ** 53, 1],
    ] as const)
      expect(await codeOf(source.read(offset, length))).toBe('onnx-io/range');
  });
});

it('toSource takes what a loader takes', async () => {
  expect(await toSource(bytes.buffer).read(1, 2)).toEqual(Uint8Array.of(1, 2));
  expect(await toSource(Buffer.from([7, 8, 9]).subarray(1)).read(0, 2)).toEqual(Uint8Array.of(8, 9));
  expect(toSource(new File([bytes], 'a.onnx')).name).toBe('a.onnx');
  const own = bytesSource(bytes);
  expect(toSource(own)).toBe(own);
  for (const wrong of [undefined, null, 'model.onnx', 3, {}])
    expect(await codeOf((async () => toSource(wrong as unknown as SourceLike))())).toBe('onnx-io/not-a-source');
});

describe('HTTP', () => {
  const problem = async (next: typeof mode): Promise<unknown> => {
    mode = next;
    return codeOf(httpSource(url));
  };
  it('says what is wrong with the server', async () => {
    expect(await problem('whole')).toBe('onnx-io/no-ranges');
    expect(await problem('silent')).toBe('onnx-io/no-ranges');
    expect(await problem('missing')).toBe('onnx-io/http-status');
    mode = 'ranges';
    const source = await httpSource(url);
    mode = 'changing';
    version = 1;
    expect(await codeOf(source.read(0, 4))).toBe('onnx-io/source-changed');
    mode = 'elsewhere';
    expect(await codeOf(source.read(0, 4))).toBe('onnx-io/range');
  });
  it('opens a model by its structure alone, and its weights on demand', async () => {
    mode = 'ranges';
    served = new Uint8Array(readFileSync('fixtures/models/resnet.dynamo.onnx'));
    asked.length = 0;
    const model = await loadModel(await httpSource(url));
    expect(asked.length).toBeLessThan(6);
    expect(Buffer.compare((await saveModel(model)).bytes, served)).toBe(0);
  });
});

describe('files', () => {
  it('are told from what is none', async () => {
    expect(await codeOf(readModel(join(folder, 'nowhere.onnx')))).toBe('onnx-io/not-found');
    expect(await codeOf(readModel(folder))).toBe('onnx-io/not-a-file');
    expect(await codeOf(readModel(join(path, 'below-a-file')))).toBe('onnx-io/not-found');
    expect(await codeOf(readModel('/dev/null'))).toBe('onnx-io/not-a-file');
    expect(await codeOf(readModel(`bad${'\0'}name`))).toBe('onnx-io/read-failed');
  });
  it('answers what is asked for together, near and far, each with bytes of its own', async () => {
    const file = join(folder, 'together.bin');
    const content = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7) % 253);
    writeFileSync(file, content);
    const source = await fileSource(file, { wholeBytes: 0 });
    const ranges = [
      [500, 100],
      [0, 10],
      [5, 300_000],
      [20_000, 4],
      [550, 100],
      [699_999, 1],
      [7, 0],
    ] as const;
    const read = await Promise.all(ranges.map(([offset, length]) => source.read(offset, length)));
    for (const [i, [offset, length]] of ranges.entries()) expect(Buffer.compare(read[i]!, content.subarray(offset, offset + length))).toBe(0);
    read[0]!.fill(1);
    expect(Buffer.compare(read[4]!, content.subarray(550, 650))).toBe(0);
    // One that cannot be answered fails alone; when the file changed, none is answered.
    const [refused, given] = await Promise.all([codeOf(source.read(699_999, 2)), source.read(1, 2)]);
    expect([refused, given]).toEqual(['onnx-io/range', content.slice(1, 3)]);
    writeFileSync(file, content.subarray(1));
    expect(await Promise.all([codeOf(source.read(0, 4)), codeOf(source.read(8, 4))])).toEqual(['onnx-io/source-changed', 'onnx-io/source-changed']);
  });
  it('a file that changed underneath is not read', async () => {
    const file = join(folder, 'changing.onnx');
    writeFileSync(file, readFileSync('fixtures/onnx-io/plain.onnx'));
    const model = await loadModel(await fileSource(file, { wholeBytes: 0 }));
    await saveModel(model);
    writeFileSync(file, readFileSync('fixtures/onnx-io/plain.onnx'));
    expect(await codeOf(saveModel(model))).toBe('onnx-io/source-changed');
    rmSync(file);
    expect(await codeOf(saveModel(model))).toBe('onnx-io/not-found');
  });
  it('a small file is read whole: the model stays what it was, and its origin tells when the file does not', async () => {
    const file = join(folder, 'small.onnx');
    const content = readFileSync('fixtures/onnx-io/plain.onnx');
    writeFileSync(file, content);
    const model = await readModel(file);
    expect(model.origin?.path).toBe(file);
    expect(await codeOf(model.origin!.check!())).toBe('no error');
    writeFileSync(file, content.subarray(1));
    expect(await codeOf(model.origin!.check!())).toBe('onnx-io/source-changed');
    rmSync(file);
    expect(await codeOf(model.origin!.check!())).toBe('onnx-io/not-found');
    expect(Buffer.compare((await saveModel(model)).bytes, content)).toBe(0);
  });
  it('one that grows while it is read whole is refused', async () => {
    const file = join(folder, 'growing.bin');
    writeFileSync(file, new Uint8Array(1000));
    let reading = true;
    // At each turn of the event loop; the file is looked at in two of them.
    const grow = (): void => {
      if (!reading) return;
      appendFileSync(file, Uint8Array.of(1));
      setImmediate(grow);
    };
    const opening = codeOf(fileSource(file));
    grow();
    expect(await opening).toBe('onnx-io/source-changed');
    reading = false;
  });
});
