// What the page asks its two workers.
import type { Diet } from './worker/thin';

export type { Diet };

/** Median milliseconds with its 95 % interval, over so many samples. */
export interface Timing {
  readonly median: number;
  readonly ci95: readonly [number, number];
  readonly samples: number;
}
/** How many times as fast as float32, with its interval. */
export interface Faster {
  readonly ratio: number;
  readonly ci95: readonly [number, number];
  readonly verdict: 'faster' | 'slower' | 'level';
}
export interface Score {
  /** Of the 360 test digits. */
  readonly accuracy: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
  readonly bytes: number;
  readonly gzip: number;
}
export type Contender = 'float32' | 'int8' | 'diet';
export const contenders: readonly Contender[] = ['float32', 'int8', 'diet'];

/** The worker that draws, slides and scores. */
export type LabQuestions = {
  /** The two committed models, scored. */
  readonly start: { readonly give: undefined; readonly get: { readonly float32: Score; readonly int8: Score; readonly runtime: string } };
  /** Ten probabilities of each model for 64 numbers from 0 to 16. */
  readonly predict: { readonly give: Float32Array; readonly get: Readonly<Record<Contender, readonly number[]>> };
  /** All models on this digit, interleaved. */
  readonly time: { readonly give: Float32Array; readonly get: { readonly timings: Readonly<Record<Contender, Timing>>; readonly int8: Faster } };
  /** Makes the model of a diet and scores it; `keep`: it answers from now on. */
  readonly diet: { readonly give: Diet & { readonly keep: boolean }; readonly get: Score };
};

export interface Difference {
  readonly name: string;
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
  readonly top1Agreement: number | null;
}
export interface Weight {
  readonly parameters: number;
  /** Of the file, and of it after gzip. */
  readonly bytes: number;
  readonly gzip: number;
}
/** The worker of a dropped file: each question goes on from what the one before left. */
export type FileQuestions = {
  readonly open: {
    readonly give: Uint8Array;
    readonly get: Weight & { readonly nodes: number; readonly opTypes: Readonly<Record<string, number>>; readonly inputs: readonly string[] };
  };
  readonly quantize: {
    readonly give: undefined;
    readonly get: Weight & {
      readonly file: Uint8Array;
      readonly changed: number;
      readonly skipped: readonly { readonly node: string; readonly reason: string }[];
    };
  };
  /** `dims`: numbers for the names of symbolic dims. */
  readonly agree: { readonly give: Readonly<Record<string, number>>; readonly get: { readonly outputs: readonly Difference[]; readonly feeds: number } };
  /** The model as it was dropped, where there is no other. */
  readonly timeAlone: { readonly give: Readonly<Record<string, number>>; readonly get: Timing };
  readonly time: {
    readonly give: Readonly<Record<string, number>>;
    readonly get: { readonly float32: Timing; readonly int8: Timing; readonly int8Is: Faster };
  };
};

/** What a question that failed rejects with: the sentence, and the code where it is a typed error. */
export interface Failure extends Error {
  readonly code?: string;
}
