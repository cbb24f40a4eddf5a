// TypeProto <-> ValueType. What ValueType cannot say is kept as the TypeProto's bytes, for as long as the type is not replaced.
import { dtypeOfCode, dtypes } from '../dtypes';
import type { Dim, ValueType } from '../ir/model';
import { decodeMessage, encodeMessage, type TensorShapeProtoDimension, type TypeProto, type TypeProtoTensor } from '../wire/codec';
import { defaultLimits } from '../wire/limits';

const has = (message: object, key: string): boolean => Object.hasOwn(message, key) && (message as Record<string, unknown>)[key] != null;

/** By identity: a type that is replaced or copied loses it. */
const asWritten = new WeakMap<ValueType, Uint8Array>();

/** Makes '?1', '?2', ... for extents that a file leaves open; for a parameter that a file names so itself, the same one each time. */
export type FreshDim = (parameter?: string) => string;

export function freshDims(): FreshDim {
  const renamed = new Map<string, string>();
  let open = 0;
  return (parameter) => {
    const name = (parameter !== undefined && renamed.get(parameter)) || `?${++open}`;
    if (parameter !== undefined) renamed.set(parameter, name);
    return name;
  };
}

/** Types that say the same at every value: messages are shared by their bytes, and so are the types made of them. */
const shared = new WeakMap<TypeProto, ValueType>();

export function typeFrom(message: TypeProto, fresh: FreshDim): ValueType {
  const known = shared.get(message);
  if (known) return known;
  const state = { exact: true };
  const type = convert(message, fresh, state);
  if (!state.exact) asWritten.set(type, encodeMessage('TypeProto', message));
  // An open extent is another one at each value.
  else if (!JSON.stringify(type).includes('"?')) shared.set(message, type);
  return type;
}

function convert(message: TypeProto, fresh: FreshDim, state: { exact: boolean }): ValueType {
  const { tensorType, sparseTensorType, sequenceType, optionalType, mapType } = message;
  if (message.$unknowns) state.exact = false;
  const denotation = has(message, 'denotation') ? { denotation: message.denotation! } : undefined;
  if (tensorType) return { kind: 'tensor', ...tensorFrom(tensorType, fresh, state), ...denotation };
  if (sparseTensorType) return { kind: 'sparse', ...tensorFrom(sparseTensorType, fresh, state), ...denotation };
  for (const [kind, holder] of [['sequence', sequenceType] as const, ['optional', optionalType] as const]) {
    if (!holder) continue;
    if (!holder.elemType || holder.$unknowns) state.exact = false;
    return { kind, element: holder.elemType ? convert(holder.elemType, fresh, state) : { kind: 'opaque' }, ...denotation };
  }
  if (mapType) {
    const key = dtypeOfCode(mapType.keyType ?? 0);
    if (!key || !mapType.valueType || mapType.$unknowns) state.exact = false;
    if (key) return { kind: 'map', key, element: mapType.valueType ? convert(mapType.valueType, fresh, state) : { kind: 'opaque' }, ...denotation };
  }
  state.exact = false;
  return { kind: 'opaque', ...denotation };
}

function tensorFrom(message: TypeProtoTensor, fresh: FreshDim, state: { exact: boolean }): Omit<ValueType & { kind: 'tensor' }, 'kind'> {
  const dtype = dtypeOfCode(message.elemType ?? 0);
  if (message.$unknowns || message.shape?.$unknowns || (has(message, 'elemType') && !dtype)) state.exact = false;
  if (!message.shape) return dtype ? { dtype } : {};
  const dims = message.shape.dim ?? [];
  const shape = dims.map((dim) => dimFrom(dim, fresh, state));
  const denoted = dims.some((dim) => has(dim, 'denotation'));
  const type = dtype ? { dtype, shape } : { shape };
  return denoted ? { ...type, dimDenotations: dims.map((dim) => (has(dim, 'denotation') ? dim.denotation : undefined)) } : type;
}

const openDim = /^\?\d+$/;

function dimFrom(dim: TensorShapeProtoDimension, fresh: FreshDim, state: { exact: boolean }): Dim {
  if (dim.$unknowns) state.exact = false;
  if (has(dim, 'dimParam')) {
    const parameter = dim.dimParam!;
    const open = openDim.test(parameter);
    if (parameter === '' || open || has(dim, 'dimValue')) state.exact = false;
    return open ? fresh(parameter) : parameter || fresh();
  }
  if (!has(dim, 'dimValue')) return fresh();
  const value = dim.dimValue!;
  if (typeof value === 'number' && value >= 0) return value;
  // A negative extent is an exporter's way to say unknown.
  state.exact = false;
  return fresh();
}

export function typeTo(type: ValueType): TypeProto {
  const bytes = asWritten.get(type);
  if (bytes) return decodeMessage('TypeProto', bytes, defaultLimits);
  const message: TypeProto = {};
  if (type.kind === 'tensor') message.tensorType = tensorTo(type);
  else if (type.kind === 'sparse') message.sparseTensorType = tensorTo(type);
  else if (type.kind === 'sequence') message.sequenceType = { elemType: typeTo(type.element) };
  else if (type.kind === 'optional') message.optionalType = { elemType: typeTo(type.element) };
  else if (type.kind === 'map') message.mapType = { keyType: dtypes[type.key].code, valueType: typeTo(type.element) };
  else message.opaqueType = {};
  if (type.denotation !== undefined) message.denotation = type.denotation;
  return message;
}

function tensorTo({ dtype, shape, dimDenotations }: ValueType & { kind: 'tensor' | 'sparse' }): TypeProtoTensor {
  const message: TypeProtoTensor = {};
  if (dtype) message.elemType = dtypes[dtype].code;
  if (!shape) return message;
  message.shape = {
    dim: shape.map((extent, i) => {
      const dim: TensorShapeProtoDimension = typeof extent === 'number' ? { dimValue: extent } : openDim.test(extent) ? {} : { dimParam: extent };
      const denotation = dimDenotations?.[i];
      if (denotation !== undefined) dim.denotation = denotation;
      return dim;
    }),
  };
  return message;
}
