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
  /** Intra-op threads; default the backend's, else 1. */
  readonly threads?: number;
  /** Whether threads above 1 wait busily between runs: quicker for the one live session of a process, ruinous for several. Default false, so that sessions can be compared. */
  readonly spin?: boolean;
  /** Graph optimisation of the runtime; default 'all'. */
  readonly optimize?: 'none' | 'basic' | 'extended' | 'all';
  /** Binds symbolic dims of the inputs; feeds must then have them. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly trace?: boolean;
  /** Passed through to the runtime's own options. */
  readonly native?: object;
}

export interface RunOptions {
  /** Outputs to compute, one at least; default: all that can be fetched. */
  readonly fetches?: readonly string[];
  /** Outputs to leave on the device, where the session makes them there; elsewhere they come as ordinary tensors. */
  readonly keepOnDevice?: readonly string[];
  /** Tensors to write outputs into, by output name, where the session can: such an output comes back as the very tensor given, any other as usual. Types and dims must be the output's. */
  readonly into?: Readonly<Record<string, Tensor>>;
  /** Checked before and after; a run that has begun is not cut short, and its feeds stay borrowed until it settles. */
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
  /** Outputs this runtime cannot hand out (a ZipMap's maps, int4 tensors): name -> reason. They are in `outputs` too, and a run leaves them out. */
  readonly notFetched: Readonly<Record<string, string>>;
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>, options?: RunOptions & { keepOnDevice?: undefined }): Promise<Record<string, Tensor>>;
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>, options: RunOptions): Promise<Record<string, Tensor | DeviceTensor>>;
  /** Ends tracing and returns the kernels of all runs so far; there when the session was made with `trace: true`. */
  trace?(): Promise<readonly TraceEvent[]>;
  /** Frees the runtime's memory once running runs have settled; again is allowed. */
  release(): Promise<void>;
}

export interface Backend {
  /** 'cpu', 'wasm', 'webgpu', ... */
  readonly name: string;
  /** The runtime and its version: 'onnxruntime-node 1.30.0'. */
  readonly runtime: string;
  readonly target: Target;
  /** What it cannot run of this model (`runtime/no-kernel`, `runtime/model-too-new`), or runs elsewhere (`runtime/falls-back`), node by node; empty: all of it, here. */
  supports(model: Model): readonly Skip[];
  createSession(source: ModelSource, options?: SessionOptions): Promise<Session>;
}
