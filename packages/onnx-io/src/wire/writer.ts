// Bytes in protobuf's encoding, into one growing array.
import type { Int } from './reader';

export interface Writer {
  bytes: Uint8Array;
  length: number;
}

/** `capacity`: bytes to begin with; the array doubles when it is full. */
export const writerOf = (capacity = 256): Writer => ({ bytes: new Uint8Array(capacity), length: 0 });

/** Makes room for `count` more bytes. */
export function room(writer: Writer, count: number): void {
  const wanted = writer.length + count;
  if (wanted <= writer.bytes.length) return;
  const grown = new Uint8Array(Math.max(wanted, 2 * writer.bytes.length));
  grown.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = grown;
}

export function raw(writer: Writer, content: Uint8Array): void {
  room(writer, content.length);
  writer.bytes.set(content, writer.length);
  writer.length += content.length;
}

/** Bytes that a non-negative integer takes as a varint. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a varint at `at`, where there is room for it; returns where it ends. `value`: a non-negative safe integer. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[to++] = (rest % 128) | 128;
  bytes[to++] = rest;
  return to;
}

export function varint(writer: Writer, value: number): void {
  if (writer.length + 10 > writer.bytes.length) room(writer, 10);
  if (value < 128) writer.bytes[writer.length++] = value;
  else writer.length = putVarint(writer.bytes, writer.length, value);
}

/** An int32, int64 or uint64; negative numbers take ten bytes. */
export function integer(writer: Writer, value: Int): void {
  if (typeof value === 'number' && value >= 0) {
    varint(writer, value);
    return;
  }
  room(writer, 10);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) writer.bytes[writer.length++] = Number(rest & 127n) | 128;
  writer.bytes[writer.length++] = Number(rest);
}

const number = new DataView(new ArrayBuffer(8));
const numberBytes = new Uint8Array(number.buffer);
const fourBytes = numberBytes.subarray(0, 4);

export function float(writer: Writer, value: number): void {
  number.setFloat32(0, value, true);
  raw(writer, fourBytes);
}
export function double(writer: Writer, value: number): void {
  number.setFloat64(0, value, true);
  raw(writer, numberBytes);
}

/** Every float with the tag `header`, of one byte, before it. */
export function floats(writer: Writer, header: number, values: readonly number[]): void {
  room(writer, 5 * values.length);
  const { bytes } = writer;
  const view = new DataView(bytes.buffer);
  let { length } = writer;
  for (let i = 0; i < values.length; i++) {
    bytes[length] = header;
    view.setFloat32(length + 1, values[i]!, true);
    length += 5;
  }
  writer.length = length;
}
/** Every integer with the tag `header`, of one byte, before it. What takes one byte or two is written here. */
export function integers(writer: Writer, header: number, values: readonly Int[]): void {
  let { bytes, length } = writer;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (length + 3 > bytes.length) {
      writer.length = length;
      room(writer, 3);
      bytes = writer.bytes;
    }
    bytes[length++] = header;
    if (typeof value === 'number' && value >= 0 && value < 16384) {
      if (value > 127) bytes[length++] = (value & 127) | 128;
      bytes[length++] = value > 127 ? value >> 7 : value;
    } else {
      writer.length = length;
      integer(writer, value);
      ({ bytes, length } = writer);
    }
  }
  writer.length = length;
}

/** Content with its length before it. */
export function delimited(writer: Writer, content: Uint8Array): void {
  varint(writer, content.length);
  raw(writer, content);
}

const utf8 = new TextEncoder();
/** For texts up to this there is room for three bytes a code unit, the most there can be; a longer one is encoded by itself first. */
const longText = 2 ** 16;

/** Short ASCII, as names are, goes in as it is: an encoder's call costs more. */
export function string(writer: Writer, text: string): void {
  const { length } = text;
  const start = writer.length;
  if (length < 64) {
    if (start + length + 1 > writer.bytes.length) room(writer, length + 1);
    const { bytes } = writer;
    bytes[start] = length;
    let i = 0;
    for (let code = 0; i < length && (code = text.charCodeAt(i)) < 128; i++) bytes[start + 1 + i] = code;
    if (i === length) {
      writer.length = start + 1 + length;
      return;
    }
  }
  if (length > longText) {
    delimited(writer, utf8.encode(text));
    return;
  }
  // The length is known after the text, and mostly fits into the bytes that were left for it.
  room(writer, 3 * length + 10);
  const left = varintLength(length);
  const { written } = utf8.encodeInto(text, writer.bytes.subarray(start + left));
  const needed = varintLength(written);
  if (needed !== left) writer.bytes.copyWithin(start + needed, start + left, start + left + written);
  putVarint(writer.bytes, start, written);
  writer.length = start + needed + written;
}
