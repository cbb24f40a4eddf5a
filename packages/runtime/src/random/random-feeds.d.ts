import type { Model } from '@modeldiet/onnx-io';
import { type Dataset, type Feeds } from '@modeldiet/tensor';
import { type DimsByName } from '../bind-dims';
export interface RandomFeedsOptions {
    /** Extents of symbolic dims, by name, or by place ('x:2'). */
    readonly dims?: DimsByName;
    /** Default 0. */
    readonly seed?: number | string;
    /** Items; default 1. */
    readonly count?: number;
}
/** A dataset whose items are at hand at once. */
export interface RandomFeeds extends Dataset {
    readonly length: number;
    at(index: number): Feeds;
}
/**
 * Random feeds for every input without an initializer: floats N(0,1), integers below the smallest axis they look up (else 0 or 1), masks 1. The same seed
 * gives the same feeds, each item and input its own stream. A symbolic first axis is 1; any other must be in `dims`: `runtime/unbound-dim`.
 * @example
 * const feeds = randomFeeds(model, { dims: { sequence: 128 }, seed: 1, count: 32 });
 */
export declare function randomFeeds(model: Model, options?: RandomFeedsOptions): RandomFeeds;
