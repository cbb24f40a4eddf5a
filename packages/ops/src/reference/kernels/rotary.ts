// Rotary embedding (Su et al., 2021) of ai.onnx (23) and com.microsoft: pairs of every head's vector turned by the angle of their position.
import type { Tensor } from '@modeldiet/tensor';
import { intOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { type Kernel, optionalAt, tensorAt } from '../kernel';
import { joined, split } from './attention';

/** How vectors are turned: tables of cosines and sines by row, the row of a token, the extent that turns, and whether pairs are neighbours or halves. */
interface Turn {
  readonly cos: Tensor;
  readonly sin: Tensor;
  readonly rowOf: (batch: number, token: number) => number;
  /** Extent of a vector that turns; the rest stays. */
  readonly size: number;
  readonly interleaved: boolean;
}

/** x [batch, heads, tokens, size], turned. */
export function turned(x: Tensor, { cos, sin, rowOf, size: rotated, interleaved }: Turn): Tensor {
  const [batch, heads, length, size] = x.dims as [number, number, number, number];
  const half = rotated / 2;
  const width = cos.dims[cos.dims.length - 1]!;
  const [xs, cs, ss] = [numbersOf(x), numbersOf(cos), numbersOf(sin)];
  const out = Float64Array.from(xs);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < length; i++) {
        const row = rowOf(b, i) * width;
        const from = ((b * heads + h) * length + i) * size;
        for (let d = 0; d < half; d++) {
          const [p, q] = interleaved ? [2 * d, 2 * d + 1] : [d, d + half];
          const [re, im] = [xs[from + p]!, xs[from + q]!];
          out[from + p] = cs[row + d]! * re - ss[row + d]! * im;
          out[from + q] = ss[row + d]! * re + cs[row + d]! * im;
        }
      }
  return fromNumbers(x.type, x.dims, out);
}

/** Without positions the tables have a row a token of the batch. */
const standard: Kernel = (node, inputs) => {
  const [x, cos, sin] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const positions = optionalAt(node, inputs, 3);
  const own = split(x, x.dims.length === 3 ? intOf(node, 'num_heads', 1) : x.dims[1]!);
  const [length, size] = [own.dims[2]!, own.dims[3]!];
  const at = positions && integersOf(positions);
  const rowOf = (b: number, i: number): number => (at ? at[b * length + i]! : b * length + i);
  const y = turned(own, { cos, sin, rowOf, size: intOf(node, 'rotary_embedding_dim', 0) || size, interleaved: intOf(node, 'interleaved', 0) === 1 });
  return [x.dims.length === 3 ? joined(y) : y];
};

/** Positions come second: one for every token, or the first one alone. Without num_heads the tables tell the size of a head. */
const contrib: Kernel = (node, inputs) => {
  const [x, positions, cos, sin] = [0, 1, 2, 3].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor, Tensor];
  const rotated = intOf(node, 'rotary_embedding_dim', 0);
  const width = 2 * cos.dims[1]!;
  const own = split(x, x.dims.length === 4 ? x.dims[1]! : rotated ? intOf(node, 'num_heads', 1) : x.dims[2]! / width);
  const at = integersOf(positions);
  const rowOf = (b: number, i: number): number => (at.length === 1 ? at[0]! + i : at[b * own.dims[2]! + i]!);
  const y = turned(own, { cos, sin, rowOf, size: rotated || width, interleaved: intOf(node, 'interleaved', 0) === 1 });
  return [x.dims.length === 3 ? joined(y) : y];
};

export const kernels = { RotaryEmbedding: standard, 'com.microsoft:RotaryEmbedding': contrib } satisfies Record<string, Kernel>;
