// A cast that is done only when nothing is lost by it.
import { cast, type DType, type Tensor, toFloat64 } from '@modeldiet/tensor';

const isWide = (t: Tensor): t is Tensor<'int64' | 'uint64'> => t.type === 'int64' || t.type === 'uint64';

const safe = (data: BigInt64Array | BigUint64Array): boolean => {
  for (const x of data) if (x > Number.MAX_SAFE_INTEGER || x < Number.MIN_SAFE_INTEGER) return false;
  return true;
};

/** The tensor as `dtype`, or undefined when an entry would change, or either type does not hold numbers. NaN stays NaN; -0 may become 0. */
export function castExact(tensor: Tensor, dtype: DType): Tensor | undefined {
  const numeric = (type: DType): boolean => type !== 'string' && type !== 'complex64' && type !== 'complex128';
  if (!numeric(tensor.type) || !numeric(dtype)) return undefined;
  if (isWide(tensor) && !safe(tensor.data)) return undefined;
  const there = cast(tensor, dtype);
  const before = toFloat64(tensor);
  const after = toFloat64(there);
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i] && !(Number.isNaN(before[i]!) && Number.isNaN(after[i]!))) return undefined;
  return there;
}
