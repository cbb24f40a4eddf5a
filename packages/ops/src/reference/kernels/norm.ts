// Normalisations, softmaxes, dropout.
import { random, type Tensor } from '@modeldiet/tensor';
import { floatOf, intOf, intsOf, opsetOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import { bools, fromNumbers, numbersOf } from '../array';
import { axisOf, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, broadcastOffsets, elementCount, offsetsOf, product, range, stridesOf } from '../layout';

const mean = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
};
const variance = (values: ArrayLike<number>, about: number): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (values[i]! - about) ** 2;
  return total / values.length;
};

/** y = (x - mean) / sqrt(var + epsilon) * scale + B a channel; in training with the batch's own statistics, and the running ones moved. */
const batchNormalization: Kernel = (node, inputs) => {
  const [x, scale, bias, meanIn, varIn] = range(5).map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const training = intOf(node, 'training_mode', 0) === 1;
  const [outer, channels, inner] = aroundAxis(x.dims, 1);
  const xs = numbersOf(x);
  const channel = (c: number): number[] => range(outer * inner).map((i) => xs[(Math.floor(i / inner) * channels + c) * inner + (i % inner)]!);
  const lists = training ? range(channels).map(channel) : [];
  const means = training ? lists.map(mean) : numbersOf(meanIn);
  const vars = training ? lists.map((list, c) => variance(list, means[c]!)) : numbersOf(varIn);
  const [s, b] = [numbersOf(scale), numbersOf(bias)];
  const y = Float64Array.from(xs, (value, i) => {
    const c = Math.floor(i / inner) % channels;
    return ((value - means[c]!) / Math.sqrt(vars[c]! + epsilon)) * s[c]! + b[c]!;
  });
  const out = fromNumbers(x.type, x.dims, y);
  if (!training) return [out];
  const momentum = floatOf(node, 'momentum', 0.9);
  const run = (before: Tensor, now: ArrayLike<number>): Tensor =>
    fromNumbers(
      before.type,
      before.dims,
      Float64Array.from(numbersOf(before), (value, c) => value * momentum + now[c]! * (1 - momentum)),
    );
  return [out, run(meanIn, means), run(varIn, vars)];
};

/** Normalises runs of `size` neighbours; `f(value, mean, variance, position)`. */
function normalized(xs: ArrayLike<number>, size: number, f: (x: number, mean: number, variance: number, i: number) => number): Float64Array {
  const out = new Float64Array(xs.length);
  for (let from = 0; from < xs.length; from += size) {
    const list = Array.prototype.slice.call(xs, from, from + size) as number[];
    const m = mean(list);
    const v = variance(list, m);
    for (let i = from; i < from + size; i++) out[i] = f(xs[i]!, m, v, i);
  }
  return out;
}

const instanceNormalization: Kernel = (node, inputs) => {
  const [x, scale, bias] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const inner = product(x.dims.slice(2));
  const [s, b] = [numbersOf(scale), numbersOf(bias)];
  const y = normalized(numbersOf(x), inner, (value, m, v, i) => {
    const c = Math.floor(i / inner) % x.dims[1]!;
    return ((value - m) / Math.sqrt(v + epsilon)) * s[c]! + b[c]!;
  });
  return [fromNumbers(x.type, x.dims, y)];
};

/** Groups of channels normalised; scale and bias one a channel, or one a group. */
export function groupNormalized(x: Tensor, groups: number, epsilon: number, scale: Tensor, bias: Tensor, perChannel: boolean): Tensor {
  const [channels, inner] = [x.dims[1]!, product(x.dims.slice(2))];
  const [s, b] = [numbersOf(scale), numbersOf(bias)];
  const y = normalized(numbersOf(x), (channels / groups) * inner, (value, m, v, i) => {
    const c = Math.floor(i / inner) % channels;
    const at = perChannel ? c : Math.floor(c / (channels / groups));
    return ((value - m) / Math.sqrt(v + epsilon)) * s[at]! + b[at]!;
  });
  return fromNumbers(x.type, x.dims, y);
}

/** Scale and bias one a channel from opset 21 on, before it one a group. */
const groupNormalization: Kernel = (node, inputs) => {
  const [x, scale, bias] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  return [groupNormalized(x, intOf(node, 'num_groups', 1), floatOf(node, 'epsilon', 1e-5), scale, bias, opsetOf(node) >= 21)];
};

/** Over the axes from `axis` on; gives the mean and the inverse deviation too. */
export const layerNormalization: Kernel = (node, inputs) => {
  const [x, scale, bias] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const axis = axisOf(node, intOf(node, 'axis', -1), x.dims.length);
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const [s, b] = [scale, bias].map((t) => t && spread(t, x.dims)) as [(i: number) => number, ((i: number) => number) | undefined];
  const [means, inverses]: [number[], number[]] = [[], []];
  const size = product(x.dims.slice(axis));
  const y = normalized(numbersOf(x), size, (value, m, v, i) => {
    const inverse = 1 / Math.sqrt(v + epsilon);
    if (i % size === 0) {
      means.push(m);
      inverses.push(inverse);
    }
    return (value - m) * inverse * s(i) + (b ? b(i) : 0);
  });
  const stat = dtypeOf(intOf(node, 'stash_type', 1)) ?? 'float32';
  const dims = x.dims.map((dim, i) => (i < axis ? dim : 1));
  return [fromNumbers(x.type, x.dims, y), fromNumbers(stat, dims, means), fromNumbers(stat, dims, inverses)];
};

/** A parameter broadcast to `dims`, by position. */
function spread(t: Tensor, dims: readonly number[]): (i: number) => number {
  const [at, values] = [broadcastOffsets(t.dims, dims), numbersOf(t)];
  return (i) => values[at[i]!]!;
}

/** x / sqrt(mean(x^2) + epsilon) * scale. */
export const rmsNormalization: Kernel = (node, inputs) => {
  const [x, scale] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const axis = axisOf(node, intOf(node, 'axis', -1), x.dims.length);
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const size = product(x.dims.slice(axis));
  const [xs, s] = [numbersOf(x), spread(scale, x.dims)];
  const inverses: number[] = [];
  for (let from = 0; from < xs.length; from += size) inverses.push(1 / Math.sqrt(mean(xs.slice(from, from + size).map((value) => value * value)) + epsilon));
  const y = Float64Array.from(xs, (value, i) => value * inverses[Math.floor(i / size)]! * s(i));
  return [
    fromNumbers(x.type, x.dims, y),
    fromNumbers(
      'float32',
      x.dims.map((dim, i) => (i < axis ? dim : 1)),
      inverses,
    ),
  ];
};

const lrn: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const [alpha, beta, bias, size] = [floatOf(node, 'alpha', 1e-4), floatOf(node, 'beta', 0.75), floatOf(node, 'bias', 1), intOf(node, 'size', 1)];
  const [, channels, inner] = aroundAxis(x.dims, 1);
  const xs = numbersOf(x);
  const y = Float64Array.from(xs, (value, i) => {
    const c = Math.floor(i / inner) % channels;
    let sum = 0;
    for (let k = Math.max(0, c - Math.floor((size - 1) / 2)); k <= Math.min(channels - 1, c + Math.ceil((size - 1) / 2)); k++)
      sum += xs[i + (k - c) * inner]! ** 2;
    return value / (bias + (alpha / size) * sum) ** beta;
  });
  return [fromNumbers(x.type, x.dims, y)];
};

/** The positions of each line along an axis: their starts, and the step between neighbours. */
export function linesOf(dims: readonly number[], axis: number): { readonly starts: readonly number[]; readonly step: number; readonly length: number } {
  const [outer, extent, inner] = aroundAxis(dims, axis);
  return { starts: range(outer * inner).map((line) => Math.floor(line / inner) * extent * inner + (line % inner)), step: inner, length: extent };
}

/** Every line along an axis put through `f`. */
export function alongAxis(x: Tensor, axis: number, f: (line: Float64Array) => ArrayLike<number>): Tensor {
  const xs = numbersOf(x);
  const { starts, step, length } = linesOf(x.dims, axis);
  const out = new Float64Array(xs.length);
  for (const start of starts) {
    const line = f(Float64Array.from({ length }, (_, i) => xs[start + i * step]!));
    for (let i = 0; i < length; i++) out[start + i * step] = line[i]!;
  }
  return fromNumbers(x.type, x.dims, out);
}

export function softmaxOf(line: Float64Array): Float64Array {
  const max = line.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = line.map((x) => Math.exp(x - max));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / total);
}
export function logSoftmaxOf(line: Float64Array): Float64Array {
  const max = line.reduce((a, b) => Math.max(a, b), -Infinity);
  const log = Math.log(line.reduce((sum, x) => sum + Math.exp(x - max), 0));
  return line.map((x) => x - max - log);
}
const hardmaxOf = (line: Float64Array): Float64Array => {
  const best = line.indexOf(line.reduce((a, b) => Math.max(a, b), -Infinity));
  return line.map((_, i) => (i === best ? 1 : 0));
};

/** Over one axis from opset 13 on; before it over all axes from `axis` on as one. */
const overAxis =
  (f: (line: Float64Array) => Float64Array): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const old = opsetOf(node) < 13;
    const axis = axisOf(node, intOf(node, 'axis', old ? 1 : -1), x.dims.length);
    if (!old) return [alongAxis(x, axis, f)];
    const flat = alongAxis({ ...x, dims: [product(x.dims.slice(0, axis)), product(x.dims.slice(axis))] }, 1, f);
    return [{ ...flat, dims: x.dims }];
  };

const lpNormalization: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const p = intOf(node, 'p', 2);
  return [
    alongAxis(x, axisOf(node, intOf(node, 'axis', -1), x.dims.length), (line) => {
      const norm = p === 1 ? line.reduce((sum, each) => sum + Math.abs(each), 0) : Math.sqrt(line.reduce((sum, each) => sum + each * each, 0));
      return line.map((each) => (norm === 0 ? 0 : each / norm));
    }),
  ];
};

const meanVarianceNormalization: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const axes = (intsOf(node, 'axes') ?? [0, 2, 3]).map((axis) => axisOf(node, axis, x.dims.length));
  const strides = stridesOf(x.dims);
  const kept = range(x.dims.length).filter((axis) => !axes.includes(axis));
  const of = (list: readonly number[]): Int32Array =>
    offsetsOf(
      list.map((axis) => x.dims[axis]!),
      list.map((axis) => strides[axis]!),
    );
  const [starts, steps] = [of(kept), of(axes)];
  const xs = numbersOf(x);
  const out = new Float64Array(elementCount(x.dims));
  for (const start of starts) {
    const list = Float64Array.from(steps, (step) => xs[start + step]!);
    const m = mean(list);
    const deviation = Math.sqrt(variance(list, m));
    steps.forEach((step, i) => {
      out[start + step] = (list[i]! - m) / (deviation + 1e-9);
    });
  }
  return [fromNumbers(x.type, x.dims, out)];
};

/** In inference a copy, and a mask that keeps all. In training elements are dropped by a seeded generator of ours. */
const dropout: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const training = optionalAt(node, inputs, 2);
  const ratio = optionalAt(node, inputs, 1);
  const rate = ratio ? numbersOf(ratio)[0]! : floatOf(node, 'ratio', 0.5);
  const keepAll = !training?.data[0] || rate === 0;
  if (keepAll)
    return [
      x,
      bools(
        range(elementCount(x.dims)).map(() => true),
        x.dims,
      ),
    ];
  const r = random(intOf(node, 'seed', 0));
  const kept = range(elementCount(x.dims)).map(() => r.next() >= rate);
  return [
    fromNumbers(
      x.type,
      x.dims,
      Float64Array.from(numbersOf(x), (value, i) => (kept[i] ? value / (1 - rate) : 0)),
    ),
    bools(kept, x.dims),
  ];
};

export const kernels = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  LRN: lrn,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  Softmax: overAxis(softmaxOf),
  LogSoftmax: overAxis(logSoftmaxOf),
  Hardmax: overAxis(hardmaxOf),
  Dropout: dropout,
} satisfies Record<string, Kernel>;
