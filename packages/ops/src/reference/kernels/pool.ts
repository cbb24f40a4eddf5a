// Pools over windows and over whole planes, and MaxUnpool.
import { intOf, intsOf } from '../../attributes';
import { fromNumbers, int64s, integersOf, numbersOf, pick } from '../array';
import { badAttribute, type Kernel, optionalAt, tensorAt } from '../kernel';
import { eachIndex, product, range } from '../layout';
import { eachTap, windowsOf } from './window';

const kernelOf = (node: Parameters<Kernel>[0]): readonly number[] => intsOf(node, 'kernel_shape') ?? badAttribute(node, 'kernel_shape');

/** Every window of every plane: `value(values in it, taps in input and pads)`. */
const windowed =
  (value: (values: number[], counted: number, node: Parameters<Kernel>[0]) => number): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
    const windows = windowsOf(node, input, kernelOf(node));
    const [inSize, outSize] = [product(input), product(windows.output)];
    const xs = numbersOf(x);
    const out = new Float64Array(batch * channels * outSize);
    eachIndex(windows.output, (index, position) => {
      const taps: number[] = [];
      const counted = eachTap(windows, index, (at) => taps.push(at));
      for (let plane = 0; plane < batch * channels; plane++)
        out[plane * outSize + position] = value(
          taps.map((at) => xs[plane * inSize + at]!),
          counted,
          node,
        );
    });
    return [fromNumbers(x.type, [batch, channels, ...windows.output], out)];
  };

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const norm = (values: ArrayLike<number>, p: number): number => Array.from(values).reduce((a, b) => a + Math.abs(b) ** p, 0) ** (1 / p);

/** The largest and where it is: the position in the whole input, row-major, or column-major planes where storage_order is 1. */
const maxPool: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const windows = windowsOf(node, input, kernelOf(node));
  const [inSize, outSize] = [product(input), product(windows.output)];
  const xs = numbersOf(x);
  const chosen = new Int32Array(batch * channels * outSize);
  eachIndex(windows.output, (index, position) => {
    const taps: number[] = [];
    eachTap(windows, index, (at) => taps.push(at));
    for (let plane = 0; plane < batch * channels; plane++) {
      let best = taps[0] ?? 0;
      for (const at of taps) if (xs[plane * inSize + at]! > xs[plane * inSize + best]!) best = at;
      chosen[plane * outSize + position] = plane * inSize + best;
    }
  });
  const dims = [batch, channels, ...windows.output];
  const columnMajor = intOf(node, 'storage_order', 0) === 1;
  const places = Array.from(chosen, (at) => (columnMajor ? at - (at % inSize) + columnMajorOf(at % inSize, input) : at));
  return [pick(x, dims, (i) => chosen[i]!), int64s(places, dims)];
};
/** A row-major position as a column-major one. */
function columnMajorOf(at: number, dims: readonly number[]): number {
  let [rest, place] = [at, 0];
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    place += (rest % dims[axis]!) * product(dims.slice(0, axis));
    rest = Math.floor(rest / dims[axis]!);
  }
  return place;
}

const globally =
  (value: (values: Float64Array, node: Parameters<Kernel>[0]) => number): Kernel =>
  (node, inputs) => {
    const x = tensorAt(node, inputs, 0);
    const size = product(x.dims.slice(2));
    const xs = numbersOf(x);
    const planes = x.dims[0]! * x.dims[1]!;
    return [
      fromNumbers(
        x.type,
        x.dims.map((dim, i) => (i < 2 ? dim : 1)),
        range(planes).map((plane) => value(xs.subarray(plane * size, (plane + 1) * size), node)),
      ),
    ];
  };

/** Values put back where MaxPool found them. */
const maxUnpool: Kernel = (node, inputs) => {
  const [x, places] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const asked = optionalAt(node, inputs, 2);
  const kernel = kernelOf(node);
  const rank = kernel.length;
  const strides = intsOf(node, 'strides') ?? kernel.map(() => 1);
  const pads = intsOf(node, 'pads') ?? range(2 * rank).map(() => 0);
  const inferred = [...x.dims.slice(0, 2), ...x.dims.slice(2).map((dim, i) => (dim - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[i + rank]!)];
  const dims = asked ? integersOf(asked) : inferred;
  const out = new Float64Array(product(dims));
  const at = integersOf(places);
  // The places count in the extents that the pool had: moved into the asked ones.
  const own = product(inferred) === product(dims) ? undefined : inferred;
  numbersOf(x).forEach((value, i) => {
    out[own ? moved(at[i]!, own, dims) : at[i]!] = value;
  });
  return [fromNumbers(x.type, dims, out)];
};
function moved(at: number, from: readonly number[], to: readonly number[]): number {
  let [rest, place, step] = [at, 0, 1];
  for (let axis = from.length - 1; axis >= 0; axis--) {
    place += (rest % from[axis]!) * step;
    rest = Math.floor(rest / from[axis]!);
    step *= to[axis]!;
  }
  return place;
}

export const kernels = {
  MaxPool: maxPool,
  AveragePool: windowed((values, counted, node) => sum(values) / (intOf(node, 'count_include_pad', 0) === 1 ? counted : values.length)),
  LpPool: windowed((values, _, node) => norm(values, intOf(node, 'p', 2))),
  GlobalAveragePool: globally((values) => sum(values) / values.length),
  GlobalMaxPool: globally((values) => values.reduce((a, b) => Math.max(a, b), -Infinity)),
  GlobalLpPool: globally((values, node) => norm(values, intOf(node, 'p', 2))),
  MaxUnpool: maxUnpool,
} satisfies Record<string, Kernel>;
