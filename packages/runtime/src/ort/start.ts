// ONNX Runtime in WebAssembly is one module with one thread count, set before its first session, that must not be entered twice at once.
import type { SessionOptions } from '../backend';
import { fail } from '../errors';
import { flavorOf, type OrtModule } from './module';

interface WasmState {
  threads?: number;
  tail: Promise<unknown>;
}
const states = new WeakMap<object, WasmState>();
const stateOf = (ort: OrtModule): WasmState => {
  let state = states.get(ort.env);
  if (!state) states.set(ort.env, (state = { tail: Promise.resolve() }));
  return state;
};

/** Runs `job` after every job before it on the same WebAssembly module; at once for onnxruntime-node. */
export function inTurn<R>(ort: OrtModule, job: () => Promise<R>): Promise<R> {
  if (flavorOf(ort) === 'node') return job();
  const state = stateOf(ort);
  const next = state.tail.then(job, job);
  state.tail = next.catch(() => {});
  return next;
}

/** True before the first session of this WebAssembly module that was made through this package. */
export const isCold = (ort: OrtModule): boolean => flavorOf(ort) === 'web' && stateOf(ort).threads === undefined;

/**
 * Settles the thread count of a WebAssembly module before its first session: the session's `threads`, else what the user set, else 1.
 * Throws `runtime/bad-threads` where threads cannot be had (no cross-origin isolation), or differ from what the module was started with.
 */
export function startWasm(ort: OrtModule, { threads }: SessionOptions): void {
  if (flavorOf(ort) === 'node') return;
  const { wasm } = ort.env;
  const state = stateOf(ort);
  if (state.threads === undefined) {
    const wanted = threads ?? wasm.numThreads ?? 1;
    if (wanted > 1 && typeof self !== 'undefined' && typeof document !== 'undefined' && !self.crossOriginIsolated)
      throw fail(
        'bad-threads',
        { where: { option: 'threads' }, actual: wanted },
        'WebAssembly threads need a cross-origin isolated page (COOP same-origin, COEP require-corp)',
      );
    wasm.numThreads = Math.max(1, wanted);
    if (ort.env.logLevel === undefined || ort.env.logLevel === 'warning') ort.env.logLevel = 'fatal';
    state.threads = wasm.numThreads;
  } else if (threads !== undefined && threads !== state.threads)
    throw fail(
      'bad-threads',
      { where: { option: 'threads' }, expected: state.threads, actual: threads },
      'this WebAssembly module was started with another thread count',
    );
}
