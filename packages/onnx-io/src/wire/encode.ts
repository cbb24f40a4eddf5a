// A message as bytes in canonical order (by field number, unknown fields last), with room left for payloads that are not in memory.
import type { Message } from './decode';
import { type Field, fieldsOf, type MessageName, type Scalar } from './messages';
import type { Int } from './reader';
import { delimited, double, float, floats, integer, integers, putVarint, raw, room, string, varint, varintLength, type Writer, writerOf } from './writer';

/** A payload that is not in memory as bytes yet, and how many there will be. */
export interface Splice {
  readonly byteLength: number;
}
export interface Encoded<S extends Splice> {
  /** The message without the spliced payloads. */
  readonly bytes: Uint8Array;
  /** In order: before `bytes[at]` comes this payload. */
  readonly splices: readonly { readonly at: number; readonly payload: S }[];
  readonly byteLength: number;
}

interface Out<S extends Splice> extends Writer {
  readonly payloads: ReadonlyMap<object, S>;
  readonly splices: { at: number; readonly payload: S }[];
  /** Bytes of payloads so far. */
  absent: number;
}

/** A switch, as in decode.ts. */
function scalarTo(out: Writer, scalar: Scalar, value: unknown): void {
  switch (scalar) {
    case 'string':
      string(out, value as string);
      return;
    case 'bytes':
      delimited(out, value as Uint8Array);
      return;
    case 'float':
      float(out, value as number);
      return;
    case 'double':
      double(out, value as number);
      return;
    default:
      integer(out, value as Int);
  }
}

/** Writes the length of what was written since `at`, where one byte was left for it: mostly that is enough. */
function closeLength<S extends Splice>(out: Out<S>, at: number, absent: number, splices: number): void {
  const total = out.length - at - 1 + out.absent - absent;
  if (total < 128) {
    out.bytes[at] = total;
    return;
  }
  const extra = varintLength(total) - 1;
  room(out, extra);
  out.bytes.copyWithin(at + 1 + extra, at + 1, out.length);
  out.length += extra;
  for (let i = splices; i < out.splices.length; i++) out.splices[i]!.at += extra;
  putVarint(out.bytes, at, total);
}

function splice<S extends Splice>(out: Out<S>, payload: S): void {
  varint(out, payload.byteLength);
  out.splices.push({ at: out.length, payload });
  out.absent += payload.byteLength;
}

/** One value behind its tag. A message may come as its bytes. */
function one<S extends Splice>(out: Out<S>, { tag, scalar, message }: Field, value: unknown): void {
  varint(out, tag);
  if (scalar) {
    const payload = scalar === 'bytes' && out.payloads.get(value as Uint8Array);
    if (payload) splice(out, payload);
    else scalarTo(out, scalar, value);
    return;
  }
  if (value instanceof Uint8Array) {
    delimited(out, value);
    return;
  }
  const { length: at, absent, splices } = out;
  const before = splices.length;
  varint(out, 0);
  body(out, message!, value as Message);
  closeLength(out, at, absent, before);
}

function run<S extends Splice>(out: Out<S>, { number, scalar }: Field, values: readonly unknown[]): void {
  const payload = out.payloads.get(values);
  if (!payload && !values.length) return;
  varint(out, number * 8 + 2);
  if (payload) {
    splice(out, payload);
    return;
  }
  const { length: at, absent, splices } = out;
  varint(out, 0);
  for (const value of values) scalarTo(out, scalar!, value);
  closeLength(out, at, absent, splices.length);
}

function many<S extends Splice>(out: Out<S>, field: Field, values: readonly unknown[]): void {
  const { tag: header, scalar, wireType } = field;
  if (header > 127 || !scalar || wireType === 2) for (const value of values) one(out, field, value);
  else if (wireType === 0) integers(out, header, values as readonly Int[]);
  else if (scalar === 'float') floats(out, header, values as readonly number[]);
  else for (const value of values) one(out, field, value);
}

function body<S extends Splice>(out: Out<S>, type: MessageName, message: Message): void {
  for (const field of fieldsOf(type).all) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.packed) run(out, field, value as readonly unknown[]);
    else if (field.repeated) many(out, field, value as readonly unknown[]);
    else one(out, field, value);
  }
  if (message.$unknowns) for (const content of message.$unknowns) raw(out, content);
}

/**
 * Encodes `message`. Some of its packed arrays and byte strings may stand for payloads: `payloads` knows them, their bytes are counted in every enclosing length, and
 * their places are returned, so the message is written once, in one pass, without the weights. `capacity`: bytes there is room for to begin with.
 */
export function encode<S extends Splice>(type: MessageName, message: Message, payloads: ReadonlyMap<object, S>, capacity?: number): Encoded<S> {
  const out: Out<S> = { ...writerOf(capacity), payloads, splices: [], absent: 0 };
  body(out, type, message);
  return { bytes: capacity ? out.bytes.subarray(0, out.length) : out.bytes.slice(0, out.length), splices: out.splices, byteLength: out.length + out.absent };
}
