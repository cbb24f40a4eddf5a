// The owner's side: sessions that live in a worker, so that a run never blocks the thread that asks for it.
import { type Model, saveModel } from '@modeldiet/onnx-io';
import type { DeviceTensor, LongWork, Tensor } from '@modeldiet/tensor';
import type { Backend, ModelSource, RunOptions, Session, SessionOptions } from '../backend';
import { fail } from '../errors';
import { checkSource } from '../model-source';
import { supportsOn } from '../supports';
import { checkUnchanged } from '../unchanged';
import { type Calls, fromPlain, listen, onEnd, type Port, type Reply, type Request, type Source } from './protocol';

interface Waiting {
  readonly call: keyof Calls;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  readonly work: LongWork;
}

type Ask = <K extends keyof Calls>(call: K, give: Calls[K]['give'], work?: LongWork) => Promise<Calls[K]['get']>;

/** Numbered calls over a port. An abort rejects at once with the signal's reason; what the worker still answers is dropped. A worker that has ended answers nothing: `runtime/worker-ended`. */
function caller(port: Port): Ask {
  const waiting = new Map<number, Waiting>();
  let next = 1;
  let heard = false;
  listen<Reply>(port, (reply) => {
    heard = true;
    const call = waiting.get(reply.id);
    if (!call) return;
    if ('warning' in reply) call.work.onWarning?.(reply.warning);
    else if ('progress' in reply) call.work.onProgress?.(reply.progress);
    else if ('error' in reply) call.reject(fromPlain(reply.error));
    else call.resolve(reply.get);
  });
  let gone: Error | undefined;
  onEnd(port, (cause) => {
    // A worker of a browser that answered before lives on after an error that nobody caught.
    if (heard && !port.on) return;
    gone ??= fail('worker-ended', { cause }, cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : undefined);
    // What the worker held went with it: there is nothing left to release.
    for (const { call, resolve, reject } of [...waiting.values()]) call === 'release' ? resolve(undefined) : reject(gone);
  });
  return (call, give, work = {}) => {
    const { signal } = work;
    signal?.throwIfAborted();
    if (gone) return call === 'release' ? Promise.resolve(undefined as never) : Promise.reject(gone);
    const id = next++;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        waiting.delete(id);
        signal?.removeEventListener('abort', stop);
      };
      const stop = (): void => {
        done();
        port.postMessage({ cancel: id } satisfies Request);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', stop);
      waiting.set(id, {
        call,
        work,
        resolve: (value) => {
          done();
          resolve(value as never);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      });
      try {
        port.postMessage({ id, call, give } as Request);
      } catch (e) {
        done();
        reject(e);
      }
    });
  };
}

/** A Model crosses as bytes; as its path where it is an unchanged file and the worker reads files. */
async function crossing(source: ModelSource, readsFiles: boolean, work: LongWork): Promise<Source> {
  if (source instanceof Uint8Array || !('graph' in source)) return source;
  const model: Model = source;
  if (readsFiles && model.origin) {
    await checkUnchanged(model, work);
    return { path: model.origin.path };
  }
  const { bytes, externalData } = await saveModel(model, work);
  return Object.keys(externalData).length > 0 ? { bytes, externalData } : bytes;
}

/** Feeds as plain tensors; one that is on a device of this thread is loaded first. */
const plainFeeds = async (feeds: Readonly<Record<string, Tensor | DeviceTensor>>): Promise<Record<string, Tensor>> =>
  Object.fromEntries(await Promise.all(Object.entries(feeds).map(async ([name, tensor]) => [name, 'data' in tensor ? tensor : await tensor.load()] as const)));

/**
 * A backend whose sessions run in `worker`, which serves them by {@link serveBackend}. Feeds are copied, outputs transferred. An abort rejects at once,
 * the run in the worker ends by itself. When the worker ends, what waits for it rejects with `runtime/worker-ended` (a browser does not tell of `terminate()`: release sessions first). `keepOnDevice` and `into` stay with the worker: outputs always come as tensors of their own.
 * @example
 * const backend = await workerBackend(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
 */
export async function workerBackend(worker: Port, work: LongWork = {}): Promise<Backend> {
  const ask = caller(worker);
  const { name, runtime, target } = await ask('hello', undefined, work);
  const readsFiles = runtime.startsWith('onnxruntime-node');

  const createSession = async (given: ModelSource, settings: SessionOptions = {}): Promise<Session> => {
    const { signal, onProgress, onWarning, ...options } = settings;
    const longWork = { signal, onProgress, onWarning };
    checkSource(given);
    signal?.throwIfAborted();
    const source = await crossing(given, readsFiles, longWork);
    const { session, inputs, outputs, notFetched, traces } = await ask('create', { source, options }, longWork);
    let released: Promise<void> | undefined;
    const running = new Set<Promise<unknown>>();
    const run = async (feeds: Readonly<Record<string, Tensor | DeviceTensor>>, { fetches, signal: stop }: RunOptions = {}): Promise<Record<string, Tensor>> => {
      if (released) throw fail('released');
      stop?.throwIfAborted();
      const job = plainFeeds(feeds).then((plain) => ask('run', { session, feeds: plain, fetches }, { signal: stop }));
      const settled = job.catch(() => {});
      running.add(settled);
      void settled.then(() => running.delete(settled));
      return job;
    };
    return {
      inputs,
      outputs,
      notFetched,
      run,
      ...(traces && { trace: () => (released ? Promise.reject(fail('released')) : ask('trace', { session })) }),
      release: () =>
        (released ??= Promise.all(running).then(async () => {
          await ask('release', { session });
        })),
    };
  };

  return { name, runtime, target, supports: (model) => supportsOn(target, model), createSession };
}
