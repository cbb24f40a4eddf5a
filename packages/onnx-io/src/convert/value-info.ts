// Value -> ValueInfoProto.
import type { Value, ValueType } from '../ir/model';
import { encodeMessage, type TypeProto, type ValueInfoProto } from '../wire/codec';
import { extraTo } from './extra';
import { typeTo } from './value-type';

/** Types of one save as bytes: most values have one of a few. */
export type TypeBytes = Map<ValueType, Uint8Array>;

/** With `types` the type of the message is its bytes, which the encoder takes as they are. */
export function infoOf(value: Value, types?: TypeBytes): ValueInfoProto {
  const message: ValueInfoProto = { name: value.name };
  const { type } = value;
  if (type) message.type = types ? (bytesOfType(type, types) as TypeProto) : typeTo(type);
  extraTo(message, value);
  return message;
}

function bytesOfType(type: ValueType, types: TypeBytes): Uint8Array {
  let bytes = types.get(type);
  if (!bytes) types.set(type, (bytes = encodeMessage('TypeProto', typeTo(type))));
  return bytes;
}
