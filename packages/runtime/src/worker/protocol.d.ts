import { type ErrorKind, type Where } from '@modeldiet/numfmt';
import type { Progress, Tensor, Warning } from '@modeldiet/tensor';
import type { ModelSource, SessionOptions, Slot, TraceEvent } from '../backend';
import type { Target } from '../targets/target';
export type Source = Exclude<ModelSource, {
    readonly graph: unknown;
}>;
export type PlainOptions = Omit<SessionOptions, 'signal' | 'onProgress' | 'onWarning'>;
/** Calls and what they answer. */
export interface Calls {
    hello: {
        give: undefined;
        get: {
            readonly name: string;
            readonly runtime: string;
            readonly target: Target;
        };
    };
    create: {
        give: {
            readonly source: Source;
            readonly options: PlainOptions;
        };
        get: Opened;
    };
    run: {
        give: {
            readonly session: number;
            readonly feeds: Readonly<Record<string, Tensor>>;
            readonly fetches?: readonly string[];
        };
        get: Record<string, Tensor>;
    };
    trace: {
        give: {
            readonly session: number;
        };
        get: readonly TraceEvent[];
    };
    release: {
        give: {
            readonly session: number;
        };
        get: undefined;
    };
}
export interface Opened {
    readonly session: number;
    readonly inputs: readonly Slot[];
    readonly outputs: readonly Slot[];
    readonly notFetched: Readonly<Record<string, string>>;
    readonly traces: boolean;
}
export type Request = {
    [K in keyof Calls]: {
        readonly id: number;
        readonly call: K;
        readonly give: Calls[K]['give'];
    };
}[keyof Calls] | {
    readonly cancel: number;
};
export type Reply = {
    readonly id: number;
    readonly get: unknown;
} | {
    readonly id: number;
    readonly error: PlainError;
} | {
    readonly id: number;
    readonly warning: Warning;
} | {
    readonly id: number;
    readonly progress: Progress;
};
export interface PlainError {
    readonly typed?: {
        readonly kind: ErrorKind;
        readonly code: string;
        readonly where: Where;
        readonly expected?: unknown;
        readonly actual?: unknown;
    };
    readonly name: string;
    readonly message: string;
}
/** Structured clone keeps no class of ours: an error crosses as data. */
export declare function toPlain(e: unknown): PlainError;
export declare function fromPlain({ typed, name, message }: PlainError): Error;
/** A Web Worker or its `self`, a worker of node:worker_threads or its `parentPort`, a MessagePort. */
export interface Port {
    postMessage(message: unknown, transfer?: unknown): void;
    addEventListener?(type: 'message', listener: (event: object) => void): void;
    on?(event: 'message', listener: (message: unknown) => void): unknown;
    start?(): void;
}
/** Calls `listener` with the data of every message. Node's ports have `on`, which gives the data itself. */
export declare function listen<M>(port: Port, listener: (message: M) => void): void;
