// A tensor's entries as numbers, without a copy where the storage is numbers already.
import { type Tensor, toFloat32 } from '@modeldiet/tensor';

/** undefined for strings, complex numbers and packed integers. bool is 0 and 1; int64 beyond 2^53 is rounded. */
export function numbersOf(tensor: Tensor): ArrayLike<number> | undefined {
  switch (tensor.type) {
    case 'float32':
    case 'float64':
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'bool':
      return tensor.data;
    case 'int64':
    case 'uint64':
      return Float64Array.from(tensor.data, Number);
    case 'float16':
    case 'bfloat16':
      return toFloat32(tensor);
    default:
      return undefined;
  }
}

const floats = new Set(['float32', 'float64', 'float16', 'bfloat16']);
export const isFloat = (dtype: string | undefined): boolean => dtype !== undefined && floats.has(dtype);
const integers = new Set(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64']);
export const isInteger = (dtype: string | undefined): boolean => dtype !== undefined && integers.has(dtype);

/** The index of the largest entry of row `row`; the first of equals; -1 when the row holds NaN. */
export function argmaxRow(data: ArrayLike<number>, row: number, width: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < width; i++) {
    const x = data[row * width + i]!;
    if (Number.isNaN(x)) return -1;
    if (best < 0 || x > most) {
      best = i;
      most = x;
    }
  }
  return best;
}
