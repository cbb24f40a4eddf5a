// Hostile and mistaken files: each gives its typed error, and nothing else ever comes out.
import { readFileSync, statSync } from 'node:fs';
import { isModelDietError } from '@modeldiet/numfmt';
import { describe, expect, it } from 'vitest';
import { loadModel } from './load';
import { readModel } from './node/read-model';
import { countingSource } from './testing/sources';

const folder = 'fixtures/hostile';
const index = JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as Record<string, { code: string; what: string }>;
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!isModelDietError(error)) throw error ?? new Error('no error');
  return error;
};

describe.each(Object.entries(index))('%s', (file, { code, what }) => {
  const path = `${folder}/${file}`;
  it(`${what}: ${code}, from a path and from memory`, async () => {
    const error = await failure(readModel(path));
    expect(error.code).toBe(code);
    expect(error.where.file ?? error.where.option).toBeDefined();
    const bytes = new Uint8Array(readFileSync(path));
    const files = { 'data.bin': new Uint8Array(32) };
    expect((await failure(loadModel(bytes, { externalData: files }))).code).toBe(code);
    if (bytes.length) expect((await failure(loadModel(countingSource(bytes, 16), { externalData: files }))).code).toBe(code);
    if (code === 'onnx-io/not-onnx') expect(error).toMatchObject({ message: expect.stringContaining(`${what}, not an ONNX file; `), actual: what });
  });
});

it('covers every error of a file', () => {
  const codes = [...new Set(Object.values(index).map(({ code }) => code))].sort();
  expect(codes).toEqual([
    'onnx-io/corrupt',
    'onnx-io/cycle',
    'onnx-io/duplicate-name',
    'onnx-io/empty-file',
    'onnx-io/external-missing',
    'onnx-io/external-path',
    'onnx-io/external-range',
    'onnx-io/missing-value',
    'onnx-io/no-graph',
    'onnx-io/no-opsets',
    'onnx-io/not-onnx',
    'onnx-io/over-limit',
    'onnx-io/recursion',
    'onnx-io/truncated',
    'onnx-io/weight-dims',
    'onnx-io/weight-fields',
    'onnx-io/weight-size',
  ]);
});

it('a claim of a terabyte allocates nothing', async () => {
  const path = `${folder}/no-bytes.onnx`;
  expect(statSync(path).size).toBeLessThan(200);
  const before = process.memoryUsage().arrayBuffers;
  await failure(readModel(path));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
});
