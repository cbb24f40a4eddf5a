import type { Tensor } from '@modeldiet/tensor';
export interface OutputDifference {
    readonly name: string;
    /** 10 log10(sum a^2 / sum (a - b)^2), the first model as the signal. Infinity when equal; null where the output is no number. JSON writes both as null. */
    readonly sqnrDb: number | null;
    readonly cosine: number | null;
    readonly maxAbsDiff: number | null;
    /** The share of rows whose largest entry is at the same place (class vectors: float, rank 2 or more, at least 2 wide), or whose class or text is equal; null elsewhere. */
    readonly top1Agreement: number | null;
    /** Rows behind `top1Agreement`. */
    readonly rows: number;
    /** Entries compared, and those where one model gave a finite number and the other did not. */
    readonly entries: number;
    readonly nonFinite: number;
}
export interface DifferenceTally {
    /** False when dims or types differ, so that entries have no partner. */
    add(a: Tensor, b: Tensor): boolean;
    result(): OutputDifference;
}
export declare function differenceTally(name: string): DifferenceTally;
