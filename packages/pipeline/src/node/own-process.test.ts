import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linear, saveModel, sequential } from '@modeldiet/onnx-io';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inOwnProcess } from './own-process';

const ort = createRequire(import.meta.url).resolve('onnxruntime-node');
let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modeldiet-own-'));
  file = join(folder, 'm.onnx');
  await writeFile(file, (await saveModel(sequential([linear(4, 2)], { seed: 1 }))).bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const script = async (name: string, code: string): Promise<string> => {
  await writeFile(join(folder, name), code);
  return join(folder, name);
};
const x = { type: 'float32', dims: [1, 4], data: new Float32Array(4) } as const;

it('opens, and runs where there are feeds', async () => {
  const opened = await inOwnProcess({ ort, file });
  const ran = await inOwnProcess({ ort, file, feeds: { input: x }, executionProviders: ['cpu'] });
  expect(opened.loadMs).toBeGreaterThan(0);
  expect(ran.firstRunMs).toBeGreaterThan(0);
});

it('tells what was said from what ended it', async () => {
  const lost = await script('no-model.onnx', 'no model');
  await expect(inOwnProcess({ ort, file: lost })).rejects.toMatchObject({ code: 'pipeline/child-failed', actual: expect.stringMatching(/protobuf|model/i) });
  const dying = await script('dying.mjs', "process.kill(process.pid, 'SIGSEGV'); await new Promise((r) => setTimeout(r, 5000));");
  if (process.platform === 'win32') return;
  await expect(inOwnProcess({ ort: dying, file })).rejects.toMatchObject({ code: 'pipeline/child-crashed', actual: 'SIGSEGV' });
});

it('stops when asked', async () => {
  await expect(inOwnProcess({ ort, file, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});
