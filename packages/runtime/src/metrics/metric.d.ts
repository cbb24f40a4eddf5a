import type { Feeds, Tensor } from '@modeldiet/tensor';
import type { Slot } from '../backend';
export interface Score {
    readonly value: number;
    /** Rows scored. */
    readonly n: number;
    /** 95 % interval of `value`: Wilson for a share, Student's t for a mean. */
    readonly ci95: readonly [number, number];
    /** What each row scored, in order: 0 or 1 for a share. Paired tests take two of these. */
    readonly perRow: Float64Array;
}
export interface Tally {
    /** The outputs it reads; the run computes no others. */
    readonly fetches: readonly string[];
    /** What was decided, in words: which output, and why. */
    readonly notes: readonly string[];
    add(outputs: Readonly<Record<string, Tensor>>, item: Feeds): void;
    score(): Score;
}
export interface Metric<Name extends string = string> {
    readonly name: Name;
    readonly options: object;
    readonly better: 'higher' | 'lower';
    /** Columns that are answers, never inputs. */
    readonly labels: readonly string[];
    /** A fresh count for one evaluation. Throws `runtime/metric-output` when the outputs do not suit it. */
    begin(outputs: readonly Slot[]): Tally;
}
