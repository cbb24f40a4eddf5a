import { type Batches } from '@modeldiet/tensor';
import type { Backend, ModelSource, Session, SessionOptions } from './backend';
import type { Metric, Score } from './metrics/metric';
export interface EvaluateOptions extends SessionOptions {
    /** Items with the batch axis included; the metric's label columns beside the inputs. */
    readonly dataset: Batches;
    readonly metric: Metric;
    /** Needed for a model; a session has its own. */
    readonly backend?: Backend;
}
export interface Evaluation extends Score {
    readonly metric: {
        readonly name: string;
        readonly options: object;
        readonly better: 'higher' | 'lower';
    };
    readonly batches: number;
    /** What the metric decided: which output it read. */
    readonly notes: readonly string[];
}
/**
 * Runs the dataset through a model (opened on `backend`) or an open session, and scores it.
 * Throws `runtime/feeds-mismatch`, `runtime/metric-output`, `runtime/no-label`, `runtime/empty-dataset`.
 * @example
 * const { value, ci95 } = await evaluate(model, { dataset: batch(test, 64), metric: accuracy(), backend });
 */
export declare function evaluate(model: ModelSource | Session, options: EvaluateOptions): Promise<Evaluation>;
