// How far a reference result may be from an expected one, by element type.
import type { Datum } from '@modeldiet/ops/reference';
import { type DType, type Tensor, toFloat64 } from '@modeldiet/tensor';

/** Relative tolerance: a few units in the last place, and for float32 the 1e-3 that the node cases were made for. */
const relative: Partial<Record<DType, number>> = { float64: 1e-7, float32: 1e-3, float16: 2e-3, bfloat16: 1.2e-2 };
const isTensor = (datum: Datum): datum is Tensor => datum !== null && 'dims' in (datum as object);

/** The first difference in words; undefined when equal within tolerance. */
export function difference(got: Datum, want: Datum): string | undefined {
  if (got === null || want === null) return got === want ? undefined : 'an empty optional against a full one';
  if (Array.isArray(got) && Array.isArray(want)) {
    if (got.length !== want.length) return `a sequence of ${got.length} against ${want.length}`;
    for (let i = 0; i < got.length; i++) {
      const found = difference(got[i] as Datum, want[i] as Datum);
      if (found) return `element ${i}: ${found}`;
    }
    return undefined;
  }
  if (!isTensor(got) || !isTensor(want)) return 'values of different kinds';
  if (got.type !== want.type) return `type ${got.type} against ${want.type}`;
  if (got.dims.join() !== want.dims.join()) return `dims [${got.dims}] against [${want.dims}]`;
  if (got.type === 'string' || want.type === 'string') {
    const at = [...got.data].findIndex((text, i) => text !== want.data[i]);
    return at < 0 ? undefined : `at ${at}: '${got.data[at]}' against '${want.data[at]}'`;
  }
  if (got.type.startsWith('complex')) return 'complex numbers are not computed with';
  if (got.type.startsWith('int64') || got.type.startsWith('uint64')) {
    const at = Array.from(got.data as BigInt64Array).findIndex((x, i) => x !== (want.data as BigInt64Array)[i]);
    return at < 0 ? undefined : `at ${at}: ${got.data[at]} against ${want.data[at]}`;
  }
  const [a, b] = [toFloat64(got), toFloat64(want)];
  const share = relative[got.type] ?? 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    if (!(Math.abs(a[i]! - b[i]!) <= (share && 1e-6) + share * Math.abs(b[i]!))) return `at ${i}: ${a[i]} against ${b[i]} (${got.type})`;
  }
  return undefined;
}
