// The worker's side: a backend behind a port.
import type { Tensor } from '@modeldiet/tensor';
import type { Backend, Session } from '../backend';
import { fail } from '../errors';
import { type Calls, listen, type Port, type Reply, type Request, toPlain } from './protocol';

/** The buffers of outputs, which the worker gives away. */
const buffersOf = (outputs: Readonly<Record<string, Tensor>>): ArrayBufferLike[] => {
  const buffers = new Set<ArrayBufferLike>();
  for (const tensor of Object.values(outputs)) if (tensor.type !== 'string') buffers.add(tensor.data.buffer);
  return [...buffers];
};

/**
 * Serves a backend to the owner of the worker this runs in; `workerBackend` is the other side.
 * @example
 * // worker.js, in a browser
 * serveBackend(ortBackend(ort), self);
 * // worker.mjs, in Node
 * serveBackend(ortBackend(ort), parentPort);
 */
export function serveBackend(backend: Backend, port: Port): void {
  const sessions = new Map<number, Session>();
  const open = new Map<number, AbortController>();
  const reply = (message: Reply, transfer: readonly ArrayBufferLike[] = []): void => port.postMessage(message, transfer);
  const sessionOf = (id: number): Session => {
    const session = sessions.get(id);
    if (!session) throw fail('released');
    return session;
  };

  const calls: { [K in keyof Calls]: (give: Calls[K]['give'], id: number, signal: AbortSignal) => Promise<Calls[K]['get']> } = {
    hello: async () => ({ name: backend.name, runtime: backend.runtime, target: backend.target }),
    create: async ({ source, options }, id, signal) => {
      const session = await backend.createSession(source, {
        ...options,
        signal,
        onWarning: (warning) => reply({ id, warning }),
        onProgress: (progress) => reply({ id, progress }),
      });
      if (signal.aborted) {
        await session.release();
        throw signal.reason;
      }
      sessions.set(id, session);
      const { inputs, outputs, notFetched } = session;
      return { session: id, inputs, outputs, notFetched, traces: session.trace !== undefined };
    },
    run: ({ session, feeds, fetches }, _, signal) => sessionOf(session).run(feeds, { fetches, signal }),
    trace: ({ session }) => sessionOf(session).trace!(),
    release: async ({ session }) => {
      const held = sessions.get(session);
      sessions.delete(session);
      await held?.release();
      return undefined;
    },
  };

  const answer = async (id: number, job: (signal: AbortSignal) => Promise<unknown>, transfers: boolean): Promise<void> => {
    const controller = new AbortController();
    open.set(id, controller);
    try {
      const get = await job(controller.signal);
      reply({ id, get }, transfers ? buffersOf(get as Record<string, Tensor>) : []);
    } catch (e) {
      reply({ id, error: toPlain(e) });
    } finally {
      open.delete(id);
    }
  };

  listen<Request>(port, (request) => {
    if ('cancel' in request) {
      open.get(request.cancel)?.abort(new Error('cancelled by the owner'));
      // A session whose owner gave up before he was told of it.
      void calls.release({ session: request.cancel }, request.cancel, new AbortController().signal).catch(() => {});
      return;
    }
    const { id, call } = request;
    // Each call is paired with its own argument type by the mapped type of Request.
    const job = calls[call] as (give: unknown, id: number, signal: AbortSignal) => Promise<unknown>;
    void answer(id, (signal) => job(request.give, id, signal), call === 'run');
  });
}
