// A message from its bytes, as a plain object. What the table does not know stays as bytes in `$unknowns`, in order.
import { overLimit } from './limits';
import { type Field, fieldsOf, type MessageName, type Scalar } from './messages';
import { bytes, double, float, int32, int64, type Reader, size, skip, string, tag, uint64 } from './reader';

export type Message = Record<string, unknown> & { $unknowns?: Uint8Array[] };

const readers: Readonly<Record<Scalar, (reader: Reader) => unknown>> = { int32, int64, uint64, float, double, string, bytes };

/** Reads one value. A singular message that comes twice is one, as protobuf merges it. */
function one(reader: Reader, { scalar, message: type, repeated, name }: Field, message: Message, depth: number): unknown {
  if (scalar) return readers[scalar](reader);
  if (type === 'TypeProto' && message[name] === undefined) return valueType(reader, depth);
  const inner = repeated ? {} : ((message[name] ?? {}) as Message);
  return decodeInto(reader, type!, inner, size(reader), depth + 1);
}

/** Types of more bytes are not looked for; one of so many nests half as many messages at the most. */
const longestType = 96;

const characters = (all: Uint8Array, start: number, end: number): string => String.fromCharCode(...all.subarray(start, end));

/** Most values of a file have one of a few types: each is decoded once, and shared by its bytes. One that is found again makes nothing, so it counts against no limit. */
function valueType(reader: Reader, depth: number): Message {
  const length = size(reader);
  const { pos, types } = reader;
  const read = (): Message => decodeInto(reader, 'TypeProto', {}, length, depth + 1);
  if (length > longestType || depth + longestType / 2 > reader.limits.depth) return read();
  const key = reader.text(reader.bytes, pos, pos + length, characters);
  const known = types.get(key);
  if (!known) types.set(key, read());
  else reader.pos += length;
  return types.get(key)!;
}

/** Reads a run of numbers without tags. */
function run(reader: Reader, { scalar }: Field, into: unknown[]): void {
  const read = readers[scalar!];
  const { end } = reader;
  reader.end = size(reader) + reader.pos;
  while (reader.pos < reader.end) into.push(read(reader));
  reader.end = end;
}

/** Reads one field into `message`. False: the table does not know it so. */
function decodeField(reader: Reader, field: Field, wireType: number, message: Message, depth: number): boolean {
  const { name } = field;
  if (wireType === field.wireType) {
    const value = one(reader, field, message, depth);
    if (field.values && !field.values.has(value as number)) return false;
    if (!field.repeated) message[name] = value;
    else {
      const list = message[name] as unknown[] | undefined;
      if (list === undefined) message[name] = [value];
      else list.push(value);
    }
    return true;
  }
  if (!field.repeated || wireType !== 2) return false;
  run(reader, field, (message[name] ??= []) as unknown[]);
  return true;
}

/** Reads `length` bytes as a message of `type` into `message`. */
export function decodeInto(reader: Reader, type: MessageName, message: Message, length: number, depth = 0): Message {
  if (depth > reader.limits.depth) throw overLimit('depth', reader.limits, depth, reader.file);
  const { byNumber } = fieldsOf(type);
  const outer = reader.end;
  const end = reader.pos + length;
  reader.end = end;
  while (reader.pos < end) {
    const start = reader.pos;
    const header = tag(reader);
    const content = reader.pos;
    const number = header >>> 3;
    const field = number < byNumber.length ? byNumber[number] : undefined;
    if (field && decodeField(reader, field, header & 7, message, depth)) continue;
    reader.pos = content;
    skip(reader, header);
    (message.$unknowns ??= []).push(reader.bytes.subarray(start, reader.pos));
  }
  reader.end = outer;
  return message;
}
