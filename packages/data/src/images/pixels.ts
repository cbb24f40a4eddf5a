// Pixels to a tensor: resize, channel order, scale, mean and standard deviation, layout.
import { type Tensor, tensor } from '@modeldiet/tensor';
import { fail } from '../errors';

/** A decoded image: RGBA, 8 bits each, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export interface PixelOptions {
  /** [height, width] of the result; default: the image's own. */
  readonly size?: readonly [height: number, width: number];
  /** How another aspect ratio is met: stretched (default); cut to the middle (`cover`); with `background` around it (`contain`). */
  readonly fit?: 'stretch' | 'cover' | 'contain';
  /** Default bilinear: a triangle filter, widened when shrinking, as Pillow's. */
  readonly resize?: 'bilinear' | 'nearest';
  /** Default rgb. Grey is 0.299 R + 0.587 G + 0.114 B. */
  readonly channels?: 'rgb' | 'bgr' | 'gray' | 'rgba';
  /** What a pixel's 0..255 is multiplied by, before mean and standard deviation; default 1/255. */
  readonly scale?: number;
  /** One a channel, or one for all: (pixel * scale - mean) / std. */
  readonly mean?: number | readonly number[];
  readonly std?: number | readonly number[];
  /** Default NCHW. */
  readonly layout?: 'NCHW' | 'NHWC';
  /** `uint8` keeps the pixels 0..255 and takes no scale, mean or std. Default float32. */
  readonly dtype?: 'float32' | 'uint8';
  /** 0..255 around an image that is contained; default 0. */
  readonly background?: number;
}

const counts = { rgb: 3, bgr: 3, gray: 1, rgba: 4 } as const;

/** One image as a tensor with a batch axis of 1. Errors: `data/argument` for options that do not fit each other, `data/image` for pixels that are not width x height x 4. */
export function imageTensor(pixels: Pixels, options: PixelOptions = {}, name = 'image'): Tensor {
  const { channels = 'rgb', layout = 'NCHW', dtype = 'float32' } = options;
  if (pixels.data.length !== pixels.width * pixels.height * 4 || pixels.data.length === 0)
    throw fail('image', { where: { file: name }, expected: `${pixels.width} x ${pixels.height} x 4 bytes`, actual: pixels.data.length });
  const count = counts[channels];
  const planes = fitted(channelPlanes(pixels, channels), pixels.width, pixels.height, options);
  const { width, height } = planes;
  const values = new Float32Array(count * width * height);
  const normal = normaliser(options, count);
  for (let c = 0; c < count; c++) {
    const plane = planes.planes[c]!;
    const [scale, shift] = normal(c);
    for (let i = 0; i < plane.length; i++) values[layout === 'NCHW' ? c * plane.length + i : i * count + c] = plane[i]! * scale + shift;
  }
  const dims = layout === 'NCHW' ? [1, count, height, width] : [1, height, width, count];
  return dtype === 'uint8'
    ? tensor(
        'uint8',
        Uint8Array.from(values, (v) => Math.min(255, Math.max(0, Math.round(v)))),
        dims,
      )
    : tensor('float32', values, dims);
}

/** The factor and the shift of each channel: (x * scale - mean) / std. */
function normaliser({ scale, mean, std, dtype }: PixelOptions, count: number): (channel: number) => readonly [number, number] {
  if (dtype === 'uint8') {
    if (scale !== undefined || mean !== undefined || std !== undefined)
      throw fail('argument', { where: { option: 'dtype' }, expected: 'float32 with scale, mean or std', actual: dtype });
    return () => [1, 0];
  }
  const each = (value: number | readonly number[] | undefined, other: number, option: string): readonly number[] => {
    const list = value === undefined || typeof value === 'number' ? new Array<number>(count).fill(value ?? other) : value;
    if (list.length !== count || !list.every(Number.isFinite)) throw fail('argument', { where: { option }, expected: `${count} numbers`, actual: list });
    return list;
  };
  const [means, stds] = [each(mean, 0, 'mean'), each(std, 1, 'std')];
  return (c) => [(scale ?? 1 / 255) / stds[c]!, -means[c]! / stds[c]!];
}

function channelPlanes({ width, height, data }: Pixels, channels: keyof typeof counts): Float32Array[] {
  const n = width * height;
  const plane = (of: (i: number) => number): Float32Array => Float32Array.from({ length: n }, (_, i) => of(i * 4));
  const at = (offset: number): Float32Array => plane((i) => data[i + offset]!);
  if (channels === 'gray') return [plane((i) => 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!)];
  const order = channels === 'bgr' ? [2, 1, 0] : channels === 'rgb' ? [0, 1, 2] : [0, 1, 2, 3];
  return order.map(at);
}

interface Planes {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Float32Array[];
}

function fitted(
  planes: readonly Float32Array[],
  width: number,
  height: number,
  { size, fit = 'stretch', resize = 'bilinear', background = 0 }: PixelOptions,
): Planes {
  if (!size) return { width, height, planes };
  const [h, w] = size;
  if (!(Number.isInteger(h) && Number.isInteger(w) && h > 0 && w > 0))
    throw fail('argument', { where: { option: 'size' }, expected: 'a positive height and width', actual: size });
  // Stretching shows the whole image in the whole result; covering shows a part of the image, containing fills a part of the result.
  const ratio = fit === 'cover' ? Math.max(w / width, h / height) : Math.min(w / width, h / height);
  const source = fit === 'cover' ? { width: w / ratio, height: h / ratio } : { width, height };
  const target =
    fit === 'contain' ? { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) } : { width: w, height: h };
  const [left, top] = [(width - source.width) / 2, (height - source.height) / 2];
  const columns = weightsOf(width, left, source.width, target.width, resize);
  const lines = weightsOf(height, top, source.height, target.height, resize);
  const [padLeft, padTop] = [Math.floor((w - target.width) / 2), Math.floor((h - target.height) / 2)];
  return {
    width: w,
    height: h,
    planes: planes.map((plane) => {
      const narrow = resampled(plane, width, height, columns);
      const small = transposed(resampled(transposed(narrow, target.width, height), height, target.width, lines), target.height, target.width);
      if (fit !== 'contain') return small;
      const out = new Float32Array(w * h).fill(background);
      for (let y = 0; y < target.height; y++) out.set(small.subarray(y * target.width, (y + 1) * target.width), (y + padTop) * w + padLeft);
      return out;
    }),
  };
}

/** For each output place: the first input place and the weights from there on. */
type Weights = readonly { readonly from: number; readonly weights: readonly number[] }[];

/** A triangle filter as wide as the step between outputs, but at least two inputs; `nearest`: the input in the middle. */
function weightsOf(extent: number, start: number, length: number, outputs: number, resize: 'bilinear' | 'nearest'): Weights {
  const step = length / outputs;
  const support = Math.max(step, 1);
  return Array.from({ length: outputs }, (_, k) => {
    const centre = start + (k + 0.5) * step;
    if (resize === 'nearest') return { from: Math.min(extent - 1, Math.max(0, Math.floor(centre))), weights: [1] };
    const from = Math.max(0, Math.floor(centre - support + 0.5));
    const to = Math.max(from + 1, Math.min(extent, Math.floor(centre + support + 0.5)));
    const raw = Array.from({ length: to - from }, (_, i) => Math.max(0, 1 - Math.abs((from + i + 0.5 - centre) / support)));
    const total = raw.reduce((a, b) => a + b, 0);
    return { from, weights: raw.map((v) => v / total) };
  });
}

/** Resamples each line of a plane. */
function resampled(plane: Float32Array, width: number, height: number, weights: Weights): Float32Array {
  const out = new Float32Array(weights.length * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < weights.length; x++) {
      const { from, weights: w } = weights[x]!;
      let sum = 0;
      for (let i = 0; i < w.length; i++) sum += w[i]! * plane[y * width + from + i]!;
      out[y * weights.length + x] = sum;
    }
  return out;
}

/** Columns as lines. */
function transposed(plane: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = plane[y * width + x]!;
  return out;
}
