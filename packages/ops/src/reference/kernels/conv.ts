// Convolutions, straight from the definition.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { intOf, intsOf, stringOf } from '../../attributes';
import { fromNumbers, numbersOf } from '../array';
import { badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { eachIndex, product, range } from '../layout';
import { sigmoid } from './unary';
import { eachTap, windowsOf } from './window';

type Numbers = ArrayLike<number>;
interface Plane {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/** X [N, C, ...] with W [M, C/group, ...]: [N, M, ...]. Which input each kernel tap meets at which output is found once for all channels. */
export function convolve(node: Node, x: Numbers, xDims: readonly number[], w: Numbers, wDims: readonly number[], bias?: Numbers): Plane {
  const [batch, channels, ...input] = xDims as [number, number, ...number[]];
  const [filters, perGroup] = wDims as [number, number];
  const group = intOf(node, 'group', 1);
  if (perGroup * group !== channels) badInput(node, 1, 'the weight is for another number of channels', { expected: channels / group, actual: perGroup });
  const windows = windowsOf(node, input, wDims.slice(2));
  const [inSize, outSize, kernelSize] = [product(input), product(windows.output), product(windows.kernel)];
  const meetings = range(kernelSize).map(() => ({ at: [] as number[], to: [] as number[] }));
  eachIndex(windows.output, (index, position) => {
    eachTap(windows, index, (at, k) => {
      meetings[k]!.at.push(at);
      meetings[k]!.to.push(position);
    });
  });
  const pairs = meetings.map(({ at, to }) => ({ at: Int32Array.from(at), to: Int32Array.from(to) }));
  const out = new Float64Array(batch * filters * outSize);
  for (let n = 0; n < batch; n++)
    for (let m = 0; m < filters; m++) {
      const plane = out.subarray((n * filters + m) * outSize, (n * filters + m + 1) * outSize);
      if (bias) plane.fill(bias[m]!);
      const first = Math.floor(m / (filters / group)) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const from = (n * channels + first + c) * inSize;
        for (let k = 0; k < kernelSize; k++) {
          const weight = w[(m * perGroup + c) * kernelSize + k]!;
          const { at, to } = pairs[k]!;
          for (let i = 0; i < at.length; i++) plane[to[i]!]! += weight * x[from + at[i]!]!;
        }
      }
    }
  return { dims: [batch, filters, ...windows.output], values: out };
}

const conv: Kernel = (node, inputs) => {
  const [x, w, b] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const { dims, values } = convolve(node, numbersOf(x), x.dims, numbersOf(w), w.dims, b && numbersOf(b));
  return [fromNumbers(x.type, dims, values)];
};

/** The pads that make the output as asked: output_shape, or SAME (input * stride). */
function transposePads(node: Node, input: readonly number[], kernel: readonly number[]) {
  const rank = input.length;
  const ones = range(rank).map(() => 1);
  const [strides, dilations] = [intsOf(node, 'strides') ?? ones, intsOf(node, 'dilations') ?? ones];
  const extra = intsOf(node, 'output_padding') ?? range(rank).map(() => 0);
  const autoPad = stringOf(node, 'auto_pad', 'NOTSET');
  const asked = intsOf(node, 'output_shape')?.slice(-rank);
  const pads = intsOf(node, 'pads') ?? range(2 * rank).map(() => 0);
  return range(rank).map((i) => {
    const full = strides[i]! * (input[i]! - 1) + extra[i]! + (kernel[i]! - 1) * dilations[i]! + 1;
    const target = asked?.[i] ?? (autoPad.startsWith('SAME') ? input[i]! * strides[i]! : undefined);
    if (target === undefined) {
      const [begin, end] = autoPad === 'VALID' ? [0, 0] : [pads[i]!, pads[i + rank]!];
      return { begin, extent: full - begin - end, stride: strides[i]!, dilation: dilations[i]! };
    }
    const total = full - target;
    const small = Math.floor(total / 2);
    return { begin: autoPad === 'SAME_UPPER' ? small : total - small, extent: target, stride: strides[i]!, dilation: dilations[i]! };
  });
}

/** Every input element spread over the output by the kernel: W [C, M/group, ...]. */
const convTranspose: Kernel = (node, inputs) => {
  const [x, w, b] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const [, perGroup, ...kernel] = w.dims as [number, number, ...number[]];
  const group = intOf(node, 'group', 1);
  const axes = transposePads(node, input, kernel);
  const output = axes.map(({ extent }) => extent);
  const filters = perGroup * group;
  const [inSize, outSize, kernelSize] = [product(input), product(output), product(kernel)];
  const [xs, ws, bs] = [numbersOf(x), numbersOf(w), b && numbersOf(b)];
  const out = new Float64Array(batch * filters * outSize);
  if (bs) for (let i = 0; i < out.length; i++) out[i] = bs[Math.floor(i / outSize) % filters]!;
  eachIndex(input, (index, position) => {
    eachIndex(kernel, (tap, k) => {
      let at = 0;
      for (const [i, { begin, extent, stride, dilation }] of axes.entries()) {
        const y = index[i]! * stride + tap[i]! * dilation - begin;
        if (y < 0 || y >= extent) return;
        at = at * extent + y;
      }
      for (let n = 0; n < batch; n++)
        for (let c = 0; c < channels; c++) {
          const value = xs[(n * channels + c) * inSize + position]!;
          const first = Math.floor(c / (channels / group)) * perGroup;
          for (let m = 0; m < perGroup; m++) out[(n * filters + first + m) * outSize + at]! += value * ws[(c * perGroup + m) * kernelSize + k]!;
        }
    });
  });
  return [fromNumbers(x.type, [batch, filters, ...output], out)];
};

/** The value of a plane at a fractional place, zero outside: the weights of the 2^rank corners around it. */
export function sampleLinear(plane: (index: readonly number[]) => number, at: readonly number[], extents: readonly number[]): number {
  const low = at.map(Math.floor);
  let sum = 0;
  for (let corner = 0; corner < 2 ** at.length; corner++) {
    const index = low.map((each, i) => each + ((corner >> i) & 1));
    if (index.some((each, i) => each < 0 || each >= extents[i]!)) continue;
    sum += plane(index) * at.reduce((weight, each, i) => weight * ((corner >> i) & 1 ? each - low[i]! : 1 - (each - low[i]!)), 1);
  }
  return sum;
}

/** Deformable convolution: every tap is moved by its offset, read linearly, and scaled by its mask. */
const deformConv: Kernel = (node, inputs) => {
  const [x, w, offset] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [b, mask] = [optionalAt(node, inputs, 3), optionalAt(node, inputs, 4)];
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const [filters, perGroup] = w.dims as [number, number];
  const [group, offsetGroup] = [intOf(node, 'group', 1), intOf(node, 'offset_group', 1)];
  const windows = windowsOf(node, input, w.dims.slice(2));
  const rank = input.length;
  const [inSize, outSize, kernelSize] = [product(input), product(windows.output), product(windows.kernel)];
  const [xs, ws, os, bs, ms] = [numbersOf(x), numbersOf(w), numbersOf(offset), b && numbersOf(b), mask && numbersOf(mask)];
  const out = new Float64Array(batch * filters * outSize);
  const kernelIndex: number[][] = [];
  eachIndex(windows.kernel, (index) => kernelIndex.push([...index]));
  eachIndex(windows.output, (index, position) => {
    for (let n = 0; n < batch; n++)
      for (let m = 0; m < filters; m++) {
        const first = Math.floor(m / (filters / group)) * perGroup;
        let sum = bs ? bs[m]! : 0;
        for (let c = 0; c < perGroup; c++) {
          const channel = first + c;
          const moved = Math.floor(channel / (channels / offsetGroup));
          const plane = (at: readonly number[]): number => xs[(n * channels + channel) * inSize + at.reduce((p, each, i) => p * input[i]! + each, 0)]!;
          for (let k = 0; k < kernelSize; k++) {
            const at = range(rank).map((i) => {
              const by = os[((n * offsetGroup + moved) * kernelSize * rank + k * rank + i) * outSize + position]!;
              return index[i]! * windows.strides[i]! + kernelIndex[k]![i]! * windows.dilations[i]! - windows.begins[i]! + by;
            });
            const scale = ms ? ms[((n * offsetGroup + moved) * kernelSize + k) * outSize + position]! : 1;
            sum += scale * sampleLinear(plane, at, input) * ws[(m * perGroup + c) * kernelSize + k]!;
          }
        }
        out[(n * filters + m) * outSize + position] = sum;
      }
  });
  return [fromNumbers(x.type, [batch, filters, ...windows.output], out)];
};

/** Columns [N, C * block, L] added back into the image. */
const col2Im: Kernel = (node, inputs) => {
  const [x, imageInput, blockInput] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [image, block] = [imageInput, blockInput].map((t) => Array.from(numbersOf(t))) as [number[], number[]];
  const windows = windowsOf(node, image, block);
  const [batch, rows, length] = x.dims as [number, number, number];
  const [blockSize, imageSize] = [product(block), product(image)];
  const channels = rows / blockSize;
  const xs = numbersOf(x);
  const out = new Float64Array(batch * channels * imageSize);
  eachIndex(windows.output, (index, position) => {
    eachTap(windows, index, (at, k) => {
      for (let n = 0; n < batch; n++)
        for (let c = 0; c < channels; c++) out[(n * channels + c) * imageSize + at]! += xs[(n * rows + c * blockSize + k) * length + position]!;
    });
  });
  return [fromNumbers(x.type, [batch, channels, ...image], out)];
};

/** A causal depthwise convolution over [N, C, L] behind the k - 1 positions of the state. */
const causalConvWithState: Kernel = (node, inputs) => {
  const [x, w] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const [bias, past] = [optionalAt(node, inputs, 2), optionalAt(node, inputs, 3)];
  const [batch, channels, length] = x.dims as [number, number, number];
  const k = w.dims[2]!;
  const [xs, ws, bs, ps] = [numbersOf(x), numbersOf(w), bias && numbersOf(bias), past && numbersOf(past)];
  const silu = ['silu', 'swish'].includes(stringOf(node, 'activation', 'none'));
  const at = (n: number, c: number, i: number): number =>
    i < 0 ? (ps ? ps[(n * channels + c) * (k - 1) + i + k - 1]! : 0) : xs[(n * channels + c) * length + i]!;
  const y = new Float64Array(batch * channels * length);
  const state = new Float64Array(batch * channels * (k - 1));
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < length; i++) {
        let sum = bs ? bs[c]! : 0;
        for (let t = 0; t < k; t++) sum += at(n, c, i + t - k + 1) * ws[c * k + t]!;
        y[(n * channels + c) * length + i] = silu ? sum * sigmoid(sum) : sum;
      }
      for (let i = 0; i < k - 1; i++) state[(n * channels + c) * (k - 1) + i] = at(n, c, length - (k - 1) + i);
    }
  return [fromNumbers(x.type, x.dims, y), fromNumbers(x.type, [batch, channels, k - 1], state)];
};

export const kernels = {
  Conv: conv,
  ConvTranspose: convTranspose,
  DeformConv: deformConv,
  Col2Im: col2Im,
  CausalConvWithState: causalConvWithState,
} satisfies Record<string, Kernel>;
