// Windows that slide over the spatial axes: what convolutions and pools have in common.
import type { Dim } from '../../ir/model';
import { checkCounts, type LayerContext } from './layer';

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];
export interface WindowOptions {
  readonly stride?: PerAxis;
  /** Zeros on both sides of each axis; 'same': so many that stride 1 keeps the extent. */
  readonly padding?: PerAxis | 'same';
  readonly dilation?: PerAxis;
}
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends, as ONNX lists them. */
  readonly pads: readonly number[];
}

const spread = (x: PerAxis, rank: number): readonly number[] => (typeof x === 'number' ? Array.from({ length: rank }, () => x) : x);

/** A plain number means two spatial axes; [k] one, [a, b, c] three. Throws `layer-option`. */
export function windowOf(layer: string, kernel: PerAxis, { stride = 1, padding = 0, dilation = 1 }: WindowOptions, defaultStride: PerAxis = stride): Window {
  const sizes = spread(kernel, 2);
  const rank = sizes.length;
  const strides = spread(defaultStride, rank);
  const dilations = spread(dilation, rank);
  const total = sizes.map((k, i) => (k - 1) * (dilations[i] ?? 1));
  const begins = padding === 'same' ? total.map((t) => Math.floor(t / 2)) : spread(padding, rank);
  const ends = padding === 'same' ? total.map((t) => Math.ceil(t / 2)) : begins;
  const counted = (name: string, list: readonly number[], least: number): void => {
    checkCounts(layer, { [`${name} per axis`]: list.length === rank ? 1 : 0 });
    for (const count of list) checkCounts(layer, { [name]: count }, least);
  };
  counted('kernel', sizes, 1);
  counted('stride', strides, 1);
  counted('dilation', dilations, 1);
  counted('padding', begins, 0);
  return { kernel: sizes, strides, dilations, pads: [...begins, ...ends] };
}

/** The attributes that differ from ONNX's defaults. */
export function windowAttributes({ kernel, strides, dilations, pads }: Window) {
  const unless = (list: readonly number[], usual: number): readonly number[] | undefined => (list.some((x) => x !== usual) ? list : undefined);
  return { kernel_shape: kernel, strides: unless(strides, 1), dilations: unless(dilations, 1), pads: unless(pads, 0) };
}

/** The spatial extents after the window: floor or ceil((d + pads - dilated kernel) / stride) + 1; a symbolic one stays itself where nothing changes, else gets a fresh name. */
export function slide({ kernel, strides, dilations, pads }: Window, spatial: readonly Dim[], c: LayerContext, ceil = false): Dim[] {
  return spatial.map((dim, i) => {
    const shrink = (kernel[i]! - 1) * dilations[i]! - pads[i]! - pads[i + kernel.length]!;
    if (typeof dim === 'string') return shrink === 0 && strides[i] === 1 ? dim : c.fresh(dim);
    const steps = (dim - 1 - shrink) / strides[i]!;
    if (!ceil) return Math.floor(steps) + 1;
    // As PyTorch and ONNX: a window that would start in the end padding is left out.
    const extent = Math.ceil(steps) + 1;
    return (extent - 1) * strides[i]! >= dim + pads[i]! ? extent - 1 : extent;
  });
}
