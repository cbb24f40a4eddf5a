// A receipt's events as a timeline: the Trace Event Format that Perfetto (ui.perfetto.dev) and chrome://tracing open. One complete event ('X') a kernel, one row a provider.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
import type { TraceEvent } from '@modeldiet/runtime';
import type { Receipt } from './receipt';

/** Times in microseconds. */
export interface TraceFileEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface TraceFile {
  readonly traceEvents: readonly TraceFileEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, unknown>>;
}

const pid = 1;
const named = (name: string, tid: number, label: string): TraceFileEvent => ({ name, cat: '__metadata', ph: 'M', pid, tid, args: { name: label } });

/**
 * JSON for Perfetto of the counted runs: name is the operator, the node is in `args`. Starts at 0.
 * @example
 * await writeFile('trace.json', JSON.stringify(toTraceEvents(await profileModel(model, { backend, feeds }))));
 */
export function toTraceEvents({ events, backend, runtime, threads, runs }: Pick<Receipt, 'events' | 'backend' | 'runtime' | 'threads' | 'runs'>): TraceFile {
  const start = events.reduce((least, { startUs }) => Math.min(least, startUs), Number.POSITIVE_INFINITY);
  const providers = [...new Set(events.map(({ provider }) => provider))];
  const tidOf = (provider: string): number => providers.indexOf(provider) + 1;
  const kernel = ({ node, opType, provider, startUs, durationUs, args }: TraceEvent): TraceFileEvent => ({
    name: opType,
    cat: 'kernel',
    ph: 'X',
    pid,
    tid: tidOf(provider),
    ts: startUs - start,
    dur: durationUs,
    args: { node, ...args },
  });
  return {
    traceEvents: [
      named('process_name', 0, `${runtime} (${backend})`),
      ...providers.map((provider) => named('thread_name', tidOf(provider), provider)),
      ...events.map(kernel),
    ],
    displayTimeUnit: 'ms',
    otherData: { runtime, backend, threads, runs },
  };
}
