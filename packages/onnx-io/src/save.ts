// Model -> bytes: the structure by the codec, the weights spliced in as they are read.

import type { LongWork, Warning } from '@modeldiet/tensor';
import { modelTo } from './convert/model';
import { fail } from './errors';
import { type DataFile, defaultMaxBytes, moveExternal, type Plan, planExternal, relocate, type SaveOptions } from './external-plan';
import type { Model } from './ir/model';
import { requireModel } from './ir/require-model';
import type { Payload } from './payload';
import { type Encoded, encodeModel } from './wire/codec';
import { payloadBytes, writeAll } from './wire/write';

export type { ExternalOptions, SaveOptions } from './external-plan';

export interface Saved {
  readonly bytes: Uint8Array;
  /** Data files by location; empty when the weights are inside. */
  readonly externalData: Readonly<Record<string, Uint8Array>>;
  /** What was only seen when weights were read or computed. */
  readonly warnings: readonly Warning[];
}

/**
 * A model as bytes, in canonical field order: an untouched model whose file was in that order gives the same bytes. For models that fit in memory;
 * `writeModel` of `@modeldiet/onnx-io/node` streams to a file. Throws `onnx-io/too-large` beyond what one protobuf can hold.
 */
export async function saveModel(model: Model, options: SaveOptions & LongWork = {}): Promise<Saved> {
  requireModel(model);
  const warnings: Warning[] = [];
  const work: LongWork = {
    ...options,
    onWarning: (warning) => {
      warnings.push(warning);
      options.onWarning?.(warning);
    },
  };
  const { plan, encoded } = await encodePlanned(model, options);
  const externalData: Record<string, Uint8Array> = {};
  for (const { location, size, parts } of plan.files) {
    const bytes = new Uint8Array(size);
    for (const { offset, payload } of parts) await collect(payloadBytes(payload, work), bytes, offset);
    externalData[location] = bytes;
  }
  const bytes = await writeAll(encoded, work);
  return { bytes, externalData, warnings };
}

async function collect(chunks: AsyncIterable<Uint8Array>, into: Uint8Array, offset: number): Promise<void> {
  let at = offset;
  for await (const chunk of chunks) {
    into.set(chunk, at);
    at += chunk.byteLength;
  }
}

/** The structure of a model, with the places of its payloads. */
function encodeStructure(model: Model, { entries }: Plan): Encoded<Payload> {
  const payloads = new Map<object, Payload>();
  return encodeModel(modelTo(model, { payloads, external: entries }), payloads);
}

export interface Planned {
  readonly plan: Plan;
  readonly encoded: Encoded<Payload>;
}

/**
 * The structure and the data files that the options ask for; outside by itself where the model would not fit a protobuf file.
 * `place` may give a data file another location. Throws `onnx-io/too-large`.
 */
export async function encodePlanned(model: Model, options: SaveOptions, location?: string, place?: (file: DataFile) => Promise<string>): Promise<Planned> {
  const { externalData, maxBytes = defaultMaxBytes } = options;
  const placed = async (plan: Plan): Promise<Planned> => {
    const moved = place && plan.files.length ? await relocate(plan, place) : plan;
    return { plan: moved, encoded: encodeStructure(model, moved) };
  };
  const first = await placed(planExternal(model, options, location));
  if (first.encoded.byteLength <= maxBytes) return first;
  const second = externalData === undefined ? await placed(moveExternal(model, location === undefined ? {} : { location })) : first;
  if (second.encoded.byteLength <= maxBytes) return second;
  throw fail('too-large', { where: { option: 'maxBytes' }, expected: `<= ${maxBytes} bytes`, actual: second.encoded.byteLength });
}
