// Extents a kernel saw, from its trace event.
import type { Receipt, ReceiptNode } from '@modeldiet/profiler';

type Dims = readonly number[];

function dimsIn(list: unknown): Dims | undefined {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const dims: unknown = first && Object.values(first)[0];
  return Array.isArray(dims) && dims.every(Number.isInteger) ? (dims as number[]) : undefined;
}

/** Of the first input and the first output; undefined where the trace has none. */
export function seenBy({ events }: Receipt, { kernel, opType }: ReceiptNode): { readonly input: Dims; readonly output: Dims } | undefined {
  const event = events.find((candidate) => candidate.node === kernel && candidate.opType === opType);
  const input = dimsIn(event?.args.input_type_shape);
  const output = dimsIn(event?.args.output_type_shape);
  return input && output ? { input, output } : undefined;
}
