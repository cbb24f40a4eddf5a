// Bytes in protobuf's encoding, into one growing array.
import type { Int } from './reader';

export interface Writer {
  bytes: Uint8Array;
  length: number;
}

export const writerOf = (): Writer => ({ bytes: new Uint8Array(256), length: 0 });

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
  room(writer, 10);
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

/** Content with its length before it. */
export function delimited(writer: Writer, content: Uint8Array): void {
  varint(writer, content.length);
  raw(writer, content);
}

const utf8 = new TextEncoder();

/** Short ASCII, as names are, goes in as it is: an encoder's call costs more. */
export function string(writer: Writer, text: string): void {
  const { length } = text;
  const start = writer.length;
  if (length < 64) {
    room(writer, length + 1);
    const { bytes } = writer;
    bytes[writer.length++] = length;
    let i = 0;
    for (let code = 0; i < length && (code = text.charCodeAt(i)) < 128; i++) bytes[writer.length++] = code;
    if (i === length) return;
    writer.length = start;
  }
  delimited(writer, utf8.encode(text));
}
