import type { SessionOptions } from '../backend';
import { type OrtModule } from './module';
/** Runs `job` after every job before it on the same WebAssembly module; at once for onnxruntime-node. */
export declare function inTurn<R>(ort: OrtModule, job: () => Promise<R>): Promise<R>;
/** True before the first session of this WebAssembly module that was made through this package. */
export declare const isCold: (ort: OrtModule) => boolean;
/**
 * Settles the thread count of a WebAssembly module before its first session: the session's `threads`, else what the user set, else 1.
 * Throws `runtime/bad-threads` where threads cannot be had (no cross-origin isolation), or differ from what the module was started with.
 */
export declare function startWasm(ort: OrtModule, { threads }: SessionOptions): void;
