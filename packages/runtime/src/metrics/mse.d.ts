import type { Metric } from './metric';
export interface MseOptions {
    /** The output; default: the only float one. */
    readonly output?: string;
    /** The column with the targets; default 'label'. */
    readonly target?: string;
}
/** Mean squared error per row (the mean over the row's entries), then over rows; Student's t interval on the rows' mean. */
export declare function mse(options?: MseOptions): Metric<'mse'>;
