// An encoded structure and its payloads as a stream of chunks, in the order of the file; never more than one weight in memory.
import { bytesOf, checkpoint, isResident, type LongWork, materialize } from '@modeldiet/tensor';
import { fail } from '../errors';
import { aheadReader, type Payload, type RangeReader, readSpans } from '../payload';
import type { Encoded } from './codec';

/** The bytes of one payload. A lazy weight is loaded, written and let go. Throws `onnx-io/weight-size` when it has not the bytes it said. */
export async function* payloadBytes({ from, byteLength }: Payload, work?: LongWork, read?: RangeReader): AsyncGenerator<Uint8Array> {
  let sent = 0;
  if ('type' in from) {
    const bytes = bytesOf(await materialize(from, work));
    sent = bytes.byteLength;
    if (sent === byteLength) yield bytes;
  } else
    for await (const chunk of readSpans(from, work, read)) {
      sent += chunk.byteLength;
      yield chunk;
    }
  if (sent !== byteLength) throw fail('weight-size', { expected: `${byteLength} bytes`, actual: `${sent}` });
}

/** The whole message in one array. What is in memory is copied at once; the rest is read like {@link pieces}. */
export async function writeAll({ bytes, splices, byteLength }: Encoded<Payload>, work?: LongWork): Promise<Uint8Array> {
  const all = new Uint8Array(byteLength);
  const read = aheadReader();
  let at = 0;
  let done = 0;
  for (const { at: place, payload } of splices) {
    all.set(bytes.subarray(at, place), done);
    done += place - at;
    at = place;
    await checkpoint(work, { phase: 'save', done, total: byteLength, unit: 'bytes' });
    const { from } = payload;
    const here = 'type' in from && isResident(from) ? bytesOf(from) : undefined;
    if (here?.byteLength === payload.byteLength) {
      all.set(here, done);
      done += here.byteLength;
    } else
      for await (const chunk of payloadBytes(payload, work, read)) {
        all.set(chunk, done);
        done += chunk.byteLength;
      }
  }
  all.set(bytes.subarray(at), done);
  await checkpoint(work, { phase: 'save', done: byteLength, total: byteLength, unit: 'bytes' });
  return all;
}

/** The whole message. */
export async function* pieces({ bytes, splices, byteLength }: Encoded<Payload>, work?: LongWork): AsyncGenerator<Uint8Array> {
  const read = aheadReader();
  let at = 0;
  let done = 0;
  for (const splice of splices) {
    if (splice.at > at) yield bytes.subarray(at, splice.at);
    done += splice.at - at;
    at = splice.at;
    await checkpoint(work, { phase: 'save', done, total: byteLength, unit: 'bytes' });
    yield* payloadBytes(splice.payload, work, read);
    done += splice.payload.byteLength;
  }
  if (at < bytes.length) yield bytes.subarray(at);
  await checkpoint(work, { phase: 'save', done: byteLength, total: byteLength, unit: 'bytes' });
}
