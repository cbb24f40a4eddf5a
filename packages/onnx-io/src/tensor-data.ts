// Bytes of a file as the data of a tensor: the raw layout as views, the typed fields of TensorProto decoded.
import { byteLengthOf, type DType, storageCount, type Tensor, tensorFromBytes, type Weight } from '@modeldiet/tensor';
import { dtypes, type TypedField } from './dtypes';
import { residentBytes } from './wire/fields';

export type NumericDType = Exclude<DType, 'string'>;
export interface Kind {
  readonly type: NumericDType;
  readonly dims: readonly number[];
}
type Numeric = Tensor<NumericDType>;

/** Bytes of one element of the storage: what views have to be aligned to. */
const unitBytes = (type: NumericDType): number => byteLengthOf(type, [8]) / storageCount(type, 8);

/** Bytes of a weight's raw layout, loaded or not. */
export const rawLengthOf = (weight: Weight): number => ('data' in weight ? byteLengthOf(weight.type, weight.dims) : weight.byteLength);

/** A tensor in memory. `make` is called when its data is asked for, and again when nobody held on to the result: for bytes that cannot be a view. */
export function deferredTensor({ type, dims }: Kind, make: () => Numeric): Tensor {
  let last: WeakRef<Numeric['data']> | undefined;
  return {
    type,
    dims,
    get data() {
      let data = last?.deref();
      if (!data) {
        data = make().data;
        last = new WeakRef(data);
      }
      return data;
    },
  } as Tensor;
}

/** Raw bytes that stay in memory as a tensor: a view, or a copy on demand where they are not aligned. */
export function tensorOfBytes(kind: Kind, bytes: Uint8Array): Tensor {
  const make = () => tensorFromBytes(kind.type, kind.dims, bytes);
  return bytes.byteOffset % unitBytes(kind.type) === 0 ? make() : deferredTensor(kind, make);
}

let scratch: Uint8Array | undefined;

/** A copy of at most `residentBytes` raw bytes as a tensor. By way of one array for all, so that a few numbers make one object: a buffer each costs more than they do. */
export function smallTensor({ type, dims }: Kind, bytes: Uint8Array): Numeric {
  scratch ??= new Uint8Array(residentBytes);
  scratch.set(bytes);
  const made = tensorFromBytes(type, dims, scratch.subarray(0, bytes.length));
  return { type: made.type, dims: made.dims, data: made.data.slice() } as Numeric;
}

/** How many entries of its typed field a tensor has: sub-byte types one a byte, complex types two an element. */
export const entryCount = ({ type, dims }: Kind): number => byteLengthOf(type, dims) / unitBytes(type);

const blank = ({ type, dims }: Kind): Numeric => tensorFromBytes(type, dims, new Uint8Array(byteLengthOf(type, dims)));

/** Entries of a typed field as a tensor. The caller has checked their number. */
export function tensorOfEntries(kind: Kind, entries: readonly (number | bigint)[]): Numeric {
  const made = blank(kind);
  const { data } = made;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) for (let i = 0; i < entries.length; i++) data[i] = BigInt(entries[i]!);
  else for (let i = 0; i < entries.length; i++) data[i] = Number(entries[i]!);
  return made;
}

/** Tensor data as entries of its typed field. */
export const entriesOfTensor = ({ data }: Numeric): (number | bigint)[] => Array.from<number | bigint>(data);

/** Decodes the packed content of a typed field; undefined when it has not as many entries as the tensor. */
export function tensorOfPacked(kind: Kind, field: TypedField, bytes: Uint8Array): Numeric | undefined {
  if (field === 'floatData' || field === 'doubleData')
    return bytes.byteLength === byteLengthOf(kind.type, kind.dims) ? tensorFromBytes(kind.type, kind.dims, bytes) : undefined;
  if (countVarints(bytes) !== entryCount(kind)) return undefined;
  const made = blank(kind);
  const { data } = made;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    eachVarint(bytes, (i, low, high) => {
      data[i] = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    });
  } else {
    eachVarint(bytes, (i, low) => {
      data[i] = low;
    });
  }
  return made;
}

/** The number of varints in packed content; -1 when the last one is cut off or one is longer than ten bytes. */
export function countVarints(bytes: Uint8Array): number {
  let count = 0;
  let run = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 128) {
      count++;
      run = 0;
    } else if (++run > 9) return -1;
  }
  return run ? -1 : count;
}

/** Calls `visit` with the low and high 32 bits of each varint. */
function eachVarint(bytes: Uint8Array, visit: (index: number, low: number, high: number) => void): void {
  for (let pos = 0, i = 0; pos < bytes.length; i++) {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[pos++]!;
      const part = byte & 127;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >> 4;
      } else high |= part << (shift - 32);
      if (byte < 128) break;
    }
    visit(i, low, high);
  }
}

/** True when an entry lies outside what its type can hold. */
export function hasOddEntry(type: DType, entries: readonly (number | bigint)[]): boolean {
  const row = dtypes[type];
  if (!('range' in row)) return false;
  const [least, greatest] = row.range;
  return entries.some((entry) => entry < least || entry > greatest);
}
