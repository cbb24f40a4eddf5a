// Resize (10 on) and Upsample: along each axis, every output place reads weighted input places (operator spec, Resize 19).
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { floatOf, intOf, intsOf, opsetOf, stringOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { axisOf, badInput, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, product, range, replaceAt } from '../layout';

interface Axis {
  readonly input: number;
  readonly output: number;
  readonly scale: number;
  readonly roi: readonly [number, number];
}
/** What one output place reads; undefined: the extrapolation value. */
type Taps = readonly (readonly [at: number, weight: number])[] | undefined;

/** The place in the input, a fraction, that an output place stands for. */
function placeOf(mode: string, x: number, { input, output, scale, roi: [start, end] }: Axis): number {
  switch (mode) {
    case 'align_corners':
      return output === 1 ? 0 : (x * (input - 1)) / (output - 1);
    case 'asymmetric':
      return x / scale;
    case 'pytorch_half_pixel':
      return output === 1 ? 0 : (x + 0.5) / scale - 0.5;
    case 'tf_half_pixel_for_nn':
      return (x + 0.5) / scale;
    case 'tf_crop_and_resize':
      return output > 1 ? start * (input - 1) + (x * (end - start) * (input - 1)) / (output - 1) : 0.5 * (start + end) * (input - 1);
    case 'half_pixel_symmetric': {
      const width = scale * input;
      return (input / 2) * (1 - output / width) + (x + 0.5) / scale - 0.5;
    }
    default:
      return (x + 0.5) / scale - 0.5;
  }
}

function nearestOf(mode: string, at: number): number {
  if (mode === 'floor') return Math.floor(at);
  if (mode === 'ceil') return Math.ceil(at);
  return mode === 'round_prefer_ceil' ? Math.floor(at + 0.5) : Math.ceil(at - 0.5);
}

/** Keys' cubic with parameter a. */
function cubicWeight(a: number, distance: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
}

function tapsAt(node: Node, x: number, axis: Axis, old: boolean): Taps {
  const coordinates = old ? 'asymmetric' : stringOf(node, 'coordinate_transformation_mode', 'half_pixel');
  const at = placeOf(coordinates, x, axis);
  if (coordinates === 'tf_crop_and_resize' && (at < 0 || at > axis.input - 1)) return undefined;
  const mode = stringOf(node, 'mode', 'nearest');
  const clamp = (i: number): number => Math.min(Math.max(i, 0), axis.input - 1);
  if (mode === 'nearest') {
    const rounding = old ? (axis.scale < 1 ? 'ceil' : 'floor') : stringOf(node, 'nearest_mode', 'round_prefer_floor');
    return [[clamp(nearestOf(rounding, at)), 1]];
  }
  // Antialiasing widens the filter where it shrinks.
  const stretch = intOf(node, 'antialias', 0) === 1 && axis.scale < 1 ? axis.scale : 1;
  const cubic = mode === 'cubic';
  const a = floatOf(node, 'cubic_coeff_a', -0.75);
  const reach = (cubic ? 2 : 1) / stretch;
  const weights: [number, number][] = [];
  for (let i = Math.floor(at - reach); i <= Math.ceil(at + reach); i++) {
    const weight = cubic ? cubicWeight(a, (i - at) * stretch) : Math.max(0, 1 - Math.abs(i - at) * stretch);
    if (weight !== 0) weights.push([i, weight]);
  }
  const exclude = intOf(node, 'exclude_outside', 0) === 1;
  const kept = exclude ? weights.filter(([i]) => i >= 0 && i < axis.input) : weights;
  const total = kept.reduce((sum, [, weight]) => sum + weight, 0);
  return kept.map(([i, weight]) => [clamp(i), weight / total] as const);
}

function scalesAttribute(node: Node): readonly number[] | undefined {
  const scales = node.attributes.get('scales');
  return scales?.kind === 'floats' ? scales.value : undefined;
}

/** The resized axes with their scales and extents. */
function axesOf(node: Node, inputs: readonly (Datum | undefined)[], x: Tensor, old: boolean): ReadonlyMap<number, Axis> {
  const rank = x.dims.length;
  const listed = (intsOf(node, 'axes') ?? range(rank)).map((axis) => axisOf(node, axis, rank));
  const roiInput = old ? undefined : optionalAt(node, inputs, 1);
  const roi = roiInput && Array.from(numbersOf(roiInput));
  const sizesInput = old ? undefined : optionalAt(node, inputs, 3);
  const scalesInput = scalesAttribute(node) ? undefined : optionalAt(node, inputs, old ? 1 : 2);
  const scales = scalesAttribute(node) ?? (scalesInput && Array.from(numbersOf(scalesInput)));
  const axes = new Map<number, Axis>();
  const region = (i: number): readonly [number, number] => (roi?.length ? [roi[i]!, roi[i + listed.length]!] : [0, 1]);
  if (sizesInput && sizesInput.data.length > 0) {
    const sizes = integersOf(sizesInput);
    const policy = stringOf(node, 'keep_aspect_ratio_policy', 'stretch');
    const ratios = listed.map((axis, i) => sizes[i]! / x.dims[axis]!);
    const one = policy === 'stretch' ? undefined : policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
    listed.forEach((axis, i) => {
      const input = x.dims[axis]!;
      axes.set(axis, { input, output: one === undefined ? sizes[i]! : Math.floor(one * input + 0.5), scale: one ?? ratios[i]!, roi: region(i) });
    });
    return axes;
  }
  if (!scales?.length) badInput(node, 2, 'it has neither scales nor sizes');
  const cropped = stringOf(node, 'coordinate_transformation_mode') === 'tf_crop_and_resize';
  listed.forEach((axis, i) => {
    const [input, scale, [start, end]] = [x.dims[axis]!, scales[i]!, region(i)];
    axes.set(axis, { input, output: Math.floor(input * (cropped ? end - start : 1) * scale), scale, roi: [start, end] });
  });
  return axes;
}

const resize: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const old = node.opType === 'Upsample' || opsetOf(node) < 11;
  const extrapolation = floatOf(node, 'extrapolation_value', 0);
  let values: Float64Array = Float64Array.from(numbersOf(x));
  let dims: readonly number[] = x.dims;
  const outside = new Map<number, ReadonlySet<number>>();
  for (const [at, axis] of axesOf(node, inputs, x, old)) {
    const taps = range(axis.output).map((i) => tapsAt(node, i, axis, old));
    outside.set(at, new Set(taps.flatMap((each, i) => (each ? [] : [i]))));
    const [outer, , inner] = aroundAxis(dims, at);
    const next = new Float64Array(outer * axis.output * inner);
    for (let o = 0; o < outer; o++)
      taps.forEach((list, i) => {
        for (const [from, weight] of list ?? [])
          for (let k = 0; k < inner; k++) next[(o * axis.output + i) * inner + k]! += weight * values[(o * axis.input + from) * inner + k]!;
      });
    values = next;
    dims = replaceAt(dims, at, axis.output);
  }
  for (const [axis, places] of outside) {
    if (places.size === 0) continue;
    const [, extent, inner] = aroundAxis(dims, axis);
    for (let i = 0; i < product(dims); i++) if (places.has(Math.floor(i / inner) % extent)) values[i] = extrapolation;
  }
  return [fromNumbers(x.type, dims, /int/.test(x.type) ? values.map((each) => Math.round(each)) : values)];
};

export const kernels = { Resize: resize, Upsample: resize } satisfies Record<string, Kernel>;
