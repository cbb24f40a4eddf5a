// Value -> ValueInfoProto.
import type { Value } from '../ir/model';
import type { ValueInfoProto } from '../wire/codec';
import { extraTo } from './extra';
import { typeTo } from './value-type';

export function infoOf(value: Value): ValueInfoProto {
  const message: ValueInfoProto = { name: value.name };
  if (value.type) message.type = typeTo(value.type);
  extraTo(message, value);
  return message;
}
