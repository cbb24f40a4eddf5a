import { type Tensor } from '@modeldiet/tensor';
/** undefined for strings, complex numbers and packed integers. bool is 0 and 1; int64 beyond 2^53 is rounded. */
export declare function numbersOf(tensor: Tensor): ArrayLike<number> | undefined;
export declare const isFloat: (dtype: string | undefined) => boolean;
export declare const isInteger: (dtype: string | undefined) => boolean;
/** The index of the largest entry of row `row`; the first of equals; -1 when the row holds NaN. */
export declare function argmaxRow(data: ArrayLike<number>, row: number, width: number): number;
