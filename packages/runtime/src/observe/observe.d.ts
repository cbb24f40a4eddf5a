import { type Model } from '@modeldiet/onnx-io';
import { type Batches, type Tensor } from '@modeldiet/tensor';
import type { Backend, SessionOptions } from '../backend';
export interface ObserveOptions extends SessionOptions {
    readonly backend: Backend;
    /** How much the values of one run may take; default 256 MiB. Smaller means more runs. */
    readonly maxBytes?: number;
    /** Columns that are never inputs; default `['label']`. */
    readonly labels?: readonly string[];
}
export interface Observation {
    /** The item's place in `batches`, from 0. */
    readonly batch: number;
    /** Its name; inside a body its address: 'If->y/then_branch/conv1'. */
    readonly value: string;
    /** For a value inside loops: their rounds, outer first. A branch that was not taken yields nothing. */
    readonly iteration?: readonly number[];
    /** bfloat16 and float8 come as float32, 4-bit integers as 8-bit ones: the same numbers. */
    readonly tensor: Tensor;
}
/**
 * Yields the named values of every item: group by group, in each group item by item, in each item in the order asked. Inputs and initializers may be named
 * too. Between two yields at most one run's group is in memory; breaking off releases the session.
 * Throws `runtime/unknown-value`, `runtime/not-observable`, `runtime/empty-dataset`.
 * @example
 * for await (const { value, tensor } of observe(model, ['relu1'], batches, { backend })) histogram[value].add(tensor);
 */
export declare function observe(model: Model, values: readonly string[], batches: Batches, options: ObserveOptions): AsyncGenerator<Observation, void, undefined>;
