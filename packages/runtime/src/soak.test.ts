// Sessions opened, run, aborted and released over and over: memory stays flat; one that is forgotten is released late, and said.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { graphBuilder, type Model, saveModel } from '@modeldiet/onnx-io';
import type { Tensor, Warning } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { withSession } from './session';
import { testBackend as backend, codeOf } from './testing/ort';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const settled = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** 1 MiB of weights, so that a leaked session shows. */
function heavy(): Model {
  const g = graphBuilder();
  const w = g.constant('w', { type: 'float32', dims: [512, 512], data: new Float32Array(512 * 512).fill(0.5) });
  g.output(g.op('MatMul', [g.input('x', 'float32', ['n', 512]), w]), 'y', { dtype: 'float32', dims: ['n', 512] });
  return g.model();
}
const x: Tensor = { type: 'float32', dims: [1, 512], data: new Float32Array(512).fill(1) };

test('1,000 cycles of open, run, abort, release: memory is flat', { timeout: 120_000 }, async () => {
  const model = heavy();
  const { bytes } = await saveModel(model);
  const cycle = async (i: number): Promise<void> => {
    const stop = new AbortController();
    await withSession(backend, i % 20 === 0 ? model : bytes, {}, async (session) => {
      if (i % 3 === 0) stop.abort(new Error('stop'));
      const run = session.run({ x }, { signal: stop.signal });
      if (i % 3 === 1) stop.abort(new Error('stop'));
      await run.catch(() => {});
      if (i % 5 === 0) await codeOf(() => session.run({}));
    });
  };
  for (let i = 0; i < 100; i++) await cycle(i);
  await settled();
  const before = process.memoryUsage();
  for (let i = 0; i < 1000; i++) await cycle(i);
  await settled();
  const after = process.memoryUsage();
  const grown = (of: 'rss' | 'heapUsed' | 'arrayBuffers'): number => (after[of] - before[of]) / 2 ** 20;
  expect(grown('heapUsed')).toBeLessThan(8);
  expect(grown('arrayBuffers')).toBeLessThan(8);
  // The allocator's own slack comes and goes by tens of MiB, more on a busy machine; a thousand leaked sessions would hold a thousand.
  expect(grown('rss')).toBeLessThan(250);
});

test('a session dropped without release warns, and is released', async () => {
  const warnings: Warning[] = [];
  const forget = async (): Promise<void> => {
    const session = await backend.createSession(heavy(), { onWarning: (warning) => warnings.push(warning) });
    await session.run({ x });
  };
  await forget();
  for (let i = 0; i < 50 && warnings.length === 0; i++) await settled();
  expect(warnings).toEqual([{ code: 'runtime/session-leaked', message: 'a session of cpu was dropped without release()', where: {} }]);
});

test('one that was released does not warn', async () => {
  const warnings: Warning[] = [];
  const use = (): Promise<void> =>
    withSession(backend, heavy(), { onWarning: (warning) => warnings.push(warning) }, async (session) => void (await session.run({ x })));
  await use();
  for (let i = 0; i < 5; i++) await settled();
  expect(warnings).toEqual([]);
});
