// A sparse constant as the dense tensor it stands for.
import type { SparseTensor, Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import { entriesOf, fromEntries, integersOf, newEntries } from './array';
import { product, stridesOf } from './layout';

/** Indices are positions [n], or coordinates [n, rank]. Throws `ops/weight-not-loaded`. */
export function denseOf({ dims, values, indices }: SparseTensor, name: string): Tensor {
  if (!('data' in values) || !('data' in indices)) throw fail('weight-not-loaded', { where: { value: name } });
  const from = entriesOf(values);
  const to = newEntries(from, product(dims)) as Record<number, unknown>;
  const at = integersOf(indices);
  const rank = indices.dims.length > 1 ? indices.dims[1]! : 1;
  const strides = rank === 1 ? [1] : stridesOf(dims);
  for (let i = 0; i < from.length; i++) to[strides.reduce((sum, stride, axis) => sum + stride * at[i * rank + axis]!, 0)] = from[i];
  return fromEntries(values.type, dims, to as unknown as ReturnType<typeof entriesOf>);
}
