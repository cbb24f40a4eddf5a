import type { Batches } from '@modeldiet/tensor';
import type { Backend, ModelSource, SessionOptions } from './backend';
export interface PlacementOptions extends SessionOptions {
    readonly backend: Backend;
    /** The first item is run once. */
    readonly feeds: Batches;
}
export interface Placement {
    /** Nodes of the optimised graph, in running order, by the runtime's names. */
    readonly nodes: readonly {
        readonly node: string;
        readonly opType: string;
        readonly provider: string;
    }[];
    /** Nodes by provider. */
    readonly counts: Readonly<Record<string, number>>;
}
/** Runs a model once under trace. Needs a backend that traces. Throws `runtime/empty-dataset`, `runtime/trace-unavailable`. */
export declare function placement(model: ModelSource, options: PlacementOptions): Promise<Placement>;
