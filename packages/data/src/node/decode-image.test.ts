import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@modeldiet/tensor';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeDecoder } from './decode-image';
import { fromImageFolder } from './image-folder';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modeldiet-images-'));
  for (const name of ['cat', 'dog']) await mkdir(join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

/** A 4 x 2 image of one colour. */
const pixels = (r: number, g: number, b: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => [r, g, b, 255][i % 4]!);
const png = (options: object, data: Uint8Array): Buffer => {
  const image = new PNG({ width: 4, height: 2 });
  image.data = Buffer.from(data);
  return PNG.sync.write(image, options);
};

test('PNG of every colour type, exactly; JPEG within its loss', async () => {
  const data = pixels(10, 200, 90);
  for (const colorType of [2, 6] as const) expect([...(await nodeDecoder(png({ colorType }, data), 'x')).data]).toEqual([...data]);
  const grey = await nodeDecoder(png({ colorType: 0 }, pixels(77, 77, 77)), 'x');
  expect([grey.width, grey.height, grey.data[0], grey.data[3]]).toEqual([4, 2, 77, 255]);
  const jpeg = await nodeDecoder(encode({ width: 4, height: 2, data: Buffer.from(data) }, 95).data, 'x');
  expect([jpeg.width, jpeg.height]).toEqual([4, 2]);
  for (const [i, v] of jpeg.data.entries()) expect(Math.abs(v - data[i]!)).toBeLessThan(6);
});

test('a folder of both, a sub-folder a class', async () => {
  await writeFile(join(folder, 'cat', 'a.png'), png({}, pixels(255, 0, 0)));
  await writeFile(join(folder, 'dog', 'b.jpg'), encode({ width: 4, height: 2, data: Buffer.from(pixels(0, 0, 255)) }, 95).data);
  const dataset = await fromImageFolder(folder, { size: [2, 2] });
  const items = [];
  for await (const item of dataset) items.push(item);
  expect(dataset.classes).toEqual(['cat', 'dog']);
  expect(items.map(({ label }) => Number((label as Tensor<'int64'>).data[0]))).toEqual([0, 1]);
  const [red, blue] = items.map(({ x }) => x as Tensor<'float32'>);
  expect(red!.dims).toEqual([1, 3, 2, 2]);
  expect([red!.data[0], red!.data[4], red!.data[8]]).toEqual([1, 0, 0]);
  expect(blue!.data[8]!).toBeGreaterThan(0.9);
});

test('what does not decode is named; a header that asks for all memory is refused', async () => {
  for (const bytes of [new Uint8Array([1, 2, 3]), png({}, pixels(1, 2, 3)).subarray(0, 40), Uint8Array.of(0xff, 0xd8, 0xff, 0)]) {
    await rm(join(folder, 'cat'), { recursive: true });
    await mkdir(join(folder, 'cat'));
    await writeFile(join(folder, 'cat', 'broken.png'), bytes);
    const dataset = await fromImageFolder(folder);
    await expect(Promise.resolve().then(() => dataset.at!(0))).rejects.toMatchObject({
      code: 'data/image',
      where: { file: join(folder, 'cat', 'broken.png') },
    });
  }
  const bomb = Buffer.from(png({}, pixels(1, 2, 3)));
  bomb.writeUInt32BE(100_000, 16);
  bomb.writeUInt32BE(100_000, 20);
  await expect(nodeDecoder(bomb, 'bomb')).rejects.toThrow('100000 x 100000');
});
