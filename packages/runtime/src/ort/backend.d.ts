import type { Backend } from '../backend';
import type { Target } from '../targets/target';
import { type ExecutionProvider, type OrtModule } from './module';
import { type Spill } from './source';
import type { OrtTracer } from './tracer';
export interface OrtBackendOptions {
    /** In order of preference; default `['cpu']` for onnxruntime-node, `['wasm']` for onnxruntime-web. */
    readonly executionProviders?: readonly ExecutionProvider[];
    /** Default threads of its sessions; default 1. */
    readonly threads?: number;
    /** Default: the first execution provider. */
    readonly name?: string;
    /** Default: the facts of the first execution provider, as `cpu()`, `wasm()` or `webgpu()` say them. */
    readonly target?: Target;
    /** How `trace: true` reads the runtime's trace; default console lines for onnxruntime-web; in Node, `fileTrace()` of `@modeldiet/runtime/node`. */
    readonly trace?: OrtTracer;
    /** Where a model above 2 GiB is written; `tempModel` of `@modeldiet/runtime/node`. */
    readonly spill?: Spill;
}
/**
 * A backend over an ONNX Runtime module. Default one thread, everything silent; what the runtime throws comes as `runtime/...` errors with the node named.
 * @example
 * import * as ort from 'onnxruntime-node';
 * const session = await ortBackend(ort).createSession(model);
 */
export declare function ortBackend(ort: OrtModule, options?: OrtBackendOptions): Backend;
