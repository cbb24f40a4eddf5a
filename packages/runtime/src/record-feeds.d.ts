import { type Dataset, type Feeds } from '@modeldiet/tensor';
import type { Session } from './backend';
export interface RecordFeedsOptions {
    /** How many feeds to keep at most. */
    readonly max: number;
    /** Seeds the choice of which to keep; default 0. */
    readonly seed?: number | string;
}
/** The feeds kept so far, as a dataset; `session` is the one to run in place of the recorded one. */
export interface Recording extends Dataset {
    readonly length: number;
    /** Runs as the recorded session does, and keeps a sample. */
    readonly session: Session;
    /** Runs seen, kept or not. */
    readonly seen: number;
    at(index: number): Feeds;
}
/**
 * Records what is fed to a session: every run that succeeds has the same chance to be among the `max` kept, however long the app runs (Vitter's algorithm R, 1985).
 * Feeds on a device are not kept. Throws `runtime/bad-option`.
 * @example
 * const recording = recordFeeds(session, { max: 200 });
 * app.session = recording.session;   // later: calibrate(model, { dataset: recording, ... })
 */
export declare function recordFeeds(session: Session, options: RecordFeedsOptions): Recording;
