import { type DType, type Tensor } from '@modeldiet/tensor';
/** The tensor as `dtype`, or undefined when an entry would change, or either type does not hold numbers. NaN stays NaN; -0 may become 0. */
export declare function castExact(tensor: Tensor, dtype: DType): Tensor | undefined;
