// Protobuf's numbers and strings from bytes (protobuf.dev/programming-guides/encoding). Every length is checked before it is used; byte strings are views.
import { type Limits, overLimit } from './limits';
import { stringReader } from './strings';

/** int64 as a number where that is exact, else as a bigint. */
export type Int = number | bigint;

export interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly limits: Limits;
  readonly file?: string;
  readonly text: ReturnType<typeof stringReader>;
  pos: number;
  /** End of the message at hand. */
  end: number;
  /** Length-delimited fields so far, against `limits.fields`. */
  fields: number;
  /** TypeProtos by their bytes. */
  readonly types: Map<string, Record<string, unknown>>;
  /** Entries of the lists at hand, inner ones above outer ones: an array that is cut from it is exactly as long as it has to be. */
  readonly stack: unknown[];
  /** How many of them there are. */
  top: number;
}

export const readerOf = (bytes: Uint8Array, limits: Limits, file?: string): Reader => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  limits,
  file,
  text: stringReader(bytes.length),
  pos: 0,
  end: bytes.length,
  fields: 0,
  types: new Map(),
  stack: [],
  top: 0,
});

/** The upper half of the varint read last; `varint` returns the lower one. A module variable, since a pair a varint would be garbage. */
let high = 0;

/** Reads a varint of at most ten bytes: returns its low 32 bits, leaves the high ones in `high`. Both unsigned. */
function varint(reader: Reader): number {
  if (reader.pos < reader.end) {
    const first = reader.bytes[reader.pos]!;
    if (first < 128) {
      reader.pos++;
      high = 0;
      return first;
    }
  }
  return longVarint(reader);
}

function longVarint(reader: Reader): number {
  const { bytes, end } = reader;
  let low = 0;
  high = 0;
  for (let i = 0; i < 10; i++) {
    if (reader.pos >= end) throw new RangeError('a number runs past the end of its message');
    const byte = bytes[reader.pos++]!;
    const part = byte & 127;
    if (i < 4) low |= part << (7 * i);
    else if (i === 4) {
      low |= part << 28;
      high = part >> 4;
    } else high |= part << (7 * i - 32);
    if (byte < 128) {
      high >>>= 0;
      return low >>> 0;
    }
  }
  throw new RangeError('a varint is longer than 10 bytes');
}

const join = (upper: number, lower: number): Int => {
  const value = upper * 2 ** 32 + lower;
  return Number.isSafeInteger(value) ? value : (BigInt(upper) << 32n) | BigInt(lower);
};

export const int32 = (reader: Reader): number => varint(reader) | 0;
export const uint64 = (reader: Reader): Int => {
  const low = varint(reader);
  return join(high, low);
};
export const int64 = (reader: Reader): Int => {
  const low = varint(reader);
  return join(high | 0, low);
};

/** Steps over `count` bytes and returns where they start. */
function step(reader: Reader, count: number): number {
  const start = reader.pos;
  if (count > reader.end - start) throw new RangeError('a field is longer than its message');
  reader.pos = start + count;
  return start;
}
export const float = (reader: Reader): number => reader.view.getFloat32(step(reader, 4), true);
export const double = (reader: Reader): number => reader.view.getFloat64(step(reader, 8), true);

/** Field number and wire type: `number << 3 | type`. */
export function tag(reader: Reader): number {
  const value = varint(reader);
  if (high !== 0 || value < 8) throw new RangeError('a field has no field number');
  if ((value & 7) === 2 && ++reader.fields > reader.limits.fields) throw overLimit('fields', reader.limits, reader.fields, reader.file);
  return value;
}

/** Steps over the tag `header` where it comes next: the entries of a list mostly follow each other. Tags of more than a byte are left to {@link tag}. */
export function sameTag(reader: Reader, header: number): boolean {
  if (reader.pos >= reader.end || reader.bytes[reader.pos] !== header || header > 127) return false;
  tag(reader);
  return true;
}

/** A length that fits into the message. */
export function size(reader: Reader): number {
  const low = varint(reader);
  if (high !== 0 || low > reader.end - reader.pos) throw new RangeError('a field is longer than its message');
  return low;
}

/** How many values of one wire type stand in [pos, end) with the tag `header`, of one byte, before each but the first. A value that has no end there counts too: reading it fails. */
function countTagged({ bytes, pos, end }: Reader, header: number): number {
  const wire = header & 7;
  const width = wire === 5 ? 4 : 8;
  let count = 1;
  let at = pos;
  for (;;) {
    if (wire === 0) while (at < end && bytes[at++]! > 127);
    else at += width;
    if (at >= end || bytes[at] !== header) return count;
    count++;
    at++;
  }
}

type NumberScalar = 'int32' | 'int64' | 'uint64' | 'float' | 'double';

/** More than this are not made room for at once: engines keep longer arrays that are not full as tables. */
const longestArray = 2 ** 20;

/** The numbers of a field that is repeated with its tag `header`, of one byte, before each; the first tag is read already. An array of exactly that length. */
export function numbers(reader: Reader, scalar: NumberScalar, header: number): Int[] {
  const count = countTagged(reader, header);
  const all: Int[] = count > longestArray ? [] : new Array(count);
  if (scalar === 'float' || scalar === 'double')
    for (let i = 0; i < count; i++) {
      if (i) reader.pos++;
      all[i] = scalar === 'float' ? float(reader) : double(reader);
    }
  else integers(reader, scalar, all, count);
  return all;
}

/** What takes one byte or two is read here, whatever its type: it is not negative. */
function integers(reader: Reader, scalar: 'int32' | 'int64' | 'uint64', all: Int[], count: number): void {
  const { bytes, end } = reader;
  let { pos } = reader;
  for (let i = 0; i < count; i++) {
    if (i) pos++;
    const first = pos < end ? bytes[pos]! : 128;
    if (first < 128) {
      all[i] = first;
      pos++;
      continue;
    }
    const second = pos + 1 < end ? bytes[pos + 1]! : 128;
    if (second < 128) {
      all[i] = (first & 127) | (second << 7);
      pos += 2;
      continue;
    }
    reader.pos = pos;
    all[i] = scalar === 'int64' ? int64(reader) : scalar === 'int32' ? int32(reader) : uint64(reader);
    pos = reader.pos;
  }
  reader.pos = pos;
}

export function bytes(reader: Reader): Uint8Array {
  const count = size(reader);
  const start = reader.pos;
  return reader.bytes.subarray(start, (reader.pos = start + count));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decoded = (all: Uint8Array, start: number, end: number): string => utf8.decode(all.subarray(start, end));

/** Names come up many times: strings.ts makes each once. */
export function string(reader: Reader): string {
  const count = size(reader);
  const start = reader.pos;
  return reader.text(reader.bytes, start, (reader.pos = start + count), decoded);
}

/** Steps over the content of a field that nobody knows. */
export function skip(reader: Reader, field: number, depth = 0): void {
  const type = field & 7;
  if (type === 0) varint(reader);
  else if (type === 1) step(reader, 8);
  else if (type === 2) step(reader, size(reader));
  else if (type === 5) step(reader, 4);
  else if (type !== 3 || depth >= reader.limits.depth) throw new RangeError(`a field has wire type ${type}`);
  else for (let inner = tag(reader); inner !== field + 1; inner = tag(reader)) skip(reader, inner, depth + 1);
}
