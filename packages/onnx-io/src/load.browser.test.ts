// In a real browser: a File is opened by ranges, a URL too, and what is saved is what was there.
import { isLazy } from '@modeldiet/tensor';
import { expect, it } from 'vitest';
import { httpSource, loadModel, saveModel } from '.';

const url = new URL('../../../fixtures/onnx-io/storages.onnx', import.meta.url);
const fetched = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await fetch(url)).arrayBuffer());
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

it('a File is opened by ranges: the structure now, a weight when it is asked for', async () => {
  const bytes = await fetched();
  const file = new File([bytes], 'storages.onnx');
  const slices: number[] = [];
  const slice = file.slice.bind(file);
  Object.assign(file, {
    slice: (from: number, to: number) => {
      slices.push(to - from);
      return slice(from, to);
    },
  });
  const model = await loadModel(file);
  const opened = slices.reduce((sum, n) => sum + n, 0);
  expect(opened).toBeLessThan(bytes.length);
  const large = [...model.graph.initializers].find(({ name }) => name === 'float64.large.raw')!;
  if (!isLazy(large.initializer!)) throw new Error('the weight is in memory');
  slices.length = 0;
  expect((await large.initializer.load()).dims).toEqual([12001]);
  expect(slices).toEqual([96_008]);
  expect(same((await saveModel(model)).bytes, bytes)).toBe(true);
});

it('bytes in memory, and a source of HTTP ranges where the server has them', async () => {
  const bytes = await fetched();
  expect(same((await saveModel(await loadModel(bytes))).bytes, bytes)).toBe(true);
  // A server of ranges in front of the bytes: the development server's own answers differ by version.
  const ranged: typeof fetch = async (_, init) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!.map(Number) as [number, number, number];
    return new Response(bytes.slice(from, to + 1), { status: 206, headers: { 'Content-Range': `bytes ${from}-${to}/${bytes.length}` } });
  };
  const model = await loadModel(await httpSource(url, { fetch: ranged }));
  expect(same((await saveModel(model)).bytes, bytes)).toBe(true);
});

it('a file that is something else says so', async () => {
  const page = new File(['<!DOCTYPE html><html></html>'], 'model.onnx');
  await expect(loadModel(page)).rejects.toMatchObject({ code: 'onnx-io/not-onnx', where: { file: 'model.onnx' }, actual: 'an HTML page' });
});
