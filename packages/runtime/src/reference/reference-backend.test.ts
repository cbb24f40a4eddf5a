import { edit, graphBuilder, loadModel, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { cast, type Tensor, toFloat64 } from '@modeldiet/tensor';
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

  test('an abort while a session opens is heard', async () => {
    const stop = new AbortController();
    const opening = backend.createSession(linear(), { signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(opening).rejects.toBe(reason);
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

describe('widened', () => {
  const wide = referenceBackend({ widen: true });
  const x: Tensor = { type: 'float16', dims: [2], data: cast({ type: 'float32', dims: [2], data: Float32Array.of(60000, 1) }, 'float16').data as Uint16Array };

  test('16-bit floats neither overflow nor round; outputs are float32 and say so', async () => {
    const g = graphBuilder();
    const twice = g.op('Add', [g.input('x', 'float16', [2]), g.constant('one', { type: 'float16', dims: [], data: Uint16Array.of(0x3c00) })]);
    const squared = g.op('Mul', [twice, twice]);
    g.output(g.op('Cast', [g.op('Cast', [squared], { to: 1 })], { to: 10 }), 'y', { dtype: 'float16', dims: [2] });
    await withSession(wide, g.model(), {}, async (session) => {
      expect(session.outputs[0]).toMatchObject({ dtype: 'float32', type: { kind: 'tensor', dtype: 'float32' } });
      expect((await session.run({ x })).y).toEqual({ type: 'float32', dims: [2], data: Float32Array.of(60001 ** 2, 4) });
    });
    await withSession(backend, g.model(), {}, async (session) => {
      const { y } = await session.run({ x });
      expect([y!.type, ...toFloat64(y!)]).toEqual(['float16', Number.POSITIVE_INFINITY, 4]);
    });
  });

  test('bodies, sequences and a bare input too', async () => {
    const g = graphBuilder();
    const value = g.input('x', 'float16', [2]);
    const branch = (name: string) => g.subgraph(name, (b) => [b.op('Mul', [value, value])]);
    const chosen = g.op('If', [g.constant('yes', { type: 'bool', dims: [], data: Uint8Array.of(1) })], { then_branch: branch('a'), else_branch: branch('b') });
    const listed = g.op('SequenceAt', [g.op('SequenceConstruct', [chosen]), g.constant('at', { type: 'int64', dims: [], data: BigInt64Array.of(0n) })]);
    g.output(listed, 'y', { dtype: 'float16', dims: [2] });
    edit.addOutput(g.graph, value);
    await withSession(wide, g.model(), {}, async (session) => {
      const seen = await session.run({ x });
      expect(Object.values(seen).map(({ type, data }) => [type, ...(data as Float32Array)])).toEqual([
        ['float32', 60000 ** 2, 1],
        ['float32', 60000, 1],
      ]);
    });
  });
});
