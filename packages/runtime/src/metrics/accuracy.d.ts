import type { Metric } from './metric';
export interface AccuracyOptions {
    /** The output with one score per class; default: the only float output of rank 2. */
    readonly logits?: string;
    /** The column with the class index (or name, where the model gives names); default 'label'. */
    readonly label?: string;
}
/** Top-1 accuracy, with Wilson's interval. Works on scores [N, classes] and on outputs that are the class itself [N]. A row with NaN is wrong. */
export declare function accuracy(options?: AccuracyOptions): Metric<'accuracy'>;
