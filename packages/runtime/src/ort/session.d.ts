import type { Model } from '@modeldiet/onnx-io';
import type { Session, SessionOptions } from '../backend';
import { type OrtModule, type OrtSession } from './module';
import type { OrtTrace } from './tracer';
export interface SessionParts {
    readonly ort: OrtModule;
    readonly session: OrtSession;
    readonly name: string;
    readonly model?: Model;
    readonly options: SessionOptions;
    readonly trace?: OrtTrace;
    /** Frees what the source took: a temporary folder. */
    readonly discard?: () => Promise<void>;
}
export declare function makeSession({ ort, session, name, model, options, trace, discard }: SessionParts): Session;
