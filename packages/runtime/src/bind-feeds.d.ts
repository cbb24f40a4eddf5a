import type { Feeds, Tensor } from '@modeldiet/tensor';
import type { Slot } from './backend';
export interface BindOptions {
    /** Columns that are never inputs; default `['label']`, unless an input has that name. */
    readonly labels?: readonly string[];
}
/** The feeds of a run from one dataset item; columns no input reads (labels) are left out. Throws `runtime/feeds-mismatch`. */
export declare function bindFeeds(inputs: readonly Slot[], feeds: Feeds, options?: BindOptions): Record<string, Tensor>;
