// Making a tensor, checked.
import { elementCount } from './dims';
import { storageCount, storageOf } from './dtypes';
import { fail } from './errors';
import type { DataOf, DType, Tensor } from './types';

/** The class of a typed array by its tag: `instanceof` does not know arrays of another realm. */
const tagOf = (x: unknown): string => Object.prototype.toString.call(x).slice(8, -1);

/**
 * A tensor of `dims` over `data`, which is kept, not copied, and must not be written any more. `data` is the ONNX raw layout of the type: 4-bit types packed low nibble first, float16 as bits.
 * Errors: `tensor/dims`, `tensor/storage` (another typed array than the type's), `tensor/length`.
 *
 * @example tensor('float32', new Float32Array([1, 2, 3, 4]), [2, 2])
 */
export function tensor<T extends DType>(type: T, data: DataOf[T], dims: readonly number[] = [data.length]): Tensor<T> {
  const expected = storageCount(type, elementCount(dims));
  const kind: DType = type;
  const wanted = kind === 'string' ? 'Array' : storageOf(kind).array.name;
  // Node's Buffer is a Uint8Array by its tag.
  if (tagOf(data) !== wanted) throw fail('storage', { where: { value: type }, expected: wanted, actual: tagOf(data) });
  if (data.length !== expected) throw fail('length', { expected: `${expected} for ${type}[${dims}]`, actual: data.length });
  return { type, dims, data } as unknown as Tensor<T>;
}

/** A scalar, or a tensor filled with one number; float32 unless said. */
export function filled(value: number, dims: readonly number[] = [], type: 'float32' | 'float64' | 'int32' = 'float32'): Tensor {
  const count = elementCount(dims);
  if (type === 'float32') return tensor(type, new Float32Array(count).fill(value), dims);
  return type === 'float64' ? tensor(type, new Float64Array(count).fill(value), dims) : tensor(type, new Int32Array(count).fill(value), dims);
}

/** The same data under other dims. Error: `tensor/length` when the counts differ. */
export function reshape<T extends DType>(t: Tensor<T>, dims: readonly number[]): Tensor<T> {
  const [from, to] = [elementCount(t.dims), elementCount(dims)];
  if (from !== to) throw fail('length', { expected: from, actual: `${to} of [${dims}]` });
  return { ...t, dims };
}

/** The entries `from` to `to` of axis 0, as a view where the storage allows it (2- and 4-bit types that start inside a byte are copied). Error: `tensor/argument`. */
export function rows<T extends DType>(t: Tensor<T>, from: number, to: number): Tensor<T> {
  const [extent = -1, ...rest] = t.dims;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= extent))
    throw fail('argument', { expected: `rows within ${extent}`, actual: `${from} to ${to}` });
  const dims = [to - from, ...rest];
  const step = elementCount(rest);
  const data = sliceData(t.type, t.data, from * step, to * step);
  return { ...t, dims, data };
}

function sliceData<T extends DType>(type: T, data: DataOf[DType], from: number, to: number): DataOf[T] {
  const kind: DType = type;
  if (kind === 'string') return (data as readonly string[]).slice(from, to) as unknown as DataOf[T];
  const array = data as Exclude<DataOf[DType], readonly string[]>;
  const perElement = storageCount(type, 4) / 4;
  if (perElement >= 1 || Number.isInteger(from * perElement)) return array.subarray(from * perElement, Math.ceil(to * perElement)) as unknown as DataOf[T];
  const bits = perElement * 8;
  const mask = (1 << bits) - 1;
  const out = new Uint8Array(storageCount(type, to - from));
  for (let i = from; i < to; i++) {
    const code = ((array as Uint8Array)[Math.floor(i * perElement)]! >> ((i * bits) % 8)) & mask;
    out[Math.floor((i - from) * perElement)]! |= code << (((i - from) * bits) % 8);
  }
  return out as unknown as DataOf[T];
}
