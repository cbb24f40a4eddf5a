// What a session's owner and a worker say to each other. Everything is plain data; outputs are transferred, feeds are copied, since they are borrowed.
import { type ErrorKind, isModelDietError, ModelDietError, type Where } from '@modeldiet/numfmt';
import type { Progress, Tensor, Warning } from '@modeldiet/tensor';
import type { ModelSource, SessionOptions, Slot, TraceEvent } from '../backend';
import type { Target } from '../targets/target';

export type Source = Exclude<ModelSource, { readonly graph: unknown }>;
export type PlainOptions = Omit<SessionOptions, 'signal' | 'onProgress' | 'onWarning'>;

/** Calls and what they answer. */
export interface Calls {
  hello: { give: undefined; get: { readonly name: string; readonly runtime: string; readonly target: Target } };
  create: { give: { readonly source: Source; readonly options: PlainOptions }; get: Opened };
  run: {
    give: { readonly session: number; readonly feeds: Readonly<Record<string, Tensor>>; readonly fetches?: readonly string[] };
    get: Record<string, Tensor>;
  };
  trace: { give: { readonly session: number }; get: readonly TraceEvent[] };
  release: { give: { readonly session: number }; get: undefined };
}
export interface Opened {
  readonly session: number;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly notFetched: Readonly<Record<string, string>>;
  readonly traces: boolean;
}

export type Request =
  | { [K in keyof Calls]: { readonly id: number; readonly call: K; readonly give: Calls[K]['give'] } }[keyof Calls]
  | { readonly cancel: number };
export type Reply =
  | { readonly id: number; readonly get: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly id: number; readonly warning: Warning }
  | { readonly id: number; readonly progress: Progress };

export interface PlainError {
  readonly typed?: { readonly kind: ErrorKind; readonly code: string; readonly where: Where; readonly expected?: unknown; readonly actual?: unknown };
  readonly name: string;
  readonly message: string;
}

/** Structured clone keeps no class of ours: an error crosses as data. */
export function toPlain(e: unknown): PlainError {
  const { name, message } = e instanceof Error ? e : { name: 'Error', message: String(e) };
  if (!isModelDietError(e)) return { name, message };
  const { kind, code, where, expected, actual } = e;
  // What was met may be anything; what cannot be cloned is said in words.
  const safe = (x: unknown): unknown => (typeof x === 'function' || typeof x === 'symbol' ? String(x) : x);
  return { typed: { kind, code, where, expected: safe(expected), actual: safe(actual) }, name, message };
}

export function fromPlain({ typed, name, message }: PlainError): Error {
  if (typed) return new ModelDietError(typed.kind, typed.code, message, typed);
  const error = new Error(message);
  error.name = name;
  return error;
}

/** A Web Worker or its `self`, a worker of node:worker_threads or its `parentPort`, a MessagePort. */
export interface Port {
  postMessage(message: unknown, transfer?: unknown): void;
  addEventListener?(type: string, listener: (event: object) => void): void;
  on?(event: string, listener: (message: unknown) => void): unknown;
  start?(): void;
}

/** Calls `listener` with the data of every message. Node's ports have `on`, which gives the data itself. */
export function listen<M>(port: Port, listener: (message: M) => void): void {
  // Both sides of the port are this package's: what comes is what the other side was typed to send.
  if (port.on) port.on('message', (message) => listener(message as M));
  else port.addEventListener?.('message', (event) => listener((event as { readonly data: M }).data));
  port.start?.();
}

/**
 * Calls `ended` when nothing will come from the other side any more. Node tells of a worker's exit and of a port that was closed; a browser only of a script
 * that failed, `terminate()` it keeps to itself.
 */
export function onEnd(port: Port, ended: (cause?: unknown) => void): void {
  if (!port.on) {
    port.addEventListener?.('error', (event) => ended('message' in event ? event.message : undefined));
    return;
  }
  let cause: unknown;
  port.on('error', (e) => {
    cause = e;
  });
  port.on('exit', () => ended(cause));
  port.on('close', () => ended(cause));
}
