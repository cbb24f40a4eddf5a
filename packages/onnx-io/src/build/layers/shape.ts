// Layers that only move numbers: flatten, embedding.

import type { Dim } from '../../ir/model';
import { normalInit } from '../weight-init';
import { checkCounts, type Layer } from './layer';

const product = (dims: readonly Dim[]): Dim | undefined =>
  dims.every((dim) => typeof dim === 'number') ? dims.reduce<number>((a, b) => a * (b as number), 1) : undefined;

/** [batch, ...rest] -> [batch, product of rest]. */
export const flatten = (): Layer<'flatten'> => ({
  name: 'flatten',
  options: {},
  build: (x, c) => ({
    value: c.g.op('Flatten', [x.value], undefined, c.named('Flatten')),
    dims: [x.dims[0] ?? 1, product(x.dims.slice(1)) ?? c.fresh('features')],
  }),
});

/** Indices (int64) of any shape -> one more axis of `dim` numbers. Weight `weight` [count, dim], N(0, 1) as PyTorch's. */
export function embedding(count: number, dim: number): Layer<'embedding'> {
  checkCounts('embedding', { count, dim });
  return {
    name: 'embedding',
    options: { count, dim },
    input: { dtype: 'int64', dims: ['batch', 'seq'] },
    build: (x, c) => ({
      value: c.g.op('Gather', [c.weight('weight', [count, dim], normalInit()), x.value], undefined, c.named('Gather')),
      dims: [...x.dims, dim],
    }),
  };
}
