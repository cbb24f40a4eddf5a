// com.microsoft:EmbedLayerNormalization, and the fused additions and normalisations of GPU graphs (BiasAdd, BiasSoftmax, BiasSplitGelu, BiasDropout, GroupNorm).
import { attr } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { floatOf, intOf } from '../../attributes';
import { bools, fromNumbers, integersOf, numbersOf } from '../array';
import { badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { broadcastOffsets, product, range } from '../layout';
import { transposed } from './move';
import { alongAxis, groupNormalized, layerNormalization, softmaxOf } from './norm';
import { gelu, sigmoid } from './unary';

/** Word + position + segment, normalised; how many tokens the mask leaves; the sum before it. */
const embedLayerNormalization: Kernel = (node, inputs, run) => {
  const ids = tensorAt(node, inputs, 0);
  const [words, positions] = [tensorAt(node, inputs, 2), tensorAt(node, inputs, 3)];
  const [segmentIds, segments, mask, positionIds] = [1, 4, 7, 8].map((i) => optionalAt(node, inputs, i));
  if (segments && !segmentIds) badInput(node, 1, 'an input is missing');
  const [batch, length] = ids.dims as [number, number];
  const hidden = words.dims[1]!;
  const [word, position, segment] = [words, positions, segments].map((t) => t && numbersOf(t));
  const [at, place, kind] = [ids, positionIds, segmentIds].map((t) => t && integersOf(t));
  const sum = Float64Array.from({ length: batch * length * hidden }, (_, i) => {
    const [token, d] = [Math.floor(i / hidden), i % hidden];
    const where = place ? place[place.length === length ? token % length : token]! : token % length;
    return word![at![token]! * hidden + d]! + position![where * hidden + d]! + (segment ? segment[kind![token]! * hidden + d]! : 0);
  });
  const dims = [batch, length, hidden];
  const named = { ...node, attributes: new Map([['epsilon', attr.float(1e-12)], ...node.attributes, ['axis', attr.int(-1)]]) };
  const [y] = layerNormalization(named, [fromNumbers(words.type, dims, sum), inputs[5], inputs[6]], run);
  const flags = mask && integersOf(mask);
  const counts = range(batch).map((b) => (flags ? flags.slice(b * length, (b + 1) * length).filter((flag) => flag === 1).length : 0));
  return [y, fromNumbers('int32', [batch], counts), fromNumbers(words.type, dims, sum)];
};

/** x + a + b, each broadcast to x. */
function plus(x: Tensor, ...others: readonly (Tensor | undefined)[]): Tensor {
  const terms = others.flatMap((t) => (t ? [{ at: broadcastOffsets(t.dims, x.dims), values: numbersOf(t) }] : []));
  return fromNumbers(
    x.type,
    x.dims,
    numbersOf(x).map((each, i) => terms.reduce((sum, { at, values }) => sum + values[at[i]!]!, each)),
  );
}

const biasAdd: Kernel = (node, inputs) => [plus(tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2))];

/** Without training the dropout does nothing: x + bias + residual, and a mask of ones. */
const biasDropout: Kernel = (node, inputs) => {
  const training = optionalAt(node, inputs, 4);
  if (training && numbersOf(training)[0]) badInput(node, 4, 'a training run is not computed');
  const y = plus(tensorAt(node, inputs, 0), optionalAt(node, inputs, 1), optionalAt(node, inputs, 2));
  return [
    y,
    bools(
      range(product(y.dims)).map(() => true),
      y.dims,
    ),
  ];
};

/** Softmax of x + bias over all axes from `axis` on; the bias repeats over inner or over outer ones of the axes before. */
const biasSoftmax: Kernel = (node, inputs) => {
  const [x, bias] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const axis = intOf(node, 'axis', 1);
  const at = axis < 0 ? axis + x.dims.length : axis;
  const width = product(x.dims.slice(at));
  const [xs, bs] = [numbersOf(x), numbersOf(bias)];
  const inner = intOf(node, 'is_inner_broadcast', 1) === 1;
  const repeats = xs.length / bs.length;
  const rowOf = (row: number): number => (inner ? Math.floor(row / repeats) : row % (bs.length / width));
  const sum = Float64Array.from(xs, (each, i) => each + bs[rowOf(Math.floor(i / width)) * width + (i % width)]!);
  const flat = alongAxis({ type: 'float64', dims: [xs.length / width, width], data: sum }, 1, softmaxOf);
  return [fromNumbers(x.type, x.dims, numbersOf(flat))];
};

/** The left half of x + bias times the Gelu of the right. */
const biasSplitGelu: Kernel = (node, inputs) => {
  const [x, bias] = [tensorAt(node, inputs, 0), numbersOf(tensorAt(node, inputs, 1))];
  const width = x.dims[x.dims.length - 1]!;
  const half = width / 2;
  const xs = numbersOf(x);
  const at = (row: number, d: number): number => xs[row * width + d]! + bias[d]!;
  const dims = [...x.dims.slice(0, -1), half];
  const y = Float64Array.from(
    { length: product(dims) },
    (_, i) => at(Math.floor(i / half), i % half) * gelu(at(Math.floor(i / half), half + (i % half)), false),
  );
  return [fromNumbers(x.type, dims, y)];
};

/** Groups of channels normalised, then x * sigmoid(x) where `activation` is 1; data is [N, H, W, C] by default. */
const groupNorm: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const last = intOf(node, 'channels_last', 1) === 1;
  const rank = x.dims.length;
  const first = last ? transposed(x, [0, rank - 1, ...range(rank - 2).map((i) => i + 1)]) : x;
  const y = groupNormalized(first, intOf(node, 'groups', 1), floatOf(node, 'epsilon', 1e-5), tensorAt(node, inputs, 1), tensorAt(node, inputs, 2), true);
  const back = last ? transposed(y, [0, ...range(rank - 2).map((i) => i + 2), 1]) : y;
  if (intOf(node, 'activation', 0) !== 1) return [back];
  return [
    fromNumbers(
      back.type,
      back.dims,
      numbersOf(back).map((each) => each * sigmoid(each)),
    ),
  ];
};

export const kernels = {
  'com.microsoft:EmbedLayerNormalization': embedLayerNormalization,
  'com.microsoft:BiasAdd': biasAdd,
  'com.microsoft:BiasDropout': biasDropout,
  'com.microsoft:BiasSoftmax': biasSoftmax,
  'com.microsoft:BiasSplitGelu': biasSplitGelu,
  'com.microsoft:GroupNorm': groupNorm,
  'com.microsoft:LayerNormalization': layerNormalization,
} satisfies Record<string, Kernel>;
