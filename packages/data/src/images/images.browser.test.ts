// The browser's own decoder on a real PNG and a real JPEG.
import { expect, it } from 'vitest';
import { fromImages } from '.';

async function painted(type: string): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(16, 8);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'rgb(200, 100, 50)';
  context.fillRect(0, 0, 16, 8);
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality: 1 })).arrayBuffer());
}

it.each(['image/png', 'image/jpeg'])('decodes %s', async (type) => {
  const bytes = await painted(type);
  const ds = fromImages([{ name: 'picture', bytes: () => bytes }], { size: [4, 4], scale: 1 });
  const { x } = await ds.at!(0);
  expect(x!.dims).toEqual([1, 3, 4, 4]);
  for (const [c, v] of [200, 100, 50].entries()) expect(Math.abs(Number(x!.data[c * 16 + 5]) - v)).toBeLessThan(4);
});

it('names a file that is no image', async () => {
  const ds = fromImages([{ name: 'broken.png', bytes: () => Uint8Array.of(1, 2, 3) }]);
  await expect(ds.at!(0)).rejects.toMatchObject({ code: 'data/image', where: { file: 'broken.png' } });
});
