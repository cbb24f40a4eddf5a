import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linear, sequential } from '@modeldiet/onnx-io';
import picocolors from 'picocolors';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Context } from '../context';
import { writeTried } from './write';

const folder = mkdtempSync(join(tmpdir(), 'modeldiet-write-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;
const context: Context = {
  io: { stdout: { write: () => {} }, stderr: { write: () => {} }, cwd: folder, env: {} },
  paint: picocolors.createColors(false),
  verbosity: 'normal',
  signal,
  warnings: [],
  progress: { update: () => {}, clear: () => {} },
  say: () => {},
  tell: () => {},
  path: (path) => join(folder, path),
  work: { signal, onProgress: () => {}, onWarning: () => {} },
};
const model = sequential([linear(4, 4)], { seed: 1 });

describe('writeTried', () => {
  it('tries the finished file before it is in its place', async () => {
    const tryOut = vi.fn(async (file: string) => {
      expect(readdirSync(folder)).not.toContain('a.onnx');
      expect(file.startsWith(folder)).toBe(true);
      return { verified: 'ran' } as const;
    });
    const written = await writeTried(context, { model, path: 'a.onnx', verify: undefined, tryOut });
    expect(tryOut).toHaveBeenCalledOnce();
    expect(written).toMatchObject({ path: 'a.onnx', verified: 'ran' });
    expect(readdirSync(folder)).toEqual(['a.onnx']);
  });

  it('writes untried with --no-verify, and where there is no runtime, and says so', async () => {
    const tryOut = vi.fn();
    expect(await writeTried(context, { model, path: 'b.onnx', verify: false, tryOut })).toMatchObject({ verified: 'no', note: '--no-verify' });
    expect(tryOut).not.toHaveBeenCalled();
    expect(await writeTried(context, { model, path: 'c.onnx', verify: undefined, tryOut: undefined })).toMatchObject({
      verified: 'no',
      note: expect.stringContaining('npm install onnxruntime-node'),
    });
  });

  it('leaves nothing when the trial fails', async () => {
    const before = readdirSync(folder);
    const failing = writeTried(context, { model, path: 'd.onnx', verify: undefined, tryOut: () => Promise.reject(new Error('no kernel')) });
    await expect(failing).rejects.toBeDefined();
    expect(readdirSync(folder)).toEqual(before);
  });
});
