// Bytes of a file as the data of a tensor: the raw layout as views, the typed fields of TensorProto decoded.
import type { DataOf, DType, Tensor, Weight } from '@modeldiet/tensor';
import { arrays, dtypes, elementCount, rawLength, type TypedField } from './dtypes';

type NumericDType = Exclude<DType, 'string'>;
type Where = { readonly type: NumericDType; readonly dims: readonly number[] };

/** Raw layout as the data of `type`: a view where the bytes are aligned, else a copy. */
export function viewAs(type: NumericDType, bytes: Uint8Array): DataOf[NumericDType] {
  const Maker = arrays[type];
  const size = Maker.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Maker(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

/** The bytes of a tensor's raw layout, as a view. */
export function rawBytes({ data }: Tensor<NumericDType>): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Bytes of a weight's raw layout, loaded or not. */
export function rawLengthOf(weight: Weight): number {
  return 'data' in weight ? rawLength(weight.type, elementCount(weight.dims) ?? 0) : weight.byteLength;
}

/** A tensor in memory. `make` is called when its data is asked for, and again when nobody held on to the result: for bytes that cannot be a view. */
export function deferredTensor({ type, dims }: Where, make: () => DataOf[NumericDType]): Tensor {
  let last: WeakRef<DataOf[NumericDType]> | undefined;
  return {
    type,
    dims,
    get data() {
      let data = last?.deref();
      if (!data) {
        data = make();
        last = new WeakRef(data);
      }
      return data;
    },
  } as Tensor;
}

/** Raw bytes that stay in memory as a tensor: a view, or a copy on demand where they are not aligned. */
export function tensorOfBytes(where: Where, bytes: Uint8Array): Tensor {
  const { type, dims } = where;
  if (bytes.byteOffset % arrays[type].BYTES_PER_ELEMENT === 0) return { type, dims, data: viewAs(type, bytes) } as Tensor;
  return deferredTensor(where, () => viewAs(type, bytes));
}

/** Entries of a typed field as tensor data. The caller has checked the number of entries. */
export function dataOfEntries(type: NumericDType, entries: readonly (number | bigint)[]): DataOf[NumericDType] {
  if (type === 'int64') return BigInt64Array.from(entries, BigInt);
  if (type === 'uint64') return BigUint64Array.from(entries, BigInt);
  return arrays[type as Exclude<NumericDType, 'int64' | 'uint64'>].from(entries as readonly number[]);
}

/** Tensor data as entries of its typed field. */
export function entriesOfData({ data }: Tensor<NumericDType>): (number | bigint)[] {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Array.from(data, (value) => (value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value));
  return Array.from(data);
}

/** How many entries of its typed field a tensor of `count` elements has: sub-byte types one a byte, complex types two an element. */
export function entryCount(type: NumericDType, count: number): number {
  return rawLength(type, count) / arrays[type].BYTES_PER_ELEMENT;
}

/** Decodes the packed content of a typed field. Returns undefined when the number of entries is not `entries`. */
export function dataOfPacked(type: NumericDType, field: TypedField, bytes: Uint8Array, entries: number): DataOf[NumericDType] | undefined {
  if (field === 'floatData' || field === 'doubleData') return bytes.byteLength === entries * arrays[type].BYTES_PER_ELEMENT ? viewAs(type, bytes) : undefined;
  if (countVarints(bytes) !== entries) return undefined;
  const data = new arrays[type](entries);
  const width = data.BYTES_PER_ELEMENT;
  if (width === 8) {
    const words = new Uint32Array(data.buffer);
    eachVarint(bytes, (i, low, high) => {
      words[2 * i] = low;
      words[2 * i + 1] = high;
    });
  } else {
    const numbers = data as Uint8Array;
    eachVarint(bytes, (i, low) => {
      numbers[i] = low;
    });
  }
  return data;
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
