// ORT's profile (chrome trace JSON) as TraceEvents.
import type { TraceEvent } from '../backend';
import { fail } from '../errors';

interface Entry {
  readonly cat?: string;
  readonly name?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const kernel = '_kernel_time';

/** The kernels of every run, in time order; `args` keeps ORT's own (shapes, sizes in bytes, peak memory). Events outside nodes are `opType` ''. */
export function parseTrace(text: string): TraceEvent[] {
  let entries: readonly Entry[];
  try {
    entries = JSON.parse(closed(text)) as readonly Entry[];
  } catch (cause) {
    throw fail('trace-unavailable', { cause }, 'the trace is not the JSON that ONNX Runtime writes');
  }
  const events: TraceEvent[] = [];
  for (const { cat, name = '', ts = 0, dur = 0, args = {} } of entries) {
    const isKernel = cat === 'Node' && name.endsWith(kernel);
    if (!isKernel && cat !== 'Session') continue;
    const node = isKernel ? name.slice(0, -kernel.length) : name;
    const text = (key: string): string => (typeof args[key] === 'string' ? args[key] : '');
    events.push({ node, opType: isKernel ? text('op_name') : '', provider: text('provider'), startUs: ts, durationUs: dur, args });
  }
  return events.sort((a, b) => a.startUs - b.startUs);
}

/** A profile cut short, as when the runtime flushed late, still ends in a bracket. */
const closed = (text: string): string => {
  const trimmed = text.trim().replace(/,$/, '');
  return trimmed.endsWith(']') ? trimmed : `${trimmed}]`;
};
