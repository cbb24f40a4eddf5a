// com.microsoft: what the quantizer of ONNX Runtime writes for attention, embeddings and LSTM: the real values of the codes, then the op in float (docs/ContribOperators.md of ONNX Runtime 1.31).
import type { Tensor } from '@modeldiet/tensor';
import { numbersOf } from '../array';
import { badInput, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { kernels as attention } from './contrib-attention';
import { kernels as embed } from './contrib-embed';
import { transposed } from './move';
import { kernels as recurrent } from './recurrent';

type Inputs = readonly (Datum | undefined)[];
type Node = Parameters<Kernel>[0];

/** (code - zero point) * scale, of the type of the scale; a parameter is one for all, or one an entry of `axis` (of axes 0 and `axis`, if it has two). */
function real(node: Node, inputs: Inputs, codesAt: number, scaleAt: number, zeroAt: number, axis = -1): Tensor {
  const [codes, scale, zero] = [tensorAt(node, inputs, codesAt), tensorAt(node, inputs, scaleAt), optionalAt(node, inputs, zeroAt)];
  const [xs, scales, zeros] = [numbersOf(codes), numbersOf(scale), zero && numbersOf(zero)];
  const along = axis < 0 ? codes.dims.length + axis : axis;
  const [first, columns] = [codes.dims[0]!, codes.dims[along]!];
  const inner = codes.dims.slice(along + 1).reduce((a, b) => a * b, 1);
  const outer = xs.length / Math.max(1, first);
  const of = (values: ArrayLike<number>, i: number): number => {
    if (values.length === 1) return values[0]!;
    const column = Math.floor(i / inner) % columns;
    if (values.length === columns && scale.dims.length < 2) return values[column]!;
    if (values.length === first) return values[Math.floor(i / outer)]!;
    if (values.length === first * columns) return values[Math.floor(i / outer) * columns + column]!;
    return badInput(node, scaleAt, 'no form of a scale', { expected: [[], [columns], [first, columns]], actual: scale.dims });
  };
  return { type: 'float64', dims: codes.dims, data: Float64Array.from(xs, (x, i) => (x - (zeros ? of(zeros, i) : 0)) * of(scales, i)) };
}

/** Every result in the type of a scale; whole numbers as they are. */
const rounded = (results: readonly (Datum | undefined)[], like: Tensor): (Datum | undefined)[] =>
  results.map((t) => (t && 'type' in t && t.type === 'float64' ? ({ ...t, type: like.type, data: Float32Array.from(t.data as Float64Array) } as Tensor) : t));

const quantizedAttention: Kernel = (node, inputs, run) => {
  const [x, w] = [real(node, inputs, 0, 3, 6), real(node, inputs, 1, 4, 7)];
  return rounded(attention['com.microsoft:Attention'](node, [x, w, inputs[2], inputs[5], inputs[8]], run) as Tensor[], tensorAt(node, inputs, 3));
};

const quantizedEmbed: Kernel = (node, inputs, run) => {
  const segments = optionalAt(node, inputs, 4) ? real(node, inputs, 4, 10, 15) : undefined;
  const [words, positions, gamma, beta] = [
    real(node, inputs, 2, 8, 13),
    real(node, inputs, 3, 9, 14),
    real(node, inputs, 5, 11, 16),
    real(node, inputs, 6, 12, 17),
  ];
  const [y, mask] = embed['com.microsoft:EmbedLayerNormalization'](node, [inputs[0], inputs[1], words, positions, segments, gamma, beta, inputs[7]], run) as [
    Tensor,
    Tensor,
  ];
  return rounded([y, mask], tensorAt(node, inputs, 8));
};

/** W [directions, input, 4 * hidden] and R [directions, hidden, 4 * hidden] as codes; X and the state, which the runtime quantizes anew in each step, stay exact here. */
const quantizedLstm: Kernel = (node, inputs, run) => {
  const [w, r] = [real(node, inputs, 1, 8, 9), real(node, inputs, 2, 10, 11)].map((t) => transposed(t, [0, 2, 1]));
  return recurrent.LSTM(node, [inputs[0], w, r, ...inputs.slice(3, 8)], run);
};

export const kernels = {
  'com.microsoft:QAttention': quantizedAttention,
  'com.microsoft:QEmbedLayerNormalization': quantizedEmbed,
  'com.microsoft:DynamicQuantizeLSTM': quantizedLstm,
} satisfies Record<string, Kernel>;
