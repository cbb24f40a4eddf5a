// The conformance suite through a port: once over a MessageChannel in this thread, once for real in a worker of Node.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MessageChannel, type parentPort, Worker } from 'node:worker_threads';
import { isModelDietError, ModelDietError } from '@modeldiet/numfmt';
import { saveModel } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import type { Tensor } from '@modeldiet/tensor';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Backend } from '../backend';
import { backendConformance, deviations } from '../conformance';
import { identity, linear } from '../conformance/models';
import { withSession } from '../session';
import { codeOf, testBackend } from '../testing/ort';
import { fromPlain, type Port, toPlain } from './protocol';
import { serveBackend } from './serve';
import { workerBackend } from './worker-backend';

/** Every kind of port is one, with no cast: this compiling is the test. */
export const ports = (web: globalThis.Worker, node: Worker, parent: typeof parentPort, channelPort: globalThis.MessagePort): (Port | null)[] => [
  web,
  node,
  parent,
  channelPort,
];

const channel = new MessageChannel();
serveBackend(testBackend, channel.port1);
const backend = workerBackend(channel.port2);
afterAll(() => {
  channel.port1.close();
  channel.port2.close();
});

describe('over a port', () => {
  for (const { name, skipped, run } of backendConformance({ backend: () => backend, skip: deviations['onnxruntime-node cpu'] }))
    test.skipIf(skipped)(name, run);
});

test('an abort rejects at once, while the worker still runs', async () => {
  await withSession(await backend, identity('float32'), {}, async (session) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const x: Tensor = { type: 'float32', dims: [4], data: new Float32Array(4) };
    const running = session.run({ x }, { signal: stop.signal });
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect((await session.run({ x })).y).toEqual(x);
  });
});

test('a file that changed since it was read is not run by its path', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'worker-')), 'model.onnx');
  try {
    await writeModel(linear(), path);
    const model = await readModel(path);
    await withSession(await backend, model, {}, async (session) => expect(session.inputs.length).toBeGreaterThan(0));
    await writeModel(identity('float32'), path);
    expect(await codeOf(async () => (await backend).createSession(model))).toBe('onnx-io/source-changed');
  } finally {
    await rm(dirname(path), { recursive: true });
  }
});

test('feeds are copied, not taken', async () => {
  await withSession(await backend, identity('float32'), {}, async (session) => {
    const x: Tensor<'float32'> = { type: 'float32', dims: [3], data: Float32Array.of(1, 2, 3) };
    await session.run({ x });
    expect([...x.data]).toEqual([1, 2, 3]);
  });
});

test('errors cross with their code, place and figures; those that are none of ours with name and message', () => {
  const typed = new ModelDietError('argument', 'runtime/feed-rank', 'words', { where: { value: 'x' }, expected: 2, actual: [1] });
  const back = fromPlain(structuredClone(toPlain(typed)));
  expect(isModelDietError(back)).toBe(true);
  expect(back).toMatchObject({ kind: 'argument', code: 'runtime/feed-rank', message: 'words', where: { value: 'x' }, expected: 2, actual: [1] });
  expect(fromPlain(toPlain(new RangeError('far')))).toMatchObject({ name: 'RangeError', message: 'far' });
  expect(fromPlain(toPlain('text'))).toMatchObject({ message: 'text' });
});

test('a session of another number is released already', async () => {
  const session = await (await backend).createSession(linear());
  await session.release();
  expect(await codeOf(() => session.run({}))).toBe('runtime/released');
});

test('a session whose owner gave up while it opened is released', async () => {
  let [opened, released] = [0, 0];
  const slow: Backend = {
    ...testBackend,
    createSession: async (source) => {
      const session = await testBackend.createSession(source);
      opened++;
      const release = (): Promise<void> => {
        released++;
        return session.release();
      };
      return { ...session, release };
    },
  };
  const { port1, port2 } = new MessageChannel();
  serveBackend(slow, port1);
  const far = await workerBackend(port2);
  const reason = new Error('enough');
  // Given up at once, and when the session is there but its owner has not heard of it.
  for (const wait of [() => Promise.resolve(), () => vi.waitUntil(() => opened === 2, { interval: 1 })]) {
    const stop = new AbortController();
    const opening = far.createSession(new Uint8Array((await saveModel(linear())).bytes), { signal: stop.signal });
    const settled = expect(opening.then((session) => session.release().then(() => Promise.reject(reason)))).rejects.toBe(reason);
    await wait();
    stop.abort(reason);
    await settled;
  }
  await vi.waitUntil(() => released === 2, { timeout: 5000 });
  port1.close();
});

test('a worker that ends: what waits rejects, what comes later too, and releasing is no error', async () => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ id, call }) => {
       if (call === 'hello') parentPort.postMessage({ id, get: { name: 'far', runtime: 'none 1', target: { name: 'far', nativeOps: new Set() } } });
       else if (call === 'create') parentPort.postMessage({ id, get: { session: id, inputs: [{ name: 'x' }], outputs: [{ name: 'y' }], notFetched: {}, traces: false } });
     });`,
    { eval: true },
  );
  const far = await workerBackend(worker);
  const session = await far.createSession(new Uint8Array(1));
  const x: Tensor = { type: 'float32', dims: [1], data: Float32Array.of(4) };
  const waiting = codeOf(() => session.run({ x }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await worker.terminate();
  expect(await waiting).toBe('runtime/worker-ended');
  expect(await codeOf(() => session.run({ x }))).toBe('runtime/worker-ended');
  expect(await codeOf(() => far.createSession(new Uint8Array(1)))).toBe('runtime/worker-ended');
  await session.release();
});

test('a worker that throws is named by what it threw', async () => {
  const worker = new Worker(`throw new Error('no such module')`, { eval: true });
  await expect(workerBackend(worker)).rejects.toMatchObject({ code: 'runtime/worker-ended', message: expect.stringContaining('no such module') });
});

test('a real worker: the owner goes on while it runs', async () => {
  // The worker holds no code of ours but the protocol: it answers hello, so that the wire itself is tested across threads.
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ id, call, give }) => {
       if (call === 'hello') parentPort.postMessage({ id, get: { name: 'far', runtime: 'none 1', target: { name: 'far', nativeOps: new Set(['Relu']) } } });
       else if (call === 'create') parentPort.postMessage({ id, get: { session: id, inputs: [{ name: 'x' }], outputs: [{ name: 'y' }], notFetched: {}, traces: false } });
       else if (call === 'run') { const end = Date.now() + 100; while (Date.now() < end); const y = give.feeds.x; parentPort.postMessage({ id, get: { y } }, [y.data.buffer]); }
       else parentPort.postMessage({ id });
     });`,
    { eval: true },
  );
  try {
    const far = await workerBackend(worker);
    expect(far.target.nativeOps.has('Relu')).toBe(true);
    await withSession(far, new Uint8Array(1), {}, async (session) => {
      const x: Tensor = { type: 'float32', dims: [1], data: Float32Array.of(4) };
      let ticks = 0;
      const timer = setInterval(() => ticks++, 5);
      expect((await session.run({ x })).y).toEqual(x);
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(5);
    });
  } finally {
    await worker.terminate();
  }
});
