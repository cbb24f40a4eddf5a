// Any tensor of numbers as float32 values.
import { decodeArray, type StorageOf } from '@modeldiet/numfmt';
import { elementCount } from './dims';
import { formatOf } from './dtypes';
import { fail } from './errors';
import type { Tensor } from './types';

/** The values as float64, exact but for 64-bit integers beyond 2^53. Errors: `tensor/not-numeric` for strings and complex numbers. */
export function toFloat64(t: Tensor): Float64Array {
  if (t.type === 'float64') return t.data;
  return new Float64Array(toNumbers(t));
}

/** The values as float32: float32 itself without a copy, wider types rounded, bool as 0 and 1. Error: `tensor/not-numeric`. */
export function toFloat32(t: Tensor): Float32Array {
  if (t.type === 'float32') return t.data;
  const values = toNumbers(t);
  return values.BYTES_PER_ELEMENT === 4 ? (values as Float32Array) : new Float32Array(values);
}

/** The values in an array that holds them: float32 or float64 by the type. */
export function toNumbers(t: Tensor): Float32Array | Float64Array {
  if (t.type === 'bool') return Float32Array.from(t.data, (b) => (b === 0 ? 0 : 1));
  if (t.type === 'float64' || t.type === 'float32') return t.data;
  const format = formatOf(t.type);
  if (!format) throw fail('not-numeric', { actual: t.type });
  return decodeArray(t.data as StorageOf[typeof format.name], format, elementCount(t.dims));
}
