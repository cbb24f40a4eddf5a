// com.microsoft:MultiHeadAttention: Q, K, V of separate inputs, as the attention of ai.onnx over heads.
import { type Attribute, attr } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { attributeOf, intOf } from '../../attributes';
import { fromNumbers, numbersOf } from '../array';
import { badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { kernels as attention } from './attention';

/** x plus its part of the packed bias of Q, K and V. */
function biased(x: Tensor, bias: Tensor | undefined, from: number): Tensor {
  if (!bias) return x;
  const [bs, width] = [numbersOf(bias), x.dims[x.dims.length - 1]!];
  return fromNumbers(
    x.type,
    x.dims,
    numbersOf(x).map((each, i) => each + bs[from + (i % width)]!),
  );
}

const multiHeadAttention: Kernel = (node, inputs, run) => {
  const [q, k, v] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [bias, padding, mask, pastK, pastV] = [3, 4, 5, 6, 7].map((i) => optionalAt(node, inputs, i));
  if (q.dims.length !== 3 || k.dims.length !== 3 || v.dims.length !== 3)
    badInput(node, 0, 'only Q, K and V of three axes are computed', { actual: [q.dims, k.dims, v.dims] });
  if (padding) badInput(node, 4, 'a key padding mask is not computed');
  const heads = intOf(node, 'num_heads') ?? 1;
  const hidden = q.dims[2]!;
  const scale = attributeOf(node, 'scale', 'float');
  const attributes = new Map<string, Attribute>([
    ['q_num_heads', attr.int(heads)],
    ['kv_num_heads', attr.int(heads)],
    ['is_causal', attr.int(intOf(node, 'unidirectional', 0))],
  ]);
  if (scale) attributes.set('scale', attr.float(scale));
  const plain = { ...node, attributes };
  const [y, presentK, presentV] = attention.Attention(
    plain,
    [biased(q, bias, 0), biased(k, bias, hidden), biased(v, bias, 2 * hidden), mask, pastK, pastV],
    run,
  );
  return [y, presentK, presentV];
};

export const kernels = { 'com.microsoft:MultiHeadAttention': multiHeadAttention } satisfies Record<string, Kernel>;
