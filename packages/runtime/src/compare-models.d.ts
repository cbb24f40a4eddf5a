import { type Batches } from '@modeldiet/tensor';
import type { Backend, ModelSource, Session, SessionOptions } from './backend';
import { type OutputDifference } from './difference';
export interface CompareModelsOptions extends SessionOptions {
    /** Items both models can take; columns that neither reads are left out. */
    readonly feeds: Batches;
    readonly backend?: Backend;
    /** Columns that are never inputs; default `['label']`. */
    readonly labels?: readonly string[];
}
export interface ModelComparison {
    readonly outputs: readonly OutputDifference[];
    /** Outputs with no partner, that are no tensors, or whose dims differ. */
    readonly notCompared: readonly {
        readonly name: string;
        readonly reason: string;
    }[];
    readonly batches: number;
}
/**
 * Runs both models on the same feeds and says, output by output, how far the second strays from the first. Models are opened on `backend`; open sessions
 * may be given too. Throws `runtime/empty-dataset`, and what `bindFeeds` and `run` throw.
 * @example
 * const { outputs } = await compareModels(original, quantized, { feeds: randomFeeds(original, { count: 8 }), backend });
 */
export declare function compareModels(a: ModelSource | Session, b: ModelSource | Session, options: CompareModelsOptions): Promise<ModelComparison>;
