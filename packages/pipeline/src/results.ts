// The results of comparing variants: plain JSON, the shape of demo-out/results.json. Sizes are bytes, times milliseconds.
import type { Budget } from './optimize/budget';
import type { Verdict } from './optimize/verdict';

/** Conditions of the measurement: what `environment()` of the profiler returns, and what the comparison adds. */
export type Environment = Readonly<Record<string, unknown>>;

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [lower: number, upper: number];

export interface Timing {
  readonly median: number;
  readonly ci95: Interval;
}

/** A share of `n` examples with its Wilson interval, or another figure with the interval its metric gives. */
export interface Score {
  readonly value: number;
  readonly ci95: Interval;
  readonly n: number;
}

export interface VariantResult {
  readonly name: string;
  /** What was done to the baseline, first to last; empty for the baseline. */
  readonly steps: readonly string[];
  /** Relative to the file that holds the results; null for a model that was never written. */
  readonly path: string | null;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly parameters: number;
  /** Opening the model: its bytes to a session that can run. */
  readonly loadMs: number | null;
  readonly firstRunMs: number | null;
  /** Null where it was not measured in a process of its own. */
  readonly peakRssBytes: number | null;
  /** Keyed by batch size. All variants of one batch size were measured in turns. */
  readonly latencyMs: Readonly<Record<string, Timing>>;
  readonly accuracy: Score | null;
  /** Agreement with the baseline, where there are no labels. */
  readonly agreement?: Score & { readonly metric: string };
  /** No other variant is as good in both bytes and accuracy (without accuracy: bytes and latency) and better in one. */
  readonly onFrontier: boolean;
}

/** A technique that could not be applied to this model or with this data. */
export interface SkippedTechnique {
  readonly technique: string;
  /** Of the error that it ended with. */
  readonly code: string;
  readonly reason: string;
}

export interface Results {
  readonly task: string;
  readonly environment: Environment;
  readonly variants: readonly VariantResult[];
  /** The name of the variant that a budget chose. */
  readonly chosen?: string;
  /** What variants were judged on, in words; 'random:32' for random feeds, on which agreement is unreliable. The rest below is that of `optimize`. */
  readonly judgedOn?: string;
  readonly preset?: string;
  readonly budget?: Budget;
  readonly verdict?: Verdict;
  readonly skipped?: readonly SkippedTechnique[];
}
