import { type OpKey } from '@modeldiet/onnx-io';
import { type Kernel } from '@modeldiet/ops/reference';
import type { Backend } from '../backend';
export interface ReferenceBackendOptions {
    /** Kernels to use; default those of `@modeldiet/ops/reference`. */
    readonly kernels?: Readonly<Record<OpKey, Kernel>>;
}
/**
 * Runs models on the reference kernels of `@modeldiet/ops/reference`: exact to the last place of the element types, any type, subgraphs and functions, no runtime needed.
 * Hundreds of times slower than a runtime. `threads`, `optimize` and `native` mean nothing to it, and it does not trace.
 */
export declare function referenceBackend(options?: ReferenceBackendOptions): Backend;
