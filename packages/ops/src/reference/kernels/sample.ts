// Reading images at fractional places: GridSample, AffineGrid, RoiAlign, MaxRoiPool.
import type { Node } from '@modeldiet/onnx-io';
import { floatOf, intOf, intsOf, opsetOf, stringOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { badAttribute, type Kernel, tensorAt } from '../kernel';
import { eachIndex, product, range } from '../layout';
import { roundEven } from './unary';

/** Mirrored at low and high until it is between them. */
function reflected(x: number, low: number, high: number): number {
  if (high === low) return low;
  const span = high - low;
  const from = Math.abs(x - low);
  const turns = Math.floor(from / span);
  const rest = from - turns * span;
  return turns % 2 === 0 ? low + rest : high - rest;
}

/** Keys' cubic with a = -0.75, as GridSample has it. */
const cubic = (distance: number): number => {
  const [a, d] = [-0.75, Math.abs(distance)];
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  return d < 2 ? a * (d ** 3 - 5 * d ** 2 + 8 * d - 4) : 0;
};

/** Where along one axis a normalised coordinate reads, and with which weights. */
function taps(mode: string, at: number): readonly (readonly [number, number])[] {
  if (mode === 'nearest') return [[roundEven(at), 1]];
  const low = Math.floor(at);
  if (mode === 'cubic') return range(4).map((i) => [low - 1 + i, cubic(at - (low - 1 + i))] as const);
  return [
    [low, 1 - (at - low)],
    [low + 1, at - low],
  ];
}

const gridSample: Kernel = (node, inputs) => {
  const [x, grid] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const mode = { bilinear: 'linear', bicubic: 'cubic' }[stringOf(node, 'mode', 'linear')] ?? stringOf(node, 'mode', 'linear');
  const padding = stringOf(node, 'padding_mode', 'zeros');
  const align = intOf(node, 'align_corners', 0) === 1;
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const output = grid.dims.slice(1, -1);
  const rank = input.length;
  const [xs, gs, inSize, outSize] = [numbersOf(x), numbersOf(grid), product(input), product(output)];
  const bounds = input.map((extent): readonly [number, number] => (align ? [0, extent - 1] : [-0.5, extent - 0.5]));
  /** An index inside the image; undefined: zero. */
  const inside = (at: number, axis: number): number | undefined => {
    const extent = input[axis]!;
    if (at >= 0 && at < extent) return at;
    if (padding === 'zeros') return undefined;
    if (padding === 'border') return Math.min(Math.max(at, 0), extent - 1);
    return Math.min(Math.max(Math.trunc(reflected(at, bounds[axis]![0], bounds[axis]![1])), 0), extent - 1);
  };
  const out = new Float64Array(batch * channels * outSize);
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outSize; o++) {
      // The grid names the last axis first.
      const lists = range(rank).map((axis) => {
        const g = gs[(n * outSize + o) * rank + (rank - 1 - axis)]!;
        let at = align ? ((g + 1) / 2) * (input[axis]! - 1) : ((g + 1) * input[axis]! - 1) / 2;
        if (mode !== 'cubic') {
          if (padding === 'border') at = Math.min(Math.max(at, 0), input[axis]! - 1);
          if (padding === 'reflection') at = reflected(at, bounds[axis]![0], bounds[axis]![1]);
        }
        return taps(mode, at);
      });
      eachIndex(
        lists.map((list) => list.length),
        (pick) => {
          let [position, weight] = [0, 1];
          for (const [axis, i] of pick.entries()) {
            const [at, share] = lists[axis]![i]!;
            const index = inside(at, axis);
            if (index === undefined) return;
            position = position * input[axis]! + index;
            weight *= share;
          }
          for (let c = 0; c < channels; c++) out[(n * channels + c) * outSize + o]! += weight * xs[(n * channels + c) * inSize + position]!;
        },
      );
    }
  return [fromNumbers(x.type, [batch, channels, ...output], out)];
};

/** Places of an image of the given size under theta [batch, rank, rank + 1]. */
const affineGrid: Kernel = (node, inputs) => {
  const [theta, sizeInput] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const [batch, , ...extents] = integersOf(sizeInput) as [number, number, ...number[]];
  const rank = extents.length;
  const align = intOf(node, 'align_corners', 0) === 1;
  const ts = numbersOf(theta);
  const size = product(extents);
  const out = new Float64Array(batch * size * rank);
  const place = (i: number, extent: number): number => (align ? (extent === 1 ? 0 : -1 + (2 * i) / (extent - 1)) : (2 * i + 1) / extent - 1);
  for (let n = 0; n < batch; n++)
    eachIndex(extents, (index, position) => {
      const at = [...index.map((i, axis) => place(i, extents[axis]!)).reverse(), 1];
      for (let row = 0; row < rank; row++)
        out[(n * size + position) * rank + row] = at.reduce((sum, each, k) => sum + each * ts[(n * rank + row) * (rank + 1) + k]!, 0);
    });
  return [fromNumbers(theta.type, [batch, ...extents, rank], out)];
};

/** Bilinear, as RoiAlign reads: nothing beyond one pixel outside, edges held. */
function roiTaps(at: number, extent: number): readonly (readonly [number, number])[] {
  if (at < -1 || at > extent) return [];
  const y = Math.max(at, 0);
  const low = Math.min(Math.floor(y), extent - 1);
  const high = Math.min(low + 1, extent - 1);
  const share = low >= extent - 1 ? 0 : y - low;
  return [
    [low, 1 - share],
    [high, share],
  ];
}

const roiAlign: Kernel = (node, inputs) => {
  const [x, rois, batches] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), tensorAt(node, inputs, 2)];
  const [, channels, height, width] = x.dims as [number, number, number, number];
  const [outH, outW, sampling, scale] = [
    intOf(node, 'output_height', 1),
    intOf(node, 'output_width', 1),
    intOf(node, 'sampling_ratio', 0),
    floatOf(node, 'spatial_scale', 1),
  ];
  const halfPixel = stringOf(node, 'coordinate_transformation_mode', opsetOf(node) < 16 ? 'output_half_pixel' : 'half_pixel') === 'half_pixel';
  const shift = halfPixel ? 0.5 : 0;
  const max = stringOf(node, 'mode', 'avg') === 'max';
  const [xs, rs, bs] = [numbersOf(x), numbersOf(rois), integersOf(batches)];
  const out = new Float64Array(bs.length * channels * outH * outW);
  bs.forEach((batch, r) => {
    const [x1, y1, x2, y2] = range(4).map((i) => rs[r * 4 + i]! * scale - shift) as [number, number, number, number];
    const [w, h] = halfPixel ? [x2 - x1, y2 - y1] : [Math.max(x2 - x1, 1), Math.max(y2 - y1, 1)];
    const [binH, binW] = [h / outH, w / outW];
    const [nY, nX] = [sampling > 0 ? sampling : Math.ceil(h / outH), sampling > 0 ? sampling : Math.ceil(w / outW)];
    for (let c = 0; c < channels; c++) {
      const plane = (batch * channels + c) * height * width;
      for (let i = 0; i < outH; i++)
        for (let j = 0; j < outW; j++) {
          let [sum, best] = [0, -Infinity];
          for (let a = 0; a < nY; a++)
            for (let b = 0; b < nX; b++) {
              const [ys, xt] = [roiTaps(y1 + i * binH + ((a + 0.5) * binH) / nY, height), roiTaps(x1 + j * binW + ((b + 0.5) * binW) / nX, width)];
              const parts = ys.flatMap(([row, p]) => xt.map(([column, q]) => p * q * xs[plane + row * width + column]!));
              sum += parts.reduce((s, each) => s + each, 0);
              // The max is over the weighted corners, as the node cases and ONNX Runtime have it.
              for (const part of parts.length ? parts : [0]) best = Math.max(best, part);
            }
          out[((r * channels + c) * outH + i) * outW + j] = max ? (best === -Infinity ? 0 : best) : sum / Math.max(nY * nX, 1);
        }
    }
  });
  return [fromNumbers(x.type, [bs.length, channels, outH, outW], out)];
};

const pooledShape = (node: Node): readonly [number, number] => {
  const shape = intsOf(node, 'pooled_shape') ?? badAttribute(node, 'pooled_shape');
  return [shape[0]!, shape[1]!];
};
/** The largest of each bin of whole pixels; rois are rows of batch, x1, y1, x2, y2. */
const maxRoiPool: Kernel = (node, inputs) => {
  const [x, rois] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const [, channels, height, width] = x.dims as [number, number, number, number];
  const [outH, outW] = pooledShape(node);
  const scale = floatOf(node, 'spatial_scale', 1);
  const [xs, rs, count] = [numbersOf(x), numbersOf(rois), rois.dims[0]!];
  const out = new Float64Array(count * channels * outH * outW);
  const clamp = (v: number, high: number): number => Math.min(Math.max(v, 0), high);
  for (let r = 0; r < count; r++) {
    const [x1, y1, x2, y2] = range(4).map((i) => Math.round(rs[r * 5 + 1 + i]! * scale)) as [number, number, number, number];
    const [binH, binW] = [Math.max(y2 - y1 + 1, 1) / outH, Math.max(x2 - x1 + 1, 1) / outW];
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < outH; i++)
        for (let j = 0; j < outW; j++) {
          const rows = [clamp(Math.floor(i * binH) + y1, height), clamp(Math.ceil((i + 1) * binH) + y1, height)] as const;
          const columns = [clamp(Math.floor(j * binW) + x1, width), clamp(Math.ceil((j + 1) * binW) + x1, width)] as const;
          let best = rows[1] > rows[0] && columns[1] > columns[0] ? -Infinity : 0;
          for (let y = rows[0]; y < rows[1]; y++)
            for (let k = columns[0]; k < columns[1]; k++) best = Math.max(best, xs[((rs[r * 5]! * channels + c) * height + y) * width + k]!);
          out[((r * channels + c) * outH + i) * outW + j] = best;
        }
  }
  return [fromNumbers(x.type, [count, channels, outH, outW], out)];
};

export const kernels = { GridSample: gridSample, AffineGrid: affineGrid, RoiAlign: roiAlign, MaxRoiPool: maxRoiPool } satisfies Record<string, Kernel>;
