import type { Backend } from '../backend';
import { type Port } from './protocol';
/**
 * Serves a backend to the owner of the worker this runs in; `workerBackend` is the other side.
 * @example
 * // worker.js, in a browser
 * serveBackend(ortBackend(ort), self);
 * // worker.mjs, in Node
 * serveBackend(ortBackend(ort), parentPort);
 */
export declare function serveBackend(backend: Backend, port: Port): void;
