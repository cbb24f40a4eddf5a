import type { LongWork } from '@modeldiet/tensor';
import type { Backend } from '../backend';
import { type Port } from './protocol';
/**
 * A backend whose sessions run in `worker`, which serves them by {@link serveBackend}. Feeds are copied, outputs transferred. An abort rejects at once,
 * the run in the worker ends by itself. `keepOnDevice` and `into` stay with the worker: outputs always come as tensors of their own.
 * @example
 * const backend = await workerBackend(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
 */
export declare function workerBackend(worker: Port, work?: LongWork): Promise<Backend>;
