import { type Model } from '@modeldiet/onnx-io';
import type { Batches } from '@modeldiet/tensor';
import type { Backend, SessionOptions } from './backend';
import { type OutputDifference } from './difference';
export interface CompareBackendsOptions extends SessionOptions {
    readonly feeds: Batches;
    /** Values to compare; default every tensor that a node of the main graph makes. */
    readonly values?: readonly string[];
    /** A value diverges below this; default 40. */
    readonly minSqnrDb?: number;
    readonly maxBytes?: number;
    readonly labels?: readonly string[];
}
export interface BackendComparison {
    /** In the order the nodes run. */
    readonly values: readonly OutputDifference[];
    /** The first node, in running order, with an output below `minSqnrDb`. */
    readonly firstDiverging?: {
        readonly node: string;
        readonly opType: string;
        readonly value: string;
        readonly sqnrDb: number;
    };
    readonly notCompared: readonly {
        readonly name: string;
        readonly reason: string;
    }[];
}
/** Compares `second` with `first`, the reference. Throws what `observe` throws. */
export declare function compareBackends(model: Model, first: Backend, second: Backend, options: CompareBackendsOptions): Promise<BackendComparison>;
