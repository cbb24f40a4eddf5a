// Weights by name as a safetensors file, in the order of its reference writer: by type, then by name.
import type { LongWork, Weight } from '@modeldiet/tensor';
import { originOf, type Payload, spansLength } from '../payload';
import { rawLengthOf } from '../tensor-data';
import { payloadBytes } from '../wire/write';
import { buildHeader, rankOf } from './format';

export interface SaveSafetensorsOptions extends LongWork {
  readonly metadata?: ReadonlyMap<string, string>;
}
export interface PlannedSafetensors {
  readonly header: Uint8Array;
  readonly payloads: readonly Payload[];
  readonly byteLength: number;
}

/** Header and payloads. Throws `onnx-io/safetensors-dtype` for what the format does not have (strings, 4-bit integers). */
export function planSafetensors(weights: ReadonlyMap<string, Weight>, metadata: ReadonlyMap<string, string> = new Map()): PlannedSafetensors {
  const ordered = [...weights].sort(([a, x], [b, y]) => rankOf(y.type) - rankOf(x.type) || (a < b ? -1 : 1));
  const header = buildHeader(
    ordered.map(([name, weight]) => ({ name, type: weight.type, dims: weight.dims, length: weight.type === 'string' ? 0 : rawLengthOf(weight) })),
    metadata,
  );
  const payloads = ordered.map(([, weight]): Payload => {
    const origin = originOf(weight);
    const copied = origin && (origin.field === 'rawData' || origin.field === 'external') && origin.spans.length;
    return copied ? { byteLength: spansLength(origin.spans), from: origin.spans } : { byteLength: rawLengthOf(weight), from: weight };
  });
  return { header, payloads, byteLength: payloads.reduce((sum, { byteLength }) => sum + byteLength, header.length) };
}

/** The file as chunks; one weight is in memory at a time. */
export async function* safetensorsChunks({ header, payloads }: PlannedSafetensors, work?: LongWork): AsyncGenerator<Uint8Array> {
  yield header;
  for (const payload of payloads) yield* payloadBytes(payload, work);
}

/** A safetensors file in memory. Throws `onnx-io/safetensors-dtype`. */
export async function saveSafetensors(weights: ReadonlyMap<string, Weight>, options: SaveSafetensorsOptions = {}): Promise<Uint8Array> {
  const plan = planSafetensors(weights, options.metadata);
  const out = new Uint8Array(plan.byteLength);
  let at = 0;
  for await (const chunk of safetensorsChunks(plan, options)) {
    out.set(chunk, at);
    at += chunk.byteLength;
  }
  return out;
}
