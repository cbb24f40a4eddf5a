import type { OrtModule, OrtSession } from './module';
export interface OrtTracer {
    /** Called inside the creation of the first session, so that what the runtime binds at start can be watched. */
    around?<R>(ort: OrtModule, start: () => Promise<R>): Promise<R>;
    /** Called for each traced session; may touch the disk. */
    begin(ort: OrtModule): Promise<OrtTrace>;
}
export interface OrtTrace {
    /** More options for `InferenceSession.create`. */
    readonly options: object;
    /** Ends profiling and returns the trace's JSON text. */
    end(session: OrtSession): Promise<string>;
    /** Frees what `begin` made; called once, after `end` or instead of it. */
    discard(): Promise<void>;
}
