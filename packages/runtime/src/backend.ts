// The interfaces of running: a Backend makes Sessions, a Session runs feeds.
import type { Dim, Model, Skip, ValueType } from '@modeldiet/onnx-io';
import type { DeviceTensor, DType, LongWork, Tensor } from '@modeldiet/tensor';
import type { Target } from './targets/target';

/** An input or output of a session. `dtype`: tensors only; `dims` absent: rank unknown. */
export interface Slot {
  readonly name: string;
  readonly type?: ValueType;
  readonly dtype?: DType;
  readonly dims?: readonly Dim[];
}

export type ModelSource =
  | Model
  | Uint8Array
  | { readonly bytes: Uint8Array; readonly externalData: Readonly<Record<string, Uint8Array>> }
  | { readonly path: string };

export interface SessionOptions extends LongWork {
  /** Intra-op threads; default 1. Above 1, spinning is off, so that several sessions can be compared. */
  readonly threads?: number;
  /** Graph optimisation of the runtime; default 'all'. */
  readonly optimize?: 'none' | 'basic' | 'extended' | 'all';
  /** Binds symbolic dims. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly trace?: boolean;
  /** Passed through to the runtime's own options. */
  readonly native?: object;
}

export interface RunOptions {
  /** Outputs to compute; default: all tensor outputs. */
  readonly fetches?: readonly string[];
  readonly keepOnDevice?: readonly string[];
  readonly signal?: AbortSignal;
}

/** One node's run in the runtime's own trace. Times in microseconds from the session's start. */
export interface TraceEvent {
  readonly node: string;
  readonly opType: string;
  readonly provider: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Feeds are borrowed until `run` settles; outputs belong to the caller and never alias the runtime's memory. */
export interface Session {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>, options?: RunOptions & { keepOnDevice?: undefined }): Promise<Record<string, Tensor>>;
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>, options: RunOptions): Promise<Record<string, Tensor | DeviceTensor>>;
  trace?(): Promise<readonly TraceEvent[]>;
  release(): Promise<void>;
}

export interface Backend {
  readonly name: string;
  readonly target: Target;
  /** What it cannot run of this model, node by node; empty: all of it. */
  supports(model: Model): readonly Skip[];
  createSession(source: ModelSource, options?: SessionOptions): Promise<Session>;
}
