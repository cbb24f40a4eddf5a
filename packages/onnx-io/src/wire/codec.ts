// The structure of a model as plain messages, and back to bytes with room for the weights. protobufjs, by reflection over onnx.proto, is its oracle in the tests.
import { isModelDietError } from '@modeldiet/numfmt';
import { fail } from '../errors';
import type { Messages } from '../onnx.generated';
import { decodeInto, type Message } from './decode';
import { type Encoded, encode, type Splice } from './encode';
import type { Limits } from './limits';
import type { MessageName } from './messages';
import { readerOf } from './reader';
import { delimited, varint, writerOf } from './writer';

export type * from '../onnx.generated';
export type { Encoded, Splice } from './encode';

function decode<K extends MessageName>(type: K, bytes: Uint8Array, limits: Limits, file?: string): Messages[K] {
  try {
    return decodeInto(readerOf(bytes, limits, file), type, {}, bytes.length) as unknown as Messages[K];
  } catch (cause) {
    if (isModelDietError(cause)) throw cause;
    throw fail('corrupt', { where: { file }, cause }, `not a valid ONNX file: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** The messages of a skeleton. Byte strings are views of it. Throws `onnx-io/corrupt`, `over-limit`. */
export const decodeModel = (skeleton: Uint8Array, limits: Limits, file?: string) => decode('ModelProto', skeleton, limits, file);
export const decodeTensor = (skeleton: Uint8Array, limits: Limits, file?: string) => decode('TensorProto', skeleton, limits, file);
export const decodeMessage = <K extends MessageName>(type: K, bytes: Uint8Array, limits: Limits): Messages[K] => decode(type, bytes, limits);

const none: ReadonlyMap<object, Splice> = new Map();

/** A model's bytes in canonical field order, around the payloads that stand for some of its arrays. */
export const encodeModel = <S extends Splice>(message: Messages['ModelProto'], payloads: ReadonlyMap<object, S>): Encoded<S> =>
  encode('ModelProto', message as unknown as Message, payloads, 2 ** 16);

/** One message as bytes. */
export const encodeMessage = <K extends MessageName>(type: K, message: Messages[K]): Uint8Array => encode(type, message as unknown as Message, none).bytes;

/** A whole field as it stands in a message: tag, length, content. */
export function rawField(number: number, content: Uint8Array): Uint8Array {
  const writer = writerOf();
  varint(writer, number * 8 + 2);
  delimited(writer, content);
  return writer.bytes.slice(0, writer.length);
}
