// TensorProto -> constant: every storage of onnx.proto (raw_data, typed fields, string_data, external_data), checked against dims.
import { byteLengthOf, lazyTensor, type OpaqueTensor, type Tensor, tensorFromBytes, type Weight } from '@modeldiet/tensor';
import { type DTypeRow, dtypeOfCode, dtypes, elementCount, type TypedField } from '../dtypes';
import { fail } from '../errors';
import { type Keeps, kept, noExtra } from '../ir/make';
import type { TensorStorage } from '../ir/model';
import { joinSpans, type Origin, type Range, residentSpans, type Span, setOrigin, spansLength } from '../payload';
import type { ByteSource } from '../source/byte-source';
import { deferredTensor, entryCount, hasOddEntry, type Kind, smallTensor, tensorOfBytes, tensorOfEntries, tensorOfPacked } from '../tensor-data';
import type { TensorProto } from '../wire/codec';
import { payloadFields, residentBytes } from '../wire/fields';
import { type Limits, overLimit } from '../wire/limits';
import type { Cut } from '../wire/scan';
import { extraFrom, presentBits } from './extra';

/** What reading a tensor needs of the file around it. */
export interface TensorContext {
  readonly source: ByteSource;
  readonly limits: Limits;
  /** The cut that a stand-in field stands for. */
  cutAt(field: Uint8Array): Cut | undefined;
  /** The range, and for small weights the bytes, of each tensor whose data is external. */
  readonly external: ReadonlyMap<TensorProto, { readonly range: Range; readonly entries: ReadonlyMap<string, string>; readonly bytes?: Uint8Array }>;
}

export const tensorPresent = ['name', 'dataLocation', 'dataType'] as const;
const typedFields = ['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const;
const fieldOfNumber = new Map<number, TypedField | 'rawData'>(
  Object.entries(payloadFields).map(([name, number]) => [number, name as keyof typeof payloadFields]),
);
interface Stored {
  readonly field: TypedField | 'rawData' | 'external';
  readonly spans?: readonly Span[];
  readonly entries?: readonly (number | bigint | Uint8Array)[];
}

/** True when nothing but raw_data is there, once. */
const onlyRaw = (message: TensorProto, cuts: readonly Cut[]): boolean =>
  (cuts.length === 0 || (cuts.length === 1 && cuts[0]!.field === payloadFields.rawData && message.rawData === undefined)) &&
  !(
    message.floatData?.length ||
    message.int32Data?.length ||
    message.stringData?.length ||
    message.int64Data?.length ||
    message.doubleData?.length ||
    message.uint64Data?.length
  );

/** The one field that holds the data, or undefined when all are empty. Throws `onnx-io/weight-fields`. */
function storedIn(message: TensorProto, cuts: readonly Cut[], { source, external }: TensorContext, name: string): Stored | undefined {
  // As most are: one cut of raw_data, or all of it here.
  if (!external.has(message) && onlyRaw(message, cuts)) {
    const [cut] = cuts;
    if (cut) return { field: 'rawData', spans: [{ source, offset: cut.offset, length: cut.length }] };
    if (message.rawData?.length) return { field: 'rawData', spans: [message.rawData] };
  }
  const found: Stored[] = [];
  const outside = external.get(message);
  if (outside) found.push({ field: 'external', spans: [outside.bytes ?? outside.range] });
  const where = { file: source.name, value: name };
  const raw = cuts.filter(({ field }) => field === payloadFields.rawData).at(-1);
  if (raw && Object.hasOwn(message, 'rawData')) throw fail('weight-fields', { where }, 'raw_data is there twice');
  if (raw) found.push({ field: 'rawData', spans: [{ source, offset: raw.offset, length: raw.length }] });
  else if (message.rawData?.length) found.push({ field: 'rawData', spans: [message.rawData] });
  for (const field of typedFields) {
    if (!cuts.length && !message[field]?.length) continue;
    const spans = cuts.filter((cut) => fieldOfNumber.get(cut.field) === field).map(({ offset, length }) => ({ source, offset, length }));
    const entries = message[field];
    if (spans.length && entries?.length) throw fail('weight-fields', { where }, 'a packed field comes in large and small pieces');
    if (spans.length) found.push({ field, spans });
    else if (entries?.length) found.push({ field, entries });
  }
  if (found.length > 1) throw fail('weight-fields', { where, expected: 'one', actual: found.map(({ field }) => field).join(', ') });
  return found[0];
}

const nothingUnknown: { readonly cuts: readonly Cut[]; readonly unknown: readonly Uint8Array[] } = { cuts: [], unknown: [] };

/** The stand-ins of what was left in the file, and the fields that are really unknown. */
function splitUnknown(fields: readonly Uint8Array[], { cutAt }: TensorContext): { readonly cuts: readonly Cut[]; readonly unknown: readonly Uint8Array[] } {
  const cuts: Cut[] = [];
  const unknown: Uint8Array[] = [];
  for (const field of fields) {
    const cut = cutAt(field);
    if (cut) cuts.push(cut);
    else unknown.push(field);
  }
  return { cuts, unknown };
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
  const { cuts, unknown } = message.$unknowns ? splitUnknown(message.$unknowns, context) : nothingUnknown;
  const stored = storedIn(message, cuts, context, name);
  const extra = extraFrom(message, 16, unknown);
  const bits = presentBits(message, tensorPresent);
  const field =
    stored?.field === 'external'
      ? 'external'
      : !stored || stored.field === 'rawData'
        ? Object.hasOwn(message, 'rawData') || stored
          ? 'raw'
          : 'typed'
        : 'typed';
  const { metadata, unknown: odd } = extra;
  const storage: TensorStorage & Keeps<number> = extra === noExtra ? { metadata, unknown: odd, name, field } : { ...extra, name, field };
  if (bits) (storage as { [kept]?: number })[kept] = bits;
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
    // Its own bytes are what is saved; only bytes that stay with the source are worth remembering.
    if (resident && bytes <= residentBytes) return smallTensor(kind, resident);
    if (resident) return setOrigin(tensorOfBytes(kind, resident), origin);
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
