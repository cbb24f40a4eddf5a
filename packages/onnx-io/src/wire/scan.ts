// Splits a file into its structure and its weights without reading the weights (protobuf encoding: protobuf.dev/programming-guides/encoding).
import { fail } from '../errors';
import type { ByteSource } from '../source/byte-source';
import { type MessageType, modelType, residentBytes } from './fields';
import { type Limits, overLimit } from './limits';

/** A payload left in the file: a field of a TensorProto, and where its content lies. */
export interface Cut {
  readonly field: number;
  readonly offset: number;
  readonly length: number;
}

export interface Scan {
  /** The file without its weights; each cut has an empty stand-in field in its place. */
  readonly skeleton: Uint8Array;
  /** By the byte offset of the stand-in in the skeleton: a file cannot forge one. */
  readonly cuts: ReadonlyMap<number, Cut>;
}

/** Field 19000 (protobuf keeps 19000-19999 for itself), length-delimited, empty. */
const standIn = Uint8Array.of(0xc2, 0xa3, 0x09, 0x00);
const windowBytes = 64 * 1024;
const headerBytes = 15;

interface Frame {
  readonly type: MessageType;
  readonly end: number;
  /** Where in the skeleton this message's length is filled in; -1 for the whole file. */
  readonly lengthAt: number;
}

/** Walks the file once. Throws `onnx-io/truncated`, `corrupt`, `over-limit`. `type` is what the source holds: a ModelProto. */
export async function scan(source: ByteSource, limits: Limits, type: MessageType = modelType): Promise<Scan> {
  const { size, name: file, readAhead = windowBytes } = source;
  let window = source.bytes ?? new Uint8Array(0);
  let start = 0;
  let out = new Uint8Array(Math.min(size + 64, windowBytes));
  let length = 0;
  const cuts = new Map<number, Cut>();
  const stack: Frame[] = [{ type, end: size, lengthAt: -1 }];
  let pos = 0;
  /** Everything before this is in the skeleton, or cut. */
  let kept = 0;

  const holds = (offset: number, count: number): boolean => offset >= start && offset + count <= start + window.length;
  const fill = async (offset: number, count: number): Promise<void> => {
    window = await source.read(offset, Math.min(size - offset, Math.max(count, readAhead)));
    start = offset;
  };
  const room = (count: number): void => {
    if (length + count > limits.structureBytes) throw overLimit('structureBytes', limits, length + count, file);
    if (length + count <= out.length) return;
    const grown = new Uint8Array(Math.min(Math.max(out.length * 2, length + count), limits.structureBytes));
    grown.set(out.subarray(0, length));
    out = grown;
  };
  const put = (bytes: Uint8Array): void => {
    room(bytes.length);
    out.set(bytes, length);
    length += bytes.length;
  };
  /** Copies the file up to `end` into the skeleton. Called only where something else follows, so that runs are copied whole. */
  const keep = async (end: number): Promise<void> => {
    if (length + end - kept > limits.structureBytes) throw overLimit('structureBytes', limits, length + end - kept, file);
    while (kept < end) {
      if (!holds(kept, 1)) await fill(kept, Math.min(end - kept, 4 * 1024 * 1024));
      const upTo = Math.min(end, start + window.length);
      put(window.subarray(kept - start, upTo - start));
      kept = upTo;
    }
  };
  const cutShort = (offset: number, expected: number, frame: Frame): Error =>
    stack.length === 1
      ? fail('truncated', { where: { file, offset }, expected: `${expected} more bytes`, actual: `${size - offset}` })
      : fail('corrupt', { where: { file, offset } }, `a field of ${frame.type.name} is longer than its message`);
  /** A varint at `pos`, which moves behind it. Exact up to 2^53; longer numbers are only ever lengths that cannot fit. */
  const varint = (frame: Frame): number => {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (pos >= frame.end) throw cutShort(pos, 1, frame);
      const byte = window[pos++ - start]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw fail('corrupt', { where: { file, offset: pos } }, 'a varint is longer than 10 bytes');
  };

  for (;;) {
    const frame = stack[stack.length - 1]!;
    if (pos === frame.end) {
      stack.pop();
      if (kept < pos) await keep(pos);
      if (frame.lengthAt < 0) break;
      patch(out, frame.lengthAt, length - frame.lengthAt - 5);
      continue;
    }
    const field = pos;
    const ahead = Math.min(headerBytes, size - pos);
    if (!holds(pos, ahead)) {
      if (kept < pos) await keep(pos);
      if (!holds(pos, ahead)) await fill(pos, ahead);
    }
    const tag = varint(frame);
    const number = Math.floor(tag / 8);
    if (number === 0 || tag > 0xffffffff) throw fail('corrupt', { where: { file, offset: field } }, `${frame.type.name} has a field with number ${number}`);
    const wire = tag % 8;
    if (wire === 0) varint(frame);
    else if (wire === 1 || wire === 5) pos += wire === 1 ? 8 : 4;
    else if (wire !== 2) throw fail('corrupt', { where: { file, offset: field } }, `${frame.type.name} has a field of wire type ${wire}`);
    if (wire !== 2) {
      if (pos > frame.end) throw cutShort(field, pos - field, frame);
      continue;
    }
    const header = pos;
    const count = varint(frame);
    if (count > frame.end - pos) throw cutShort(pos, count, frame);
    const from = frame.type.payloads?.get(number);
    const child = frame.type.children.get(number);
    if (from !== undefined && count > from) {
      if (kept < field) await keep(field);
      cuts.set(length, { field: number, offset: pos, length: count });
      put(standIn);
      kept = pos += count;
    } else if (child && count > residentBytes) {
      // A message no longer than that cannot hold a cut: it is copied as it is.
      if (stack.length >= limits.depth) throw overLimit('depth', limits, stack.length + 1, file);
      if (kept < header) await keep(header);
      kept = pos;
      stack.push({ type: child, end: pos + count, lengthAt: length });
      room(5);
      length += 5;
    } else pos += count;
  }
  return { skeleton: out.subarray(0, length), cuts };
}

/** A length as a varint of exactly five bytes, which readers accept. */
function patch(out: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4; i++) out[at + i] = (Math.floor(value / 128 ** i) & 127) | 128;
  out[at + 4] = Math.floor(value / 128 ** 4) & 127;
}
