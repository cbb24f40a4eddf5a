import { type Model, type Value } from '@modeldiet/onnx-io';
import { type DType, type Tensor } from '@modeldiet/tensor';
/** One computed tensor; `iteration` counts the rounds of the loops around it, outer first. */
export interface Lifted {
    readonly tensor: Tensor;
    readonly iteration: readonly number[];
}
/** Makes `value`, of a graph inside `model`, reachable from the main graph. Throws `runtime/not-observable` where an op around it cannot pass it on. */
export declare function lift(model: Model, value: Value, dtype: DType | undefined): {
    readonly value: Value;
    readonly read: (t: Tensor) => readonly Lifted[];
};
