// A message from its bytes, as a plain object. What the table does not know stays as bytes in `$unknowns`, in order.
import { overLimit } from './limits';
import { type Field, fieldsOf, type MessageName, type Scalar } from './messages';
import { bytes, double, float, int32, int64, numbers, type Reader, sameTag, size, skip, string, tag, uint64 } from './reader';

export type Message = Record<string, unknown> & { $unknowns?: Uint8Array[] };

/** A switch, the frequent ones first: in a process that has just started, a table of functions takes twice the time. */
function scalarOf(reader: Reader, scalar: Scalar): unknown {
  switch (scalar) {
    case 'string':
      return string(reader);
    case 'int64':
      return int64(reader);
    case 'int32':
      return int32(reader);
    case 'bytes':
      return bytes(reader);
    case 'float':
      return float(reader);
    case 'double':
      return double(reader);
    case 'uint64':
      return uint64(reader);
  }
}

/** Reads one value. A singular message that comes twice is one, as protobuf merges it. */
function one(reader: Reader, field: Field, message: Message, depth: number): unknown {
  if (field.scalar) return scalarOf(reader, field.scalar);
  const type = field.message!;
  const before = field.repeated ? undefined : (message[field.name] as Message | undefined);
  if (type === 'TypeProto' && before === undefined) return valueType(reader, depth);
  return decodeInto(reader, type, before ?? {}, size(reader), depth + 1);
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

/** Reads the entries of a repeated field as long as they follow each other, or one run of numbers without tags. */
function list(reader: Reader, field: Field, header: number, message: Message, depth: number): void {
  const { stack, top: base, end } = reader;
  const { scalar } = field;
  if ((header & 7) === field.wireType && header < 128 && scalar && scalar !== 'string' && scalar !== 'bytes') {
    const read = numbers(reader, scalar, header);
    const before = message[field.name] as unknown[] | undefined;
    if (before) for (const value of read) before.push(value);
    else message[field.name] = read;
    return;
  }
  if ((header & 7) === field.wireType)
    do {
      const entry = one(reader, field, message, depth);
      stack[reader.top++] = entry;
    } while (sameTag(reader, header));
  else {
    reader.end = size(reader) + reader.pos;
    while (reader.pos < reader.end) stack[reader.top++] = scalarOf(reader, field.scalar!);
    reader.end = end;
  }
  const before = message[field.name] as unknown[] | undefined;
  if (before) for (let i = base; i < reader.top; i++) before.push(stack[i]);
  else message[field.name] = stack.slice(base, reader.top);
  reader.top = base;
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
    if (field) {
      const exact = (header & 7) === field.wireType;
      if (field.repeated) {
        if (exact || (header & 7) === 2) {
          list(reader, field, header, message, depth);
          continue;
        }
      } else if (exact) {
        const value = one(reader, field, message, depth);
        if (field.values === undefined || field.values.has(value as number)) {
          message[field.name] = value;
          continue;
        }
      }
    }
    // The table does not know it so.
    reader.pos = content;
    skip(reader, header);
    (message.$unknowns ??= []).push(reader.bytes.subarray(start, reader.pos));
  }
  reader.end = outer;
  return message;
}
