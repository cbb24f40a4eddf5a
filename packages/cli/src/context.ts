// What every verb is given: the words everywhere understood, the way to speak, and the work's signal, progress and warnings.
import type { LongWork, Warning } from '@modeldiet/tensor';
import type { Io } from './io';
import type { Paint } from './terminal/paint';
import type { ProgressLine } from './terminal/progress';

export interface Context {
  readonly io: Io;
  /** For stdout. */
  readonly paint: Paint;
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  readonly signal: AbortSignal;
  /** Handed to every long call of a library. */
  readonly work: Required<LongWork>;
  /** Collected from `work.onWarning`, in order, each once. */
  readonly warnings: readonly Warning[];
  readonly progress: ProgressLine;
  /** A line on stderr; not with --quiet. */
  say(line: string): void;
  /** A line on stderr with --verbose. */
  tell(line: string): void;
  /** A path as the user meant it: relative to where they stand. */
  path(path: string): string;
}

/** What a verb ends with: the same facts as JSON and as text. */
export interface Outcome {
  readonly json: object;
  readonly text: string;
  /** The job was done and its answer is no (a requirement is not met): status 1. */
  readonly failed?: Error;
}
