import type { Feeds, Tensor } from '@modeldiet/tensor';
/** The label column. Throws `runtime/no-label`. */
export declare function labelOf(item: Feeds, column: string): Tensor;
/** Rows of a tensor: its first extent; 1 for a scalar. */
export declare const rowsOf: (tensor: Tensor) => number;
export declare function checkRows(rows: number, answers: Tensor, where: {
    output: string;
    column: string;
}): void;
