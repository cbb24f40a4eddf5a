import { loadModel, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import type { Tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { compareBackends } from '../compare-backends';
import { backendConformance, deviations } from '../conformance';
import { castModel, linear, linearOf, withSequence } from '../conformance/models';
import { randomFeeds } from '../random/random-feeds';
import { withSession } from '../session';
import { codeOf, testBackend } from '../testing/ort';
import { referenceBackend } from './reference-backend';

const models = new URL('../../../../fixtures/models/', import.meta.url).pathname;
const backend = referenceBackend();

describe('the reference backend', () => {
  for (const { name, skipped, run } of backendConformance({ backend, skip: deviations.reference })) test.skipIf(skipped)(name, run);

  test('types no runtime hands out', async () => {
    const seen = await withSession(backend, castModel('float32', 'int4'), {}, (session) =>
      session.run({ x: { type: 'float32', dims: [3], data: Float32Array.of(1, -2, 7) } }),
    );
    expect(seen.y).toEqual({ type: 'int4', dims: [3], data: Uint8Array.of(0xe1, 0x07) });
  });

  test('outputs share no memory with feeds and weights', async () => {
    const x: Tensor = { type: 'float32', dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
    await withSession(backend, linear(), {}, async (session) => {
      const { y } = await session.run({ x });
      (y!.data as Float32Array).fill(9);
      expect([...((await session.run({ x })).y!.data as Float32Array)]).toEqual(linearOf([1, 2, 3, 4]));
    });
  });

  test('a path, a trace and a lone sequence are said to be beyond it', async () => {
    expect(await codeOf(() => backend.createSession({ path: 'm.onnx' }))).toBe('runtime/model-not-found');
    expect(await codeOf(() => backend.createSession(linear(), { trace: true }))).toBe('runtime/trace-unavailable');
    await withSession(backend, withSequence(), {}, async (session) => {
      expect(await codeOf(() => session.run({ x: { type: 'float32', dims: [1], data: Float32Array.of(1) } }, { fetches: ['y'] }))).toBe(
        'runtime/not-fetchable',
      );
    });
  });

  test('lazy weights are read when the session opens', async () => {
    const model = await loadModel((await saveModel(linear())).bytes);
    await withSession(backend, model, {}, async (session) =>
      expect(Object.keys(await session.run({ x: { type: 'float32', dims: [1, 4], data: new Float32Array(4) } }))).toEqual(['y']),
    );
  });
});

describe('ONNX Runtime against the reference, value by value', () => {
  test.each(['skl-mlp.onnx', 'resnet.ts.onnx', 'lstm-gru.ts.onnx', 'bert-sdpa.ts.onnx', 'mobilenet.dynamo.onnx'])(
    '%s diverges nowhere',
    { timeout: 120_000 },
    async (file) => {
      const model = await readModel(models + file);
      const feeds = randomFeeds(model, { dims: file.startsWith('bert') ? { seq: 8 } : {} });
      const { values, firstDiverging, notCompared } = await compareBackends(model, backend, testBackend, { feeds, minSqnrDb: 80 });
      expect(firstDiverging).toBeUndefined();
      expect(notCompared).toEqual([]);
      expect(values.length).toBeGreaterThan(3);
    },
  );
});
