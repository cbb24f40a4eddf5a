// Multi-head self-attention (Vaswani et al. 2017) in plain ops: softmax(Q K^T / sqrt(d)) V, then a projection.

import { fail } from '../../errors';
import type { Value } from '../../ir/model';
import { xavierUniform } from '../weight-init';
import { checkCounts, checkExtent, checkRank, type Layer } from './layer';
import { project } from './linear';

/** [batch, seq, dim] -> [batch, seq, dim] with `heads` heads. Weights `q|k|v|out.weight` [dim, dim] and `.bias`. Errors: `layer-option`, `layer-input`. */
export function selfAttention(dim: number, heads: number, { bias = true }: { readonly bias?: boolean } = {}): Layer<'selfAttention'> {
  checkCounts('selfAttention', { dim, heads });
  if (dim % heads) throw fail('layer-option', { where: { opType: 'selfAttention', option: 'heads' }, expected: `a divisor of ${dim}`, actual: heads });
  const size = dim / heads;
  return {
    name: 'selfAttention',
    options: { dim, heads, bias },
    input: { dtype: 'float32', dims: ['batch', 'seq', dim] },
    build(x, c) {
      checkRank('selfAttention', c, x, 3);
      checkExtent('selfAttention', c, x, -1, dim);
      const { g } = c;
      const toHeads = c.constant('split', { type: 'int64', dims: [4], data: BigInt64Array.of(0n, 0n, BigInt(heads), BigInt(size)) });
      const fromHeads = c.constant('merge', { type: 'int64', dims: [3], data: BigInt64Array.of(0n, 0n, BigInt(dim)) });
      const init = xavierUniform();
      const head = (label: string, perm: readonly number[]): Value => {
        const projected = project(x, c, dim, dim, { bias, init }, label).value;
        const split = g.op('Reshape', [projected, toHeads], undefined, c.named(`${label}/Reshape`));
        return g.op('Transpose', [split], { perm }, c.named(`${label}/Transpose`));
      };
      // The scale goes to the queries: fewer numbers than the scores.
      const scale = c.constant('scale', { type: 'float32', dims: [], data: Float32Array.of(1 / Math.sqrt(size)) });
      const q = g.op('Mul', [head('q', [0, 2, 1, 3]), scale], undefined, c.named('Mul'));
      const scores = g.op('MatMul', [q, head('k', [0, 2, 3, 1])], undefined, c.named('scores/MatMul'));
      const weights = g.op('Softmax', [scores], { axis: -1 }, c.named('Softmax'));
      const mixed = g.op('MatMul', [weights, head('v', [0, 2, 1, 3])], undefined, c.named('MatMul'));
      const back = g.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }, c.named('Transpose'));
      const merged = g.op('Reshape', [back, fromHeads], undefined, c.named('Reshape'));
      return project({ value: merged, dims: x.dims }, c, dim, dim, { bias }, 'out');
    },
  };
}
