// Questions from the page to a worker, and answers: typed, with progress, stopped by an AbortSignal. Errors cross as the sentence and the code of the typed error.
import { isModelDietError } from '@modeldiet/numfmt';
import type { LongWork, Progress } from '@modeldiet/tensor';

/** What a worker can be asked: name -> what is given and what comes back. */
export type Questions = Record<string, { readonly give: unknown; readonly get: unknown }>;
export type Answers<Q extends Questions> = { readonly [K in keyof Q]: (give: Q[K]['give'], work: LongWork) => Promise<Q[K]['get']> };
export type Ask<Q extends Questions> = <K extends keyof Q & string>(call: K, give: Q[K]['give'], work?: LongWork) => Promise<Q[K]['get']>;

interface Said {
  readonly message: string;
  readonly code?: string;
}
type Request = { readonly id: number; readonly call: string; readonly give: unknown } | { readonly cancel: number };
type Reply =
  | { readonly id: number; readonly get: unknown }
  | { readonly id: number; readonly error: Said }
  | { readonly id: number; readonly progress: Progress };

/** A worker as its page sees it, and the worker's own `self`. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
}

const said = (e: unknown): Said => ({ message: e instanceof Error ? e.message : String(e), ...(isModelDietError(e) && { code: e.code }) });

/** The worker's side. */
export function answer<Q extends Questions>(port: Port, answers: Answers<Q>): void {
  const open = new Map<number, AbortController>();
  port.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
    if ('cancel' in data) return open.get(data.cancel)?.abort();
    const { id, call, give } = data;
    const { signal } = open.set(id, new AbortController()).get(id)!;
    const reply = (message: Reply): void => port.postMessage(message);
    try {
      reply({ id, get: await answers[call]!(give, { signal, onProgress: (progress) => reply({ id, progress }) }) });
    } catch (e) {
      reply({ id, error: said(e) });
    } finally {
      open.delete(id);
    }
  });
}

/** The page's side. An abort rejects at once with the signal's reason. */
export function asker<Q extends Questions>(port: Port): Ask<Q> {
  const waiting = new Map<number, { readonly settle: (reply: Reply) => void; readonly work: LongWork }>();
  let next = 1;
  port.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    if ('progress' in data) waiting.get(data.id)?.work.onProgress?.(data.progress);
    else waiting.get(data.id)?.settle(data);
  });
  // A worker that does not load, or dies of too large a model, answers nothing any more.
  port.addEventListener('error', ({ message }) => {
    for (const [id, { settle }] of waiting) settle({ id, error: { message: message || 'the worker could not be started' } });
  });
  return async (call, give, work = {}) => {
    const { signal } = work;
    signal?.throwIfAborted();
    const id = next++;
    const { promise, resolve, reject } = deferred<never>();
    const stop = (): void => {
      port.postMessage({ cancel: id });
      reject(signal!.reason);
    };
    signal?.addEventListener('abort', stop);
    waiting.set(id, {
      work,
      settle: (reply) =>
        'error' in reply ? reject(Object.assign(new Error(reply.error.message), reply.error)) : resolve(('get' in reply ? reply.get : undefined) as never),
    });
    try {
      port.postMessage({ id, call, give });
      return await promise;
    } finally {
      waiting.delete(id);
      signal?.removeEventListener('abort', stop);
    }
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

/** Jobs that must not overlap, one after the other: two timings at once would both be wrong. */
export function inOrder(): <R>(job: () => Promise<R>) => Promise<R> {
  let tail: Promise<unknown> = Promise.resolve();
  return (job) => {
    const next = tail.then(job);
    tail = next.catch(() => {});
    return next;
  };
}
