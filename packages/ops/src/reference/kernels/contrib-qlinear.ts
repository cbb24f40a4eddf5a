// com.microsoft: ops between quantized tensors (QLinear*, QGemm): the real values, the op, quantized again (docs/ContribOperators.md of ONNX Runtime 1.31).
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { floatOf, intOf } from '../../attributes';
import { fromNumbers, numbersOf } from '../array';
import { axisOf, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { broadcastDims, broadcastOffsets, range } from '../layout';
import { multiply, planProduct, swapLast } from './matrix';
import { concatenated, transposed } from './move';
import { alongAxis, softmaxOf } from './norm';
import { kernels as pool } from './pool';
import { kernels as quant } from './quant';
import { roundEven, sigmoid } from './unary';

type Inputs = readonly (Datum | undefined)[];

const scaleAt = (node: Node, inputs: Inputs, index: number): number => numbersOf(tensorAt(node, inputs, index))[0]!;
const zeroAt = (node: Node, inputs: Inputs, index: number): number => {
  const t = optionalAt(node, inputs, index);
  return t ? numbersOf(t)[0]! : 0;
};

/** The real values of a quantized input: codes at `index`, scale and zero point behind it. */
function realAt(node: Node, inputs: Inputs, index: number): Tensor<'float64'> {
  const t = tensorAt(node, inputs, index);
  const [scale, zero] = [scaleAt(node, inputs, index + 1), zeroAt(node, inputs, index + 2)];
  return { type: 'float64', dims: t.dims, data: Float64Array.from(numbersOf(t), (x) => (x - zero) * scale) };
}

/** Codes of `values`, by the scale at `index` and the zero point behind it. */
function quantized(node: Node, inputs: Inputs, index: number, type: Tensor['type'], dims: readonly number[], values: Float64Array): Tensor {
  const [scale, zero] = [scaleAt(node, inputs, index), zeroAt(node, inputs, index + 1)];
  const [low, high] = type === 'uint8' ? [0, 255] : [-128, 127];
  return fromNumbers(
    type,
    dims,
    values.map((x) => Math.min(Math.max(roundEven(x / scale) + zero, low), high)),
  );
}

const quantizedBinary =
  (f: (a: number, b: number) => number): Kernel =>
  (node, inputs) => {
    const [a, b] = [realAt(node, inputs, 0), realAt(node, inputs, 3)];
    const dims = broadcastDims(a.dims, b.dims);
    const [i, j] = [broadcastOffsets(a.dims, dims), broadcastOffsets(b.dims, dims)];
    const y = Float64Array.from(i, (at, k) => f(a.data[at]!, b.data[j[k]!]!));
    return [quantized(node, inputs, 6, tensorAt(node, inputs, 0).type, dims, y)];
  };

/** One tensor in, one out: codes, scale, zero point, then the scale and zero point of the result. */
const quantizedUnary =
  (f: (x: Tensor, node: Node, run: Parameters<Kernel>[2]) => Tensor): Kernel =>
  (node, inputs, run) => {
    const y = f(realAt(node, inputs, 0), node, run);
    return [quantized(node, inputs, 3, tensorAt(node, inputs, 0).type, y.dims, numbersOf(y))];
  };
const entrywise = (f: (x: number, node: Node) => number): Kernel =>
  quantizedUnary((x, node) => ({ type: 'float64', dims: x.dims, data: Float64Array.from(numbersOf(x), (each) => f(each, node)) }));

/** `f` of [N, C, spatial...] where the node's data is [N, spatial..., C]. */
function asChannelsFirst(x: Tensor, channelsLast: boolean, f: (x: Tensor) => Tensor): Tensor {
  if (!channelsLast) return f(x);
  const rank = x.dims.length;
  const y = f(transposed(x, [0, rank - 1, ...range(rank - 2).map((i) => i + 1)]));
  return transposed(y, [0, ...range(rank - 2).map((i) => i + 2), 1]);
}
const isChannelsLast = (node: Node): boolean => intOf(node, 'channels_last', 0) === 1;

const quantizedPool = (kernel: Kernel): Kernel =>
  quantizedUnary((x, node, run) => asChannelsFirst(x, isChannelsLast(node), (each) => kernel(node, [each], run)[0] as Tensor));

/** Softmax along one axis; before opset 13 (attribute `opset`) over all axes from it on. */
const softmax = quantizedUnary((x, node) => {
  const axis = axisOf(node, intOf(node, 'axis', -1), x.dims.length);
  if (intOf(node, 'opset', 13) >= 13) return alongAxis(x, axis, softmaxOf);
  const inner = x.dims.slice(axis).reduce((a, b) => a * b, 1);
  const flat = alongAxis({ ...x, dims: [numbersOf(x).length / inner, inner] }, 1, softmaxOf);
  return { ...flat, dims: x.dims };
});

/** The scale and zero point of the result come first, then a triple an input. */
const concat: Kernel = (node, inputs) => {
  const type = tensorAt(node, inputs, 2).type;
  const parts = range(Math.floor((inputs.length - 2) / 3)).map((i) => realAt(node, inputs, 2 + 3 * i));
  const y = concatenated(parts, axisOf(node, intOf(node, 'axis', 0), parts[0]!.dims.length));
  return [quantized(node, inputs, 0, type, y.dims, Float64Array.from(numbersOf(y)))];
};

const where: Kernel = (node, inputs) => {
  const [condition, x, y] = [tensorAt(node, inputs, 0), realAt(node, inputs, 1), realAt(node, inputs, 4)];
  const dims = broadcastDims(condition.dims, x.dims, y.dims);
  const [c, i, j] = [condition.dims, x.dims, y.dims].map((each) => broadcastOffsets(each, dims)) as [Int32Array, Int32Array, Int32Array];
  const flags = numbersOf(condition);
  const z = Float64Array.from(c, (at, k) => (flags[at] ? x.data[i[k]!]! : y.data[j[k]!]!));
  return [quantized(node, inputs, 7, tensorAt(node, inputs, 1).type, dims, z)];
};

const conv: Kernel = (node, inputs, run) => {
  const x = tensorAt(node, inputs, 0);
  return [asChannelsFirst(x, isChannelsLast(node), (each) => quant.QLinearConv(node, [each, ...inputs.slice(1)], run)[0] as Tensor)];
};

/** alpha * A' * B' plus C, whose unit is alpha * scale of A * scale of B; float32 where no output scale is given. B may have a scale a column. */
const qGemm: Kernel = (node, inputs) => {
  const [a, b, c] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 3), optionalAt(node, inputs, 6)];
  const [bScales, bZero] = [numbersOf(tensorAt(node, inputs, 4)), optionalAt(node, inputs, 5)];
  const az = zeroAt(node, inputs, 2);
  const left: Tensor = { type: 'float64', dims: a.dims, data: Float64Array.from(numbersOf(a), (x) => x - az) };
  const [x, w] = [intOf(node, 'transA', 0) ? swapLast(left) : left, intOf(node, 'transB', 0) ? swapLast(b) : b];
  const plan = planProduct(node, x.dims, w.dims);
  const { dims, n } = plan;
  const zeros = bZero && numbersOf(bZero);
  const weights = Float64Array.from(numbersOf(w), (each, i) => each - (zeros ? zeros[zeros.length === 1 ? 0 : i % n]! : 0));
  const sums = multiply(numbersOf(x), weights, plan);
  const at = c && broadcastOffsets(c.dims, dims);
  const cs = c && numbersOf(c);
  const unit = floatOf(node, 'alpha', 1) * scaleAt(node, inputs, 1);
  const y = sums.map((sum, i) => (sum + (cs ? cs[at![i]!]! : 0)) * unit * bScales[bScales.length === 1 ? 0 : i % n]!);
  return [optionalAt(node, inputs, 7) ? quantized(node, inputs, 7, a.type, dims, y) : fromNumbers('float32', dims, y)];
};

export const kernels = {
  'com.microsoft:QLinearAdd': quantizedBinary((a, b) => a + b),
  'com.microsoft:QLinearMul': quantizedBinary((a, b) => a * b),
  'com.microsoft:QLinearSigmoid': entrywise(sigmoid),
  'com.microsoft:QLinearLeakyRelu': entrywise((x, node) => (x < 0 ? x * floatOf(node, 'alpha', 0.01) : x)),
  'com.microsoft:QLinearSoftmax': softmax,
  'com.microsoft:QLinearAveragePool': quantizedPool(pool.AveragePool),
  'com.microsoft:QLinearGlobalAveragePool': quantizedPool(pool.GlobalAveragePool),
  'com.microsoft:QLinearConcat': concat,
  'com.microsoft:QLinearWhere': where,
  'com.microsoft:QLinearConv': conv,
  'com.microsoft:QGemm': qGemm,
  'com.microsoft:NhwcMaxPool': (node, inputs, run) => [asChannelsFirst(tensorAt(node, inputs, 0), true, (x) => pool.MaxPool(node, [x], run)[0] as Tensor)],
} satisfies Record<string, Kernel>;
