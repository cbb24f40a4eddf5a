// TensorProto <-> constant: every storage of onnx.proto (raw_data, typed fields, string_data, external_data), checked against dims.
import {
  byteLengthOf,
  bytesOf,
  type Constant,
  lazyTensor,
  type OpaqueTensor,
  type SparseTensor,
  type Tensor,
  tensorFromBytes,
  type Weight,
} from '@modeldiet/tensor';
import { extraFrom, extraTo, presentBits, presentTo } from './convert/extra';
import { type DTypeRow, dtypeOfCode, dtypes, elementCount, type TypedField } from './dtypes';
import { fail } from './errors';
import { type Keeps, kept } from './ir/make';
import type { TensorStorage } from './ir/model';
import { joinSpans, type Origin, originOf, type Payload, type Range, residentSpans, type Span, setOrigin, spansLength } from './payload';
import type { ByteSource } from './source/byte-source';
import {
  deferredTensor,
  entriesOfTensor,
  entryCount,
  hasOddEntry,
  type Kind,
  rawLengthOf,
  tensorOfBytes,
  tensorOfEntries,
  tensorOfPacked,
} from './tensor-data';
import type { SparseTensorProto, TensorProto } from './wire/codec';
import { payloadFields, residentBytes } from './wire/fields';
import { type Limits, overLimit } from './wire/limits';
import type { Cut } from './wire/scan';

/** What reading a tensor needs of the file around it. */
export interface TensorContext {
  readonly source: ByteSource;
  readonly limits: Limits;
  /** The cut that a stand-in field stands for. */
  cutAt(field: Uint8Array): Cut | undefined;
  /** The range, and for small weights the bytes, of each tensor whose data is external. */
  readonly external: ReadonlyMap<TensorProto, { readonly range: Range; readonly entries: ReadonlyMap<string, string>; readonly bytes?: Uint8Array }>;
}

const present = ['name', 'dataLocation', 'dataType'] as const;
const typedFields = ['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const;
const fieldOfNumber = new Map<number, TypedField | 'rawData'>(
  Object.entries(payloadFields).map(([name, number]) => [number, name as keyof typeof payloadFields]),
);
export const externalLocation = 1;

interface Stored {
  readonly field: TypedField | 'rawData' | 'external';
  readonly spans?: readonly Span[];
  readonly entries?: readonly (number | bigint | Uint8Array)[];
}

/** The one field that holds the data, or undefined when all are empty. Throws `onnx-io/weight-fields`. */
function storedIn(message: TensorProto, cuts: readonly Cut[], { source, external }: TensorContext, name: string): Stored | undefined {
  const found: Stored[] = [];
  const outside = external.get(message);
  if (outside) found.push({ field: 'external', spans: [outside.bytes ?? outside.range] });
  const raw = cuts.filter(({ field }) => field === payloadFields.rawData).at(-1);
  if (raw) found.push({ field: 'rawData', spans: [{ source, offset: raw.offset, length: raw.length }] });
  else if (message.rawData?.length) found.push({ field: 'rawData', spans: [message.rawData] });
  for (const field of typedFields) {
    const spans = cuts.filter((cut) => fieldOfNumber.get(cut.field) === field).map(({ offset, length }) => ({ source, offset, length }));
    const entries = message[field];
    if (spans.length && entries?.length)
      throw fail('weight-fields', { where: { file: source.name, value: name } }, 'a packed field comes in large and small pieces');
    if (spans.length) found.push({ field, spans });
    else if (entries?.length) found.push({ field, entries });
  }
  if (found.length > 1)
    throw fail('weight-fields', { where: { file: source.name, value: name }, expected: 'one', actual: found.map(({ field }) => field).join(', ') });
  return found[0];
}

/** A TensorProto as a constant. Throws `onnx-io/weight-size`, `weight-dims`, `weight-fields`, `over-limit`. */
export function tensorFrom(message: TensorProto, context: TensorContext): { constant: Weight | OpaqueTensor; storage: TensorStorage } {
  const { source, limits } = context;
  const name = message.name ?? '';
  const where = { file: source.name, value: name };
  const dims = message.dims ?? [];
  if (dims.length > limits.rank) throw overLimit('rank', limits, dims.length, source.name);
  const count = elementCount(dims);
  if (count === undefined) throw fail('weight-dims', { where, actual: dims.map(String).join('x') });
  const cuts: Cut[] = [];
  const unknown: Uint8Array[] = [];
  for (const field of message.$unknowns ?? []) {
    const cut = context.cutAt(field);
    if (cut) cuts.push(cut);
    else unknown.push(field);
  }
  const stored = storedIn(message, cuts, context, name);
  const extra = extraFrom(
    { ...(Object.hasOwn(message, 'docString') && { docString: message.docString }), metadataProps: message.metadataProps, $unknowns: unknown },
    16,
  );
  const bits = presentBits(message, present);
  const field =
    stored?.field === 'external'
      ? 'external'
      : !stored || stored.field === 'rawData'
        ? Object.hasOwn(message, 'rawData') || stored
          ? 'raw'
          : 'typed'
        : 'typed';
  const storage: TensorStorage & Keeps<number> = { ...extra, name, field, ...(bits && { [kept]: bits }) };
  const constant = constantOf(message.dataType ?? 0, dims as number[], count, stored, where);
  if (stored?.field === 'external')
    setOrigin(constant, { field: 'external', spans: [context.external.get(message)!.range], external: context.external.get(message)!.entries });
  return { constant, storage };
}

function constantOf(
  code: number,
  dims: readonly number[],
  count: number,
  stored: Stored | undefined,
  where: { file?: string; value: string },
): Weight | OpaqueTensor {
  const type = dtypeOfCode(code);
  if (!type) return opaque(code, dims, stored);
  if (type === 'string') return strings(dims, count, stored, where);
  const row: DTypeRow = dtypes[type];
  const kind: Kind = { type, dims };
  const bytes = byteLengthOf(type, dims);
  if (!stored) {
    if (bytes) throw fail('weight-size', { where, expected: `${bytes} bytes`, actual: 'none' });
    return tensorFromBytes(type, dims, new Uint8Array(0));
  }
  const raw = stored.field === 'rawData' || stored.field === 'external';
  if (!raw && stored.field !== row.field)
    throw fail('weight-fields', { where, expected: row.field, actual: stored.field }, `the data of ${type} is in a field of another type`);
  if (stored.entries) {
    const entries = stored.entries as readonly (number | bigint)[];
    const expected = entryCount(kind);
    if (entries.length !== expected) throw fail('weight-size', { where, expected: `${expected} entries`, actual: `${entries.length}` });
    const tensor = tensorOfEntries(kind, entries);
    return hasOddEntry(type, entries) ? setOrigin(tensor, { field: row.field, spans: [], entries }) : tensor;
  }
  const spans = stored.spans!;
  const origin: Origin = { field: stored.field, spans };
  const resident = residentSpans(spans);
  if (raw || stored.field === 'floatData' || stored.field === 'doubleData') {
    const length = spansLength(spans);
    if (length !== bytes) throw fail('weight-size', { where, expected: `${bytes} bytes`, actual: `${length}` });
    if (resident) return setOrigin(tensorOfBytes(kind, bytes <= residentBytes ? resident.slice() : resident), origin);
    return setOrigin(
      lazy(kind, async () => tensorFromBytes(type, dims, await joinSpans(spans))),
      origin,
    );
  }
  const decode = (packed: Uint8Array) => {
    const tensor = tensorOfPacked(kind, row.field, packed);
    if (!tensor) throw fail('weight-size', { where, expected: `${entryCount(kind)} entries in ${row.field}` });
    return tensor;
  };
  if (!resident)
    return setOrigin(
      lazy(kind, async () => decode(await joinSpans(spans))),
      origin,
    );
  decode(resident);
  return setOrigin(
    deferredTensor(kind, () => decode(resident)),
    origin,
  );
}

const lazy = ({ type, dims }: Kind, load: () => Promise<Tensor>): Weight => lazyTensor(type, dims, load as () => Promise<Tensor<typeof type>>);

/** Strings are bytes in a file; those that are not UTF-8 stay bytes. */
function strings(dims: readonly number[], count: number, stored: Stored | undefined, where: { file?: string; value: string }): Weight | OpaqueTensor {
  if (stored && stored.field !== 'stringData')
    throw fail('weight-fields', { where, expected: 'stringData', actual: stored.field }, 'strings are never raw or external');
  const entries = (stored?.entries ?? []) as readonly Uint8Array[];
  if (entries.length !== count) throw fail('weight-size', { where, expected: `${count} strings`, actual: `${entries.length}` });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return { type: 'string', dims, data: entries.map((bytes) => decoder.decode(bytes)) };
  } catch {
    return opaque(dtypes.string.code, dims, stored);
  }
}

/** A type that is kept and not understood. `load` gives raw_data, or the content of the typed field as it was packed; strings one after another. */
function opaque(dataType: number, dims: readonly number[], stored: Stored | undefined): OpaqueTensor {
  const field = stored?.field ?? 'rawData';
  const spans = stored?.spans ?? [];
  const bytes = stored?.entries?.every((entry) => entry instanceof Uint8Array) ? (stored.entries as Uint8Array[]) : [];
  const parts = spans.length ? spans : bytes;
  return setOrigin(
    { type: 'opaque', dataType, dims, byteLength: spansLength(parts), load: () => joinSpans(parts) },
    { field, spans, ...(stored?.entries && { entries: stored.entries }) },
  );
}

// ---- saving

/** Where the writer finds the content of the fields it splices in. */
export type Payloads = Map<object, Payload>;
/** external_data of the tensors that go outside: location, offset, length and whatever else the file said. */
export type ExternalPlan = ReadonlyMap<Constant, ReadonlyMap<string, string>>;

export interface SavePlan {
  readonly payloads: Payloads;
  readonly external: ExternalPlan;
}

/** A constant as a TensorProto; `storage` says how the file held it, while the weight is the one of the file. */
export function tensorTo(constant: Weight | OpaqueTensor, storage: (TensorStorage & Keeps<number>) | undefined, name: string, plan: SavePlan): TensorProto {
  const message: TensorProto = {};
  if (constant.dims.length) message.dims = [...constant.dims];
  const dataType = constant.type === 'opaque' ? constant.dataType : dtypes[constant.type].code;
  const entries = plan.external.get(constant);
  presentTo(message, present, { name, dataType, dataLocation: entries ? externalLocation : 0 }, storage?.[kept]);
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

// ---- sparse tensors

interface SparseStorage {
  readonly values: TensorStorage;
  readonly indices: TensorStorage;
  readonly unknown: readonly Uint8Array[];
}
const sparseStorage = new WeakMap<SparseTensor, SparseStorage>();

const isWeight = (constant: Weight | OpaqueTensor): constant is Weight => constant.type !== 'opaque';

export function sparseFrom(message: SparseTensorProto, context: TensorContext): { constant: SparseTensor; storage: TensorStorage } {
  const dims = message.dims ?? [];
  const where = { file: context.source.name, value: message.values?.name ?? '' };
  if (elementCount(dims) === undefined) throw fail('weight-dims', { where, actual: dims.map(String).join('x') });
  const values = tensorFrom(message.values ?? {}, context);
  const indices = tensorFrom(message.indices ?? {}, context);
  if (!isWeight(values.constant) || !isWeight(indices.constant)) throw fail('weight-fields', { where }, 'a sparse tensor of a type that is not known');
  const constant: SparseTensor = { type: 'sparse', dims: dims as number[], values: values.constant, indices: indices.constant };
  sparseStorage.set(constant, { values: values.storage, indices: indices.storage, unknown: message.$unknowns ?? [] });
  return { constant, storage: values.storage };
}

export function sparseTo(constant: SparseTensor, name: string, plan: SavePlan): SparseTensorProto {
  const storage = sparseStorage.get(constant);
  const message: SparseTensorProto = {
    values: tensorTo(constant.values, storage?.values, name, plan),
    indices: tensorTo(constant.indices, storage?.indices, storage?.indices.name ?? '', plan),
  };
  if (constant.dims.length) message.dims = [...constant.dims];
  if (storage?.unknown.length) message.$unknowns = [...storage.unknown];
  return message;
}
