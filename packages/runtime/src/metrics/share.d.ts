import type { Score } from './metric';
/** The score of rows that are each 1 (right) or 0. Throws `runtime/empty-dataset` for none. */
export declare function shareScore(rows: readonly number[]): Score;
