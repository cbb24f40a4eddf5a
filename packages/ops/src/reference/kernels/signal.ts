// Fourier transforms, window functions, mel weights: from the definitions.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { intOf, opsetOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { axisOf, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, product, range, replaceAt } from '../layout';

type Line = { readonly re: Float64Array; readonly im: Float64Array };

/** The sums of the definition; the angle is taken modulo the length, so that it stays exact. */
function transform({ re, im }: Line, length: number, count: number, inverse: boolean): Line {
  const [outRe, outIm] = [new Float64Array(count), new Float64Array(count)];
  const cos = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  const sin = Float64Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * i) / length) * (inverse ? 1 : -1));
  for (let k = 0; k < count; k++)
    for (let n = 0; n < Math.min(length, re.length); n++) {
      const at = (k * n) % length;
      outRe[k]! += re[n]! * cos[at]! - im[n]! * sin[at]!;
      outIm[k]! += re[n]! * sin[at]! + im[n]! * cos[at]!;
    }
  const by = inverse ? length : 1;
  return { re: outRe.map((x) => x / by), im: outIm.map((x) => x / by) };
}

/** The half of a spectrum of real numbers, completed by its mirrored conjugate. */
function completed({ re, im }: Line, length: number): Line {
  const at = (k: number): number => (k < re.length ? k : length - k);
  return {
    re: Float64Array.from({ length }, (_, k) => re[at(k)] ?? 0),
    im: Float64Array.from({ length }, (_, k) => (k < re.length ? im[k]! : -(im[at(k)] ?? 0))),
  };
}

const dft: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const rank = x.dims.length;
  const axisInput = optionalAt(node, inputs, 2);
  const given = opsetOf(node) < 20 ? intOf(node, 'axis', 1) : axisInput ? integersOf(axisInput)[0]! : -2;
  const axis = axisOf(node, given, rank);
  const lengthInput = optionalAt(node, inputs, 1);
  const [inverse, onesided] = [intOf(node, 'inverse', 0) === 1, intOf(node, 'onesided', 0) === 1];
  const parts = x.dims[rank - 1]!;
  const toReal = inverse && onesided;
  const length = lengthInput ? integersOf(lengthInput)[0]! : toReal ? 2 * (x.dims[axis]! - 1) : x.dims[axis]!;
  const count = onesided && !inverse ? Math.floor(length / 2) + 1 : length;
  const outParts = toReal ? 1 : 2;
  const dims = replaceAt(replaceAt(x.dims, axis, count), rank - 1, outParts);
  const [outer, extent, inner] = aroundAxis(x.dims.slice(0, -1), axis);
  const xs = numbersOf(x);
  const out = new Float64Array(product(dims));
  for (let line = 0; line < outer * inner; line++) {
    const at = (k: number, n: number): number => (Math.floor(line / inner) * n + k) * inner + (line % inner);
    const own: Line = {
      re: Float64Array.from({ length: extent }, (_, k) => xs[at(k, extent) * parts]!),
      im: Float64Array.from({ length: extent }, (_, k) => (parts === 2 ? xs[at(k, extent) * 2 + 1]! : 0)),
    };
    const { re, im } = transform(toReal ? completed(own, length) : own, length, count, inverse);
    for (let k = 0; k < count; k++) {
      out[at(k, count) * outParts] = re[k]!;
      if (outParts === 2) out[at(k, count) * 2 + 1] = im[k]!;
    }
  }
  return [fromNumbers(x.type, dims, out)];
};

const stft: Kernel = (node, inputs) => {
  const [signal, stepInput] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const [window, lengthInput] = [optionalAt(node, inputs, 2), optionalAt(node, inputs, 3)];
  const step = integersOf(stepInput)[0]!;
  const length = lengthInput ? integersOf(lengthInput)[0]! : window!.dims[0]!;
  const count = intOf(node, 'onesided', 1) === 1 ? Math.floor(length / 2) + 1 : length;
  const [batch, samples] = signal.dims as [number, number];
  const parts = signal.dims[2] ?? 1;
  const frames = Math.floor((samples - length) / step) + 1;
  const [xs, ws] = [numbersOf(signal), window && numbersOf(window)];
  const out = new Float64Array(batch * frames * count * 2);
  for (let n = 0; n < batch; n++)
    for (let f = 0; f < frames; f++) {
      const part = (p: number): Float64Array =>
        Float64Array.from({ length }, (_, i) => (p < parts ? xs[(n * samples + f * step + i) * parts + p]! * (ws ? ws[i]! : 1) : 0));
      const { re, im } = transform({ re: part(0), im: part(1) }, length, count, false);
      for (let k = 0; k < count; k++) out.set([re[k]!, im[k]!], ((n * frames + f) * count + k) * 2);
    }
  return [fromNumbers(signal.type, [batch, frames, count, 2], out)];
};

/** A sum of cosines: a0 - a1 cos(x) + a2 cos(2x), over `size` or, where not periodic, size - 1. */
const cosineWindow =
  (a0: number, a1: number, a2 = 0): Kernel =>
  (node, inputs) => {
    const size = integersOf(tensorAt(node, inputs, 0))[0]!;
    const over = intOf(node, 'periodic', 1) === 1 ? size : size - 1;
    const angle = (n: number): number => (2 * Math.PI * n) / over;
    return [
      fromNumbers(
        typeAsked(node),
        [size],
        range(size).map((n) => a0 - a1 * Math.cos(angle(n)) + a2 * Math.cos(2 * angle(n))),
      ),
    ];
  };
const typeAsked = (node: Node): Tensor['type'] => dtypeOf(intOf(node, 'output_datatype', 1)) ?? 'float32';

/** Triangles over whole spectrum bins, spaced evenly in mel. */
const melWeightMatrix: Kernel = (node, inputs) => {
  const [bins, length, rate, low, high] = range(5).map((i) => Number(numbersOf(tensorAt(node, inputs, i))[0])) as [number, number, number, number, number];
  const mel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const rows = Math.floor(length / 2) + 1;
  const step = (mel(high) - mel(low)) / (bins + 2);
  const at = range(bins + 2).map((i) => Math.floor(((length + 1) * 700 * (10 ** ((i * step + mel(low)) / 2595) - 1)) / rate));
  const out = new Float64Array(rows * bins);
  for (let i = 0; i < bins; i++) {
    const [from, centre, to] = [at[i]!, at[i + 1]!, at[i + 2]!];
    if (centre === from) out[centre * bins + i] = 1;
    else for (let j = from; j <= centre; j++) out[j * bins + i] = (j - from) / (centre - from);
    if (to > centre) for (let j = centre; j < to; j++) out[j * bins + i] = (to - j) / (to - centre);
  }
  return [fromNumbers(typeAsked(node), [rows, bins], out)];
};

export const kernels = {
  DFT: dft,
  STFT: stft,
  HannWindow: cosineWindow(0.5, 0.5),
  HammingWindow: cosineWindow(25 / 46, 21 / 46),
  BlackmanWindow: cosineWindow(0.42, 0.5, 0.08),
  MelWeightMatrix: melWeightMatrix,
} satisfies Record<string, Kernel>;
