import type { Dim, Model, Value } from '@modeldiet/onnx-io';
export type DimsByName = Readonly<Record<string, number>>;
/** Inputs that must be fed: those without an initializer. */
export declare const fedInputs: (model: Model) => Value[];
export declare const shapeOf: (value: Value) => readonly Dim[] | undefined;
export declare const boundDim: (input: string, axis: number, dim: Dim, bound: DimsByName) => Dim;
/** Throws `runtime/unknown-dim` for a name or place that no input has, or an extent that is none. */
export declare function checkDims(inputs: Iterable<{
    readonly name: string;
    readonly dims?: readonly Dim[];
}>, dims: DimsByName | undefined): void;
/**
 * The dims of each fed input. A name that is not given is 1 where it is some input's first axis (the batch), and then everywhere;
 * an axis that is neither is `runtime/unbound-dim`.
 */
export declare function bindInputDims(model: Model, given?: DimsByName): ReadonlyMap<Value, readonly number[]>;
