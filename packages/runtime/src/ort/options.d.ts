import type { SessionOptions } from '../backend';
import { type ExecutionProvider, type OrtModule } from './module';
/** Fatal only: what fails is thrown, and a library does not write to stderr. */
export declare const silent = 4;
/** Options for `InferenceSession.create`. Threads above 1 do not spin unless asked to: several open sessions would ruin each other's timings. */
export declare function ortOptions(ort: OrtModule, providers: readonly ExecutionProvider[], options: SessionOptions, more?: object): object;
/** Throws `runtime/bad-threads` for anything but a whole number of at least 1. */
export declare function checkThreads(threads: number | undefined): void;
