// Constant -> TensorProto: an untouched weight goes back to the field it came from, its bytes to be copied; any other is raw.
import { bytesOf, type Constant, type OpaqueTensor, type Tensor, type Weight } from '@modeldiet/tensor';
import { dtypes, type TypedField } from '../dtypes';
import { fail } from '../errors';
import { type Keeps, kept } from '../ir/make';
import type { TensorStorage } from '../ir/model';
import { originOf, type Payload, spansLength } from '../payload';
import { entriesOfTensor, type Kind, rawLengthOf } from '../tensor-data';
import type { TensorProto } from '../wire/codec';
import { residentBytes } from '../wire/fields';
import { extraTo, presentTo } from './extra';
import { tensorPresent } from './tensor-from';

/** Where the writer finds the content of the fields it splices in. */
export type Payloads = Map<object, Payload>;
/** external_data of the tensors that go outside: location, offset, length and whatever else the file said. */
export type ExternalPlan = ReadonlyMap<Constant, ReadonlyMap<string, string>>;

export interface SavePlan {
  readonly payloads: Payloads;
  readonly external: ExternalPlan;
}

/** TensorProto.DataLocation. */
const externalLocation = 1;

/** A constant as a TensorProto; `storage` says how the file held it, while the weight is the one of the file. */
export function tensorTo(constant: Weight | OpaqueTensor, storage: (TensorStorage & Keeps<number>) | undefined, name: string, plan: SavePlan): TensorProto {
  const message: TensorProto = {};
  if (constant.dims.length) message.dims = [...constant.dims];
  const dataType = constant.type === 'opaque' ? constant.dataType : dtypes[constant.type].code;
  const entries = plan.external.get(constant);
  presentTo(message, tensorPresent, { name, dataType, dataLocation: entries ? externalLocation : 0 }, storage?.[kept]);
  if (storage) extraTo(message, storage);
  if (entries) message.externalData = [...entries].map(([key, value]) => ({ key, value }));
  else dataTo(message, constant, storage?.field, plan);
  return message;
}

/** Which field of `message` the payload goes to, as a stand-in that the writer knows. */
function splice(message: TensorProto, field: TypedField | 'rawData', payload: Payload, { payloads }: SavePlan): void {
  if (field === 'rawData') payloads.set((message.rawData = new Uint8Array(0)), payload);
  else if (field !== 'stringData') payloads.set((message[field] = [0]), payload);
}

function dataTo(message: TensorProto, constant: Weight | OpaqueTensor, field: TensorStorage['field'] | undefined, plan: SavePlan): void {
  const origin = originOf(constant);
  if (origin?.entries && (field === 'typed' || constant.type === 'opaque')) {
    Object.assign(message, { [origin.field]: [...origin.entries] });
    return;
  }
  if (origin?.spans.length && (field !== 'typed' || origin.field !== 'rawData')) {
    const typed = origin.field !== 'external' && origin.field !== 'rawData';
    if (!typed || field === 'typed' || constant.type === 'opaque') {
      splice(message, typed ? (origin.field as TypedField) : 'rawData', { byteLength: spansLength(origin.spans), from: origin.spans }, plan);
      return;
    }
  }
  if (constant.type === 'opaque') return;
  if (constant.type === 'string') {
    if (!('data' in constant)) throw fail('lazy-strings', { where: { value: message.name } });
    const encoder = new TextEncoder();
    message.stringData = (constant.data as readonly string[]).map((text) => encoder.encode(text));
    return;
  }
  const byteLength = rawLengthOf(constant);
  if (field === 'typed' && 'data' in constant) {
    if (byteLength) Object.assign(message, { [dtypes[constant.type].field]: entriesOfTensor(constant as Tensor<Kind['type']>) });
  } else if ('data' in constant && byteLength <= residentBytes) message.rawData = bytesOf(constant);
  else splice(message, 'rawData', { byteLength, from: constant }, plan);
}
