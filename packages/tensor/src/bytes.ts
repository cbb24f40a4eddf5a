// Tensors to and from the little-endian bytes of ONNX raw_data.
import { elementCount } from './dims';
import { bitsOf, storageCount, storageOf } from './dtypes';
import { fail } from './errors';
import { tensor } from './tensor';
import type { DataOf, DType, Tensor } from './types';

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Bytes of a tensor as raw data. Errors: `tensor/dims`; `tensor/storage` for strings, which have no raw form. */
export function byteLengthOf(type: DType, dims: readonly number[]): number {
  if (type === 'string') throw fail('storage', { actual: type }, 'strings have no raw bytes');
  return storageCount(type, elementCount(dims)) * storageOf(type).elementBytes;
}

/**
 * A tensor over raw little-endian bytes: a view where they are aligned for the type, else a copy. Errors: `tensor/length` when the bytes are not exactly as many as the dims need,
 * `tensor/dims`, `tensor/storage` for strings.
 */
export function tensorFromBytes<T extends DType>(type: T, dims: readonly number[], bytes: Uint8Array): Tensor<T> {
  const expected = byteLengthOf(type, dims);
  if (bytes.byteLength !== expected) throw fail('length', { expected: `${expected} bytes for ${type}[${dims}]`, actual: bytes.byteLength });
  const kind: DType = type;
  if (kind === 'string') throw fail('storage', { actual: type });
  const { array, elementBytes } = storageOf(kind);
  const aligned = bytes.byteOffset % elementBytes === 0 && (littleEndian || elementBytes === 1);
  const own = aligned ? bytes : swapped(bytes.slice(), elementBytes);
  const data = new array(own.buffer as ArrayBuffer, own.byteOffset, bytes.byteLength / elementBytes);
  return tensor(type, data as unknown as DataOf[T], dims);
}

/** The raw little-endian bytes of a tensor: a view of its data, not to be written. Error: `tensor/storage` for strings. */
export function bytesOf(t: Tensor): Uint8Array {
  if (t.type === 'string') throw fail('storage', { actual: t.type }, 'strings have no raw bytes');
  const { buffer, byteOffset, byteLength } = t.data;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return littleEndian ? bytes : swapped(bytes.slice(), storageOf(t.type).elementBytes);
}

/** Reverses each element in place where the machine is big-endian. */
function swapped(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (!littleEndian) for (let at = 0; at < bytes.length; at += elementBytes) bytes.subarray(at, at + elementBytes).reverse();
  return bytes;
}

/** Bytes of one number of the type in memory, packed types as fractions: int4 is 0.5. */
export const bytesPerElement = (type: DType): number => bitsOf(type) / 8;
