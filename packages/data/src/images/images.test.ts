import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feeds } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { fromImageFolder } from '../node';
import { fromImages, type ImageDecoder, type ImageItem, imageTensor, type Pixels } from '.';

const pixels = (width: number, height: number, of: (x: number, y: number) => readonly [number, number, number]): Pixels => {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([...of(x, y), 255], (y * width + x) * 4);
  return { width, height, data };
};
const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/data/images/resize.json', import.meta.url), 'utf8')) as {
  height: number;
  width: number;
  plane: number[];
  cases: { size: [number, number]; values: number[] }[];
};
const code = async (f: () => unknown): Promise<string> => {
  try {
    await f();
  } catch (e) {
    return (e as { code: string }).code;
  }
  return 'nothing thrown';
};

describe('imageTensor', () => {
  const two = pixels(2, 1, (x) => (x === 0 ? [255, 0, 51] : [0, 102, 255]));
  const values = (options: Parameters<typeof imageTensor>[1]) => {
    const t = imageTensor(two, options);
    return [t.dims, [...(t.data as Float32Array)].map((v) => Number(v.toFixed(4)))];
  };
  it('orders, scales and normalises channels', () => {
    expect(values({})).toEqual([
      [1, 3, 1, 2],
      [1, 0, 0, 0.4, 0.2, 1],
    ]);
    expect(values({ channels: 'bgr', layout: 'NHWC' })).toEqual([
      [1, 1, 2, 3],
      [0.2, 0, 1, 1, 0.4, 0],
    ]);
    expect(values({ mean: [0.5, 0.2, 0], std: 0.5 })).toEqual([
      [1, 3, 1, 2],
      [1, -1, -0.4, 0.4, 0.4, 2],
    ]);
    expect(values({ channels: 'gray', scale: 1 })).toEqual([
      [1, 1, 1, 2],
      [82.059, 88.944],
    ]);
    expect(values({ dtype: 'uint8', channels: 'rgba' })).toEqual([
      [1, 4, 1, 2],
      [255, 0, 0, 102, 51, 255, 255, 255],
    ]);
  });
  it.each(golden.cases)("resizes to $size as PyTorch's antialiased filter", ({ size, values }) => {
    const image = pixels(golden.width, golden.height, (x, y) => {
      const v = golden.plane[y * golden.width + x]!;
      return [v, v, v];
    });
    const { data } = imageTensor(image, { size, scale: 1 });
    const worst = values.reduce((most, v, i) => Math.max(most, Math.abs(v - (data as Float32Array)[i]!)), 0);
    expect(worst).toBeLessThan(1e-3);
  });
  it('fits another aspect ratio by cutting or by a border; picks pixels when asked', () => {
    const wide = pixels(4, 2, (x) => [x * 60, 0, 0]);
    const red = (options: Parameters<typeof imageTensor>[1]) => [
      ...(imageTensor(wide, { scale: 1, ...options }).data as Float32Array).subarray(0, options!.size![0] * options!.size![1]),
    ];
    expect(red({ size: [2, 2], fit: 'cover' })).toEqual([60, 120, 60, 120]);
    expect(red({ size: [4, 4], fit: 'contain', background: 9 })).toEqual([9, 9, 9, 9, 0, 60, 120, 180, 0, 60, 120, 180, 9, 9, 9, 9]);
    expect(red({ size: [1, 2], resize: 'nearest' })).toEqual([60, 180]);
  });
  it('refuses what does not fit', async () => {
    expect(await code(() => imageTensor({ width: 2, height: 2, data: new Uint8Array(3) }))).toBe('data/image');
    expect(await code(() => imageTensor(two, { mean: [1, 2] }))).toBe('data/argument');
    expect(await code(() => imageTensor(two, { size: [0, 2] }))).toBe('data/argument');
    expect(await code(() => imageTensor(two, { dtype: 'uint8', mean: 1 }))).toBe('data/argument');
  });
});

/** A toy file: width, height, then one grey byte a pixel. */
const decode: ImageDecoder = (bytes, name) => {
  if (bytes.length !== 2 + bytes[0]! * bytes[1]!) throw new Error(`${name.length} letters, no picture`);
  return pixels(bytes[0]!, bytes[1]!, (x, y) => {
    const v = bytes[2 + y * bytes[0]! + x]!;
    return [v, v, v];
  });
};

describe('fromImages', () => {
  const item = (name: string, bytes: number[], label?: number): ImageItem => ({
    name,
    ...(label === undefined ? {} : { label }),
    bytes: () => Uint8Array.from(bytes),
  });
  it('gives one item an image, with its label', async () => {
    const ds = fromImages([item('a', [1, 1, 255], 0), item('b', [1, 1, 0], 1)], { decode, channels: 'gray' });
    expect([ds.length, await ds.at!(1)]).toEqual([
      2,
      { x: { type: 'float32', dims: [1, 1, 1, 1], data: new Float32Array([0]) }, label: { type: 'int64', dims: [1], data: new BigInt64Array([1n]) } },
    ]);
  });
  it('names what does not decode, and where the platform cannot', async () => {
    const broken = fromImages([item('broken.png', [9, 9])], { decode });
    await expect(broken.at!(0)).rejects.toMatchObject({ code: 'data/image', where: { file: 'broken.png' } });
    expect(await code(() => fromImages([item('a', [1, 1, 1])]).at!(0))).toBe('data/no-decoder');
    expect(await code(() => fromImages([], { decode }))).toBe('data/empty');
    expect(await code(() => fromImages([item('a', []), item('b', [], 1)], { decode }))).toBe('data/label');
  });
  it('reads folders: one a class, or one without', async () => {
    const root = mkdtempSync(join(tmpdir(), 'images-'));
    for (const [folder, name, value] of [
      ['dog', '1.png', 3],
      ['cat', '2.JPG', 2],
      ['cat', '1.jpeg', 1],
      ['cat', 'notes.txt', 0],
    ] as const) {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, name), Uint8Array.of(1, 1, value));
    }
    const ds = await fromImageFolder(root, { decode, channels: 'gray', scale: 1 });
    const got: (readonly [number, bigint])[] = [];
    for await (const { x, label } of ds as AsyncIterable<Feeds>) got.push([Number(x!.data[0]), label!.data[0] as bigint]);
    expect([ds.classes, got]).toEqual([
      ['cat', 'dog'],
      [
        [1, 0n],
        [2, 0n],
        [3, 1n],
      ],
    ]);
    const flat = await fromImageFolder(join(root, 'cat'), { decode });
    expect([flat.length, flat.classes, Object.keys(await flat.at!(0))]).toEqual([2, [], ['x']]);
    expect(await code(() => fromImageFolder(join(root, 'bird'), { decode }))).toBe('data/unknown-path');
    mkdirSync(join(root, 'empty'));
    expect(await code(() => fromImageFolder(join(root, 'empty'), { decode }))).toBe('data/empty');
  });
});
