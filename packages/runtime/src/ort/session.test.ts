// What the conformance suite leaves to this adapter: paths, warnings, native options, leaks, trace.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edit, type Model, saveModel } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import type { Tensor, Warning } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SessionOptions } from '../backend';
import { castModel, linear, linearOf } from '../conformance/models';
import { fileTrace } from '../node/file-trace';
import { tempModel } from '../node/temp-model';
import { withSession } from '../session';
import { codeOf, testBackend } from '../testing/ort';
import { ortBackend } from './backend';
import type { OrtModule, OrtSession } from './module';
import { ortOptions } from './options';
import { parseTrace } from './trace-events';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modeldiet-runtime-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const x: Tensor = { type: 'float32', dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
const expected = Float32Array.from(linearOf([1, 2, 3, 4]));

/** The module, with what `create` was given kept in `seen`. */
function watched(): { readonly module: OrtModule; readonly seen: { model: string | Uint8Array; options: Record<string, unknown> }[] } {
  const seen: { model: string | Uint8Array; options: Record<string, unknown> }[] = [];
  const create = (model: string | Uint8Array, options?: object): ReturnType<OrtModule['InferenceSession']['create']> => {
    seen.push({ model, options: (options ?? {}) as Record<string, unknown> });
    return typeof model === 'string' ? ort.InferenceSession.create(model, options) : ort.InferenceSession.create(model, options);
  };
  return { module: { InferenceSession: { create }, Tensor: ort.Tensor, env: ort.env }, seen };
}

test('a result on a device that nobody will get is freed', async () => {
  let freed = 0;
  const stop = new AbortController();
  const create = async (bytes: Uint8Array, options?: object): Promise<OrtSession> => {
    const session: OrtSession = await ort.InferenceSession.create(bytes, options);
    const { inputMetadata, outputMetadata } = session;
    return {
      inputMetadata,
      outputMetadata,
      endProfiling: () => {},
      release: () => session.release(),
      run: async (feeds, fetches) => {
        const { y } = await session.run(feeds, fetches);
        const { type, dims, data } = y!;
        return { y: { type, dims, data, location: 'gpu-buffer', getData: async () => data, dispose: () => void freed++ } };
      },
    };
  };
  const module = { InferenceSession: { create: create as OrtModule['InferenceSession']['create'] }, Tensor: ort.Tensor, env: ort.env };
  await withSession(ortBackend(module), linear(), {}, async (session) => {
    const kept = await session.run({ x }, { keepOnDevice: ['y'] });
    expect([freed, 'dispose' in kept.y!]).toEqual([0, true]);
    const running = session.run({ x }, { keepOnDevice: ['y'], signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(freed).toBe(1);
  });
});

test('an unchanged file goes by its path, with its data beside it; an edited model goes as bytes', async () => {
  const path = join(folder, 'linear.onnx');
  await writeModel(linear(), path, { externalData: { threshold: 0 } });
  const model = await readModel(path);
  const { module, seen } = watched();
  const backend = ortBackend(module);
  const run = (source: Model): Promise<Tensor | undefined> => withSession(backend, source, {}, async (session) => (await session.run({ x })).y);
  expect((await run(model))?.data).toEqual(expected);
  expect(seen[0]!.model).toBe(path);
  edit.setMetadata(model, 'edited', 'yes');
  expect((await run(model))?.data).toEqual(expected);
  expect(seen[1]!.model).toBeInstanceOf(Uint8Array);
});

test('a file that changed since it was read is not run by its path', async () => {
  const path = join(folder, 'changing.onnx');
  const big = (fill: number): Promise<unknown> => {
    const model = linear();
    const w = [...model.graph.initializers].find(({ name }) => name === 'w')!;
    edit.setInitializer(w, { type: 'float32', dims: [4, 3], data: new Float32Array(12).fill(fill) });
    edit.addInitializer(model.graph, 'unused', { type: 'float32', dims: [600], data: new Float32Array(600).fill(fill) });
    return writeModel(model, path);
  };
  await big(1);
  const model = await readModel(path);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await big(2);
  expect(await codeOf(() => testBackend.createSession(model))).toBe('onnx-io/source-changed');
});

test('a model above the limit goes through a temporary file, which is gone after release', async () => {
  const model = linear();
  // Twice two GiB that are never loaded: only the size is asked.
  const huge = { type: 'float32', dims: [2 ** 29], byteLength: 2 ** 31, load: () => Promise.reject(new Error('not to be read')) } as const;
  edit.addInitializer(model.graph, 'huge', huge);
  let written = '';
  const backend = ortBackend(ort, {
    spill: async () => {
      const spilled = await tempModel(linear());
      written = spilled.path;
      return spilled;
    },
  });
  await withSession(backend, model, {}, async (session) => {
    expect((await session.run({ x })).y?.data).toEqual(expected);
    await stat(written);
  });
  await expect(stat(written)).rejects.toThrow('ENOENT');
});

test('options in the words of ONNX Runtime', () => {
  const given = (options: SessionOptions): Record<string, unknown> => ortOptions(ort, ['cpu'], options) as Record<string, unknown>;
  expect(given({})).toEqual({
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  expect(given({ threads: 2, optimize: 'none' })).toMatchObject({
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 2,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  expect(given({ threads: 2, spin: true })).toMatchObject({ extra: { session: { intra_op: { allow_spinning: '1' } } } });
  expect(given({ threads: 2, native: { extra: { session: { x64quantprecision: '1' } }, logId: 'mine' } })).toMatchObject({
    logId: 'mine',
    extra: { session: { intra_op: { allow_spinning: '0' }, x64quantprecision: '1' } },
  });
});

test('outputs are written into tensors that are given, at any place of their buffer', async () => {
  const data = new Float32Array(8);
  await withSession(testBackend, linear(), {}, async (session) => {
    const { dims } = (await session.run({ x })).y!;
    const into = { y: { type: 'float32', dims, data: data.subarray(2, 2 + expected.length) } } as const;
    const { y } = await session.run({ x }, { into });
    expect(y).toBe(into.y);
    expect(Array.from(data)).toEqual([0, 0, ...expected, ...Array.from({ length: 6 - expected.length }, () => 0)]);
  });
});

test("the backend's threads are the sessions' default", async () => {
  const { module, seen } = watched();
  const backend = ortBackend(module, { threads: 2 });
  await withSession(backend, linear(), {}, async () => {});
  await withSession(backend, linear(), { threads: 1 }, async () => {});
  expect(seen.map(({ options }) => options.intraOpNumThreads)).toEqual([2, 1]);
  expect(await codeOf(() => ortBackend(ort, { threads: 0 }))).toBe('runtime/bad-threads');
});

test('outputs that cannot be fetched are warned of once, when the session opens', async () => {
  const warnings: Warning[] = [];
  await withSession(testBackend, castModel('float32', 'int4', true), { onWarning: (warning) => warnings.push(warning) }, async (session) => {
    await session.run({ x: { type: 'float32', dims: [1], data: Float32Array.of(1) } });
  });
  expect(warnings).toEqual([{ code: 'runtime/not-fetched', message: expect.stringContaining('int4'), where: { value: 'y' } }]);
});

test('a model with only such outputs cannot be run', async () => {
  await withSession(testBackend, castModel('float32', 'int4'), {}, async (session) => {
    expect(await codeOf(() => session.run({ x: { type: 'float32', dims: [1], data: Float32Array.of(1) } }))).toBe('runtime/not-fetchable');
  });
});

test('nothing is written to stdout or stderr, not even when a run fails', async () => {
  const written = vi.spyOn(process.stderr, 'write');
  await codeOf(() => testBackend.createSession(new Uint8Array([1, 2, 3])));
  await withSession(testBackend, linear(), {}, async (session) => void (await session.run({ x })));
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
});

test('tracing without a tracer is an error, not a session without a trace', async () => {
  expect(await codeOf(() => ortBackend(ort).createSession(linear(), { trace: true }))).toBe('runtime/trace-unavailable');
});

test('a trace leaves no file behind, read or not', async () => {
  const backend = ortBackend(ort, { trace: fileTrace({ folder }) });
  const { readdir } = await import('node:fs/promises');
  const traces = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.startsWith('modeldiet-trace-'));
  for (const read of [true, false]) {
    const session = await backend.createSession(linear(), { trace: true });
    await session.run({ x });
    expect(await traces()).toHaveLength(1);
    if (read) {
      const events = await session.trace!();
      expect(await session.trace!()).toBe(events);
    }
    await session.release();
    expect(await traces()).toHaveLength(0);
  }
  expect(await codeOf(() => backend.createSession(new Uint8Array(3), { trace: true }))).toBe('runtime/not-a-model');
  expect(await traces()).toHaveLength(0);
});

test('a trace that is no JSON is an error; one cut short is read', async () => {
  expect(await codeOf(() => parseTrace('<html>'))).toBe('runtime/trace-unavailable');
  expect(parseTrace('[\n{"cat":"Node","name":"a_kernel_time","ts":5,"dur":2,"args":{"op_name":"Relu","provider":"P"}},')).toEqual([
    { node: 'a', opType: 'Relu', provider: 'P', startUs: 5, durationUs: 2, args: { op_name: 'Relu', provider: 'P' } },
  ]);
});

test('bytes are not changed by a session, and a path source works', async () => {
  const { bytes } = await saveModel(linear());
  const before = bytes.slice();
  await withSession(testBackend, bytes, {}, async (session) => void (await session.run({ x })));
  expect(bytes).toEqual(before);
  const path = join(folder, 'bytes.onnx');
  await writeFile(path, bytes);
  await withSession(testBackend, { path }, {}, async (session) => expect((await session.run({ x })).y?.data).toEqual(expected));
  expect(new Uint8Array(await readFile(path))).toEqual(before);
});
