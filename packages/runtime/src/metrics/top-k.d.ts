import type { AccuracyOptions } from './accuracy';
import type { Metric } from './metric';
/** Top-k accuracy. A class counts as ahead of the label when its score is higher, or equal with a lower index. A row with NaN is wrong. */
export declare function topK(k: number, options?: AccuracyOptions): Metric<'topK'>;
