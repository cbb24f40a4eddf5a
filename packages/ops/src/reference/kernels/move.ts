// Ops that put elements elsewhere: transpose, concat, split, slice, pad, expand, tile and their kin.
import type { Tensor } from '@modeldiet/tensor';
import { intOf, intsOf, stringOf } from '../../attributes';
import { entriesOf, fromEntries, fromNumbers, integersOf, newEntries, pick } from '../array';
import { axisOf, badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, broadcastDims, broadcastOffsets, eachIndex, elementCount, offsetsOf, range, replaceAt, stridesOf } from '../layout';
import { listAt } from './reshape';

export function transposed(x: Tensor, perm: readonly number[]): Tensor {
  const dims = perm.map((axis) => x.dims[axis]!);
  const strides = stridesOf(x.dims);
  const offsets = offsetsOf(
    dims,
    perm.map((axis) => strides[axis]!),
  );
  return pick(x, dims, (i) => offsets[i]!);
}

export function concatenated(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0]!;
  const total = parts.reduce((n, part) => n + part.dims[axis]!, 0);
  const dims = replaceAt(first.dims, axis, total);
  const [outer, , inner] = aroundAxis(dims, axis);
  const sources = parts.map(entriesOf);
  const out = newEntries(sources[0]!, elementCount(dims)) as Record<number, unknown>;
  let at = 0;
  for (let o = 0; o < outer; o++)
    for (const [p, part] of parts.entries()) {
      const run = part.dims[axis]! * inner;
      for (let i = 0; i < run; i++) out[at++] = sources[p]![o * run + i];
    }
  return fromEntries(first.type, dims, out as unknown as ReturnType<typeof entriesOf>);
}

/** Entries `from` to `from + count` along an axis. */
export function sliced(x: Tensor, axis: number, from: number, count: number): Tensor {
  const dims = replaceAt(x.dims, axis, count);
  const strides = stridesOf(x.dims);
  const offsets = offsetsOf(dims, strides, from * (strides[axis] ?? 0));
  return pick(x, dims, (i) => offsets[i]!);
}

const transpose: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  return [transposed(x, intsOf(node, 'perm') ?? range(x.dims.length).reverse())];
};

const concat: Kernel = (node, inputs) => {
  const parts = inputs.map((_, i) => tensorAt(node, inputs, i));
  const axis = axisOf(node, intOf(node, 'axis', 1), parts[0]!.dims.length);
  for (const [i, part] of parts.entries())
    if (part.dims.length !== parts[0]!.dims.length || part.dims.some((dim, k) => k !== axis && dim !== parts[0]!.dims[k]))
      badInput(node, i, 'the extents off the axis differ', { expected: parts[0]!.dims, actual: part.dims });
  return [concatenated(parts, axis)];
};

const split: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const axis = axisOf(node, intOf(node, 'axis', 0), x.dims.length);
  const total = x.dims[axis]!;
  const count = intOf(node, 'num_outputs', node.outputs.length);
  const chunk = Math.ceil(total / count);
  const lengths = listAt(node, inputs, 'split', 1) ?? range(count).map((i) => Math.max(0, Math.min(chunk, total - i * chunk)));
  if (lengths.reduce((a, b) => a + b, 0) !== total) badInput(node, 1, 'the parts do not add up', { expected: total, actual: lengths });
  let from = 0;
  return lengths.map((length) => {
    const part = sliced(x, axis, from, length);
    from += length;
    return part;
  });
};

const slice: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const rank = x.dims.length;
  const starts = listAt(node, inputs, 'starts', 1) ?? badInput(node, 1, 'an input is missing');
  const ends = listAt(node, inputs, 'ends', 2) ?? badInput(node, 2, 'an input is missing');
  const axes = listAt(node, inputs, 'axes', 3) ?? range(starts.length);
  const steps = listAt(node, inputs, 'steps', 4) ?? starts.map(() => 1);
  const dims = [...x.dims];
  const strides = [...stridesOf(x.dims)];
  let start = 0;
  for (const [i, given] of axes.entries()) {
    const axis = axisOf(node, given, rank);
    const [extent, step] = [x.dims[axis]!, steps[i]!];
    if (step === 0) badInput(node, 4, 'a step is 0');
    const clamp = (at: number, low: number, high: number): number => Math.min(Math.max(at < 0 ? at + extent : at, low), high);
    const from = clamp(starts[i]!, 0, step > 0 ? extent : extent - 1);
    const to = step > 0 ? clamp(ends[i]!, 0, extent) : clamp(ends[i]!, -1, extent - 1);
    dims[axis] = Math.max(0, Math.ceil((to - from) / step));
    start += from * strides[axis]!;
    strides[axis] = strides[axis]! * step;
  }
  const offsets = offsetsOf(dims, strides, start);
  return [pick(x, dims, (i) => offsets[i]!)];
};

/** Where a padded position comes from along one axis; undefined: the constant. */
const padSource: Readonly<Record<string, (at: number, extent: number) => number | undefined>> = {
  constant: (at, extent) => (at >= 0 && at < extent ? at : undefined),
  edge: (at, extent) => Math.min(Math.max(at, 0), extent - 1),
  reflect: (at, extent) => {
    if (extent === 1) return 0;
    const period = 2 * (extent - 1);
    const folded = ((at % period) + period) % period;
    return folded < extent ? folded : period - folded;
  },
  wrap: (at, extent) => ((at % extent) + extent) % extent,
};

const pad: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const rank = x.dims.length;
  const pads = intsOf(node, 'paddings') ?? listAt(node, inputs, 'pads', 1) ?? badInput(node, 1, 'an input is missing');
  const axes = (listAt(node, inputs, 'axes', 3) ?? range(rank)).map((axis) => axisOf(node, axis, rank));
  const source = padSource[stringOf(node, 'mode', 'constant')] ?? badInput(node, 0, 'no such mode');
  const before = x.dims.map(() => 0);
  const dims = [...x.dims];
  for (const [i, axis] of axes.entries()) {
    before[axis] = pads[i]!;
    dims[axis] = dims[axis]! + pads[i]! + pads[i + axes.length]!;
  }
  const value = node.attributes.get('value');
  const constant = optionalAt(node, inputs, 2) ?? fromNumbers(x.type, [], [value?.kind === 'float' ? value.value : 0]);
  const from = entriesOf(x);
  const fill = x.type === 'string' && constant.type !== 'string' ? '' : entriesOf(constant)[0];
  const out = newEntries(from, elementCount(dims)) as Record<number, unknown>;
  const strides = stridesOf(x.dims);
  eachIndex(dims, (index, position) => {
    let at = 0;
    for (let axis = 0; axis < rank; axis++) {
      const here = source(index[axis]! - before[axis]!, x.dims[axis]!);
      if (here === undefined) {
        out[position] = fill;
        return;
      }
      at += here * strides[axis]!;
    }
    out[position] = from[at];
  });
  return [fromEntries(x.type, dims, out as unknown as typeof from)];
};

const expand: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const dims = broadcastDims(x.dims, integersOf(tensorAt(node, inputs, 1)));
  const offsets = broadcastOffsets(x.dims, dims);
  return [pick(x, dims, (i) => offsets[i]!)];
};

const tile: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const repeats = integersOf(tensorAt(node, inputs, 1));
  const dims = x.dims.map((dim, axis) => dim * repeats[axis]!);
  const strides = stridesOf(x.dims);
  const source = new Int32Array(elementCount(dims));
  eachIndex(dims, (index, position) => {
    source[position] = index.reduce((sum, each, axis) => sum + (each % x.dims[axis]!) * strides[axis]!, 0);
  });
  return [pick(x, dims, (i) => source[i]!)];
};

/** DepthToSpace: DCR has the block in front of the depth, CRD behind it. */
const depthToSpace: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const n = intOf(node, 'blocksize', 1);
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const depth = channels / (n * n);
  const crd = stringOf(node, 'mode', 'DCR') === 'CRD';
  const spread = transposed(
    { ...x, dims: crd ? [batch, depth, n, n, height, width] : [batch, n, n, depth, height, width] },
    crd ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2],
  );
  return [{ ...spread, dims: [batch, depth, height * n, width * n] }];
};

const spaceToDepth: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const n = intOf(node, 'blocksize', 1);
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const crd = stringOf(node, 'mode', 'DCR') === 'CRD';
  const blocks = transposed({ ...x, dims: [batch, channels, height / n, n, width / n, n] }, crd ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]);
  return [{ ...blocks, dims: [batch, channels * n * n, height / n, width / n] }];
};

const trilu: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const k = optionalAt(node, inputs, 1);
  const diagonal = k ? integersOf(k)[0]! : 0;
  const upper = intOf(node, 'upper', 1) === 1;
  const [height, width] = x.dims.slice(-2) as [number, number];
  return [
    pick(x, x.dims, (i) => {
      const [row, column] = [Math.floor(i / width) % height, i % width];
      return (upper ? column - row >= diagonal : column - row <= diagonal) ? i : -1;
    }),
  ];
};

/** Each sample reversed over its own length. */
const reverseSequence: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const lengths = integersOf(tensorAt(node, inputs, 1));
  const [batchAxis, timeAxis] = [intOf(node, 'batch_axis', 1), intOf(node, 'time_axis', 0)];
  const strides = stridesOf(x.dims);
  const source = new Int32Array(elementCount(x.dims));
  eachIndex(x.dims, (index, position) => {
    const length = lengths[index[batchAxis]!]!;
    const time = index[timeAxis]!;
    source[position] = time < length ? position + (length - 1 - 2 * time) * strides[timeAxis]! : position;
  });
  return [pick(x, x.dims, (i) => source[i]!)];
};

/** Cut or padded to the asked extents, about the middle; an odd element more is cut or put behind. */
const centerCropPad: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const wanted = integersOf(tensorAt(node, inputs, 1));
  const axes = (intsOf(node, 'axes') ?? range(x.dims.length)).map((axis) => axisOf(node, axis, x.dims.length));
  const dims = [...x.dims];
  const shift = x.dims.map(() => 0);
  for (const [i, axis] of axes.entries()) {
    const [extent, target] = [x.dims[axis]!, wanted[i]!];
    dims[axis] = target;
    shift[axis] = target < extent ? Math.floor((extent - target) / 2) : -Math.floor((target - extent) / 2);
  }
  const strides = stridesOf(x.dims);
  const source = new Int32Array(elementCount(dims));
  eachIndex(dims, (index, position) => {
    const at = index.map((each, axis) => each + shift[axis]!);
    source[position] = at.every((each, axis) => each >= 0 && each < x.dims[axis]!) ? at.reduce((sum, each, axis) => sum + each * strides[axis]!, 0) : -1;
  });
  return [pick(x, dims, (i) => source[i]!)];
};

export const kernels = {
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  'com.microsoft:Pad': pad,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: trilu,
  'com.microsoft:Trilu': trilu,
  ReverseSequence: reverseSequence,
  CenterCropPad: centerCropPad,
} satisfies Record<string, Kernel>;
