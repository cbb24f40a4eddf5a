// protobufjs, and its only importer: the structure of a model as plain messages, and back to bytes with room for the weights.
import { isModelDietError } from '@modeldiet/numfmt';
import protobuf from 'protobufjs/minimal.js';
import { fail } from '../errors';
import { type Codec, onnx } from '../onnx.generated';
import { type Limits, overLimit } from './limits';
import { stringReader } from './strings';

export type * from '../onnx.generated';

/** int64 as a number where that is exact, else as a bigint. */
type Int = number | bigint;

const outOfBytes = (): RangeError => new RangeError('a number runs past the end of its message');

/** Reads the varint at `reader.pos` as its low and high 32 bits. */
function bits64(reader: { buf: Uint8Array; pos: number; len: number }): [number, number] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 10; i++) {
    if (reader.pos >= reader.len) throw outOfBytes();
    const byte = reader.buf[reader.pos++]!;
    const part = byte & 127;
    if (i < 4) low |= part << (7 * i);
    else if (i === 4) {
      low |= part << 28;
      high = part >> 4;
    } else high |= part << (7 * i - 32);
    if (byte < 128) return [low >>> 0, high];
  }
  throw new RangeError('a varint is longer than 10 bytes');
}

const join = (high: number, low: number): Int => {
  const value = high * 2 ** 32 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
};

/** A reader that keeps unknown fields, takes 64-bit numbers as {@link Int}, refuses strings that are not UTF-8, and counts what it makes. */
function readerOf(bytes: Uint8Array, limits: Limits, file?: string): protobuf.Reader {
  const reader = new protobuf.Reader(bytes);
  const { tag } = protobuf.Reader.prototype as unknown as { tag: () => number };
  let fields = 0;
  const text = stringReader(bytes.length);
  const int64 = (): Int => {
    const first = reader.buf[reader.pos];
    if (first !== undefined && first < 128 && reader.pos < reader.len) {
      reader.pos++;
      return first;
    }
    const [low, high] = bits64(reader);
    return join(high | 0, low);
  };
  const uint64 = (): Int => {
    const [low, high] = bits64(reader);
    return join(high >>> 0, low);
  };
  return Object.assign(reader, {
    discardUnknown: false,
    string: () => {
      const { pos } = reader;
      const length = reader.uint32();
      const start = reader.pos;
      if (start + length > reader.len) throw outOfBytes();
      reader.pos = start + length;
      return text(reader.buf, start, start + length, () => {
        reader.pos = pos;
        return reader.stringVerify();
      });
    },
    int64,
    uint64,
    tag: () => {
      const value = tag.call(reader);
      if ((value & 7) === 2 && ++fields > limits.fields) throw overLimit('fields', limits, fields, file);
      return value;
    },
    skip: (count?: number) => {
      if (count === undefined) bits64(reader);
      else if (reader.pos + count > reader.len) throw outOfBytes();
      else reader.pos += count;
      return reader;
    },
  }) as unknown as protobuf.Reader;
}

function decode<T>(codec: Codec<T>, bytes: Uint8Array, limits: Limits, file?: string): T {
  try {
    return codec.decode(readerOf(bytes, limits, file));
  } catch (cause) {
    if (isModelDietError(cause)) throw cause;
    throw fail('corrupt', { where: { file }, cause }, `not a valid ONNX file: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** The messages of a skeleton. Byte strings are views of it. Throws `onnx-io/corrupt`, `over-limit`. */
export const decodeModel = (skeleton: Uint8Array, limits: Limits, file?: string) => decode(onnx.ModelProto, skeleton, limits, file);
export const decodeTensor = (skeleton: Uint8Array, limits: Limits, file?: string) => decode(onnx.TensorProto, skeleton, limits, file);

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

const varintLength = (value: number): number => {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
};
const zeros = new Uint8Array(10);
const zero = zeros.subarray(0, 1);

/**
 * A protobufjs writer to which some fields are given as stand-ins: an empty array or byte string that `payloads` knows. It counts their bytes in every
 * enclosing length and remembers the place, so the message is written once, in one pass, without the weights.
 */
function writerOf<S extends Splice>(payloads: ReadonlyMap<object, S>) {
  const writer = protobuf.Writer.create() as protobuf.Writer;
  const base = Object.getPrototypeOf(writer) as Record<'bytes' | 'floats' | 'doubles' | 'int32s' | 'int64s' | 'uint64s', (value: object) => protobuf.Writer>;
  const splices: { at: number; payload: S }[] = [];
  const forks: { pos: number; virtual: number; splices: number }[] = [];
  let virtual = 0;
  const varint = (value: number): void => {
    for (; value > 0xfffffff; value = Math.floor(value / 128)) writer.raw(Uint8Array.of((value & 127) | 128));
    writer.uint32(value);
  };
  const spliced =
    (method: keyof typeof base) =>
    (value: object): protobuf.Writer => {
      const payload = payloads.get(value);
      if (!payload) return base[method].call(writer, value);
      varint(payload.byteLength);
      splices.push({ at: writer.pos, payload });
      virtual += payload.byteLength;
      return writer;
    };
  const integer = (value: Int): protobuf.Writer => {
    if (typeof value === 'number' && value >= 0 && value <= 0xffffffff) return writer.uint32(value);
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    return writer.raw(Uint8Array.from(bytes));
  };
  const integers =
    (method: 'int64s' | 'uint64s') =>
    (value: readonly Int[]): protobuf.Writer => {
      if (payloads.has(value)) return spliced(method)(value);
      writer.fork();
      for (const entry of value) integer(entry);
      return writer.ldelim();
    };
  Object.assign(writer, {
    bytes: spliced('bytes'),
    floats: spliced('floats'),
    doubles: spliced('doubles'),
    int32s: spliced('int32s'),
    int64: integer,
    uint64: integer,
    int64s: integers('int64s'),
    uint64s: integers('uint64s'),
    fork: () => {
      writer.raw(zero);
      forks.push({ pos: writer.pos - 1, virtual, splices: splices.length });
      return writer;
    },
    ldelim: () => {
      const fork = forks.pop()!;
      const from = fork.pos + 1;
      const real = writer.pos - from;
      const total = real + virtual - fork.virtual;
      const extra = varintLength(total) - 1;
      if (extra) {
        writer.raw(zeros.subarray(0, extra));
        writer.buf.copyWithin(from + extra, from, from + real);
        for (let i = fork.splices; i < splices.length; i++) splices[i]!.at += extra;
      }
      for (let i = 0, rest = total; i <= extra; i++, rest = Math.floor(rest / 128)) writer.buf[fork.pos + i] = (rest & 127) | (i < extra ? 128 : 0);
      return writer;
    },
  });
  return { writer, finish: (): Encoded<S> => ({ bytes: new Uint8Array(writer.finish()), splices, byteLength: writer.pos + virtual }) };
}

function encode<T, S extends Splice>(codec: Codec<T>, message: T, payloads: ReadonlyMap<object, S>): Encoded<S> {
  const { writer, finish } = writerOf(payloads);
  codec.encode(message, writer);
  return finish();
}

const none: ReadonlyMap<object, Splice> = new Map();

/** A model's bytes in canonical field order, around the payloads that stand for some of its arrays. */
export const encodeModel = <S extends Splice>(message: import('../onnx.generated').ModelProto, payloads: ReadonlyMap<object, S>) =>
  encode(onnx.ModelProto, message, payloads);

/** One message as bytes. */
export const encodeMessage = <K extends keyof typeof onnx>(type: K, message: (typeof onnx)[K] extends Codec<infer T> ? T : never): Uint8Array =>
  encode(onnx[type] as unknown as Codec<typeof message>, message, none).bytes;
export const decodeMessage = <K extends keyof typeof onnx>(type: K, bytes: Uint8Array, limits: Limits): (typeof onnx)[K] extends Codec<infer T> ? T : never =>
  decode(onnx[type] as unknown as Codec<(typeof onnx)[K] extends Codec<infer T> ? T : never>, bytes, limits);

/** A whole field as it stands in a message: tag, length, content. */
export function rawField(number: number, content: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(((number << 3) | 2) >>> 0).bytes(content);
  return new Uint8Array(writer.finish());
}
