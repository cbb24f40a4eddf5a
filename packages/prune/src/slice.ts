// Taking some entries of some axes of a tensor.
import type { DataOf, DType, Tensor } from '@modeldiet/tensor';
import { fail } from './errors';

const bytewise: ReadonlySet<DType> = new Set(['float64', 'float32', 'float16', 'bfloat16', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'bool']);

/** The tensor with only the entries `kept` of `axis`, in order. */
export function takeAlong(t: Tensor, axis: number, kept: readonly number[]): Tensor {
  if (!bytewise.has(t.type)) throw fail('bad-option', { expected: [...bytewise], actual: t.type }, 'element type of a weight that loses channels');
  const dims = t.dims.map((extent, i) => (i === axis ? kept.length : extent));
  const inner = t.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = t.dims.slice(0, axis).reduce((a, b) => a * b, 1);
  const extent = t.dims[axis]!;
  const from = t.data as DataOf['float32'];
  const data = new (from.constructor as Float32ArrayConstructor)(outer * kept.length * inner);
  for (let o = 0, to = 0; o < outer; o++)
    for (const k of kept) {
      const at = (o * extent + k) * inner;
      data.set(from.subarray(at, at + inner), to);
      to += inner;
    }
  return { type: t.type, dims, data } as Tensor;
}

/** The tensor with zeros in the entries `gone` of `axis`. */
export function zeroAlong(t: Tensor, axis: number, gone: readonly number[]): Tensor {
  const data = (t.data as DataOf['float32']).slice();
  const inner = t.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = t.dims.slice(0, axis).reduce((a, b) => a * b, 1);
  for (let o = 0; o < outer; o++) for (const k of gone) data.fill(0, (o * t.dims[axis]! + k) * inner, (o * t.dims[axis]! + k + 1) * inner);
  return { ...t, data } as Tensor;
}
