// Sliding windows: convolutions, pools and their inverses (the spec's formulas under Conv, ConvTranspose, MaxPool).
import type { Dim, Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, opsetOf, stringOf } from '../../attributes';
import { addDims, ceilDivDims, floorDivDims, minDims, mulDims, subDims, unknown } from '../../dims';
import type { ShapeRule, Shapes } from '../../facts';
import { dtypeAt, elementsAt, replaceAt, type Shape, shapeAt, tensor, unknowns } from '../rule';

export interface Window {
  readonly kernel: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** begins, then ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
  readonly ceil: boolean;
}

/** The window of a node over `rank` spatial axes, defaults filled in. */
export function windowOf(node: Node, kernel: readonly Dim[]): Window {
  const rank = kernel.length;
  const ones = Array.from({ length: rank }, () => 1);
  return {
    kernel,
    strides: intsOf(node, 'strides') ?? ones,
    dilations: intsOf(node, 'dilations') ?? ones,
    pads: intsOf(node, 'pads') ?? [...ones, ...ones].map(() => 0),
    autoPad: stringOf(node, 'auto_pad', 'NOTSET'),
    ceil: intOf(node, 'ceil_mode', 0) === 1,
  };
}

/** The extent along one spatial axis. */
export function windowDim(dim: Dim, axis: number, window: Window): Dim {
  const { kernel, strides, dilations, pads, autoPad, ceil } = window;
  const rank = kernel.length;
  const [stride, dilation] = [strides[axis] ?? 1, dilations[axis] ?? 1];
  const reach = addDims(mulDims(subDims(kernel[axis] ?? unknown, 1), dilation), 1);
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return ceilDivDims(dim, stride);
  const [begin, end] = autoPad === 'VALID' ? [0, 0] : [pads[axis] ?? 0, pads[axis + rank] ?? 0];
  // One sum instead of two: dims with symbols take time.
  const room = typeof reach === 'number' ? addDims(dim, begin + end - reach) : subDims(addDims(dim, begin + end), reach);
  if (!ceil) return addDims(floorDivDims(room, stride), 1);
  const count = addDims(ceilDivDims(room, stride), 1);
  // A last window that would start in the right padding is left out.
  return stride === 1 ? count : minDims(count, addDims(floorDivDims(addDims(dim, begin - 1), stride), 1));
}

/** [N, C, spatial...] with the window slid over the spatial axes; undefined when the rank is unknown. */
const slid = (shape: Shape | undefined, channels: Dim, window: Window): Shape | undefined =>
  shape && [shape[0] ?? unknown, channels, ...shape.slice(2).map((dim, axis) => windowDim(dim, axis, window))];

/** The kernel's extents: the attribute, else the weight's. */
export function kernelOf(node: Node, shapes: Shapes, weight: number | undefined, rank: number): readonly Dim[] {
  const given = intsOf(node, 'kernel_shape');
  if (given) return given;
  const shape = weight === undefined ? undefined : shapeAt(node, shapes, weight);
  return shape ? shape.slice(2) : unknowns(rank);
}

/** Convolution with the weight [M, C/group, kernel...] at input `weight`. */
export const conv =
  (weight = 1, dtype?: 'int32' | number): ShapeRule =>
  (node, shapes) => {
    const shape = shapeAt(node, shapes, 0);
    const w = shapeAt(node, shapes, weight);
    const rank = shape?.length ?? w?.length;
    const type = dtype === undefined ? dtypeAt(node, shapes, 0) : typeof dtype === 'number' ? dtypeAt(node, shapes, dtype) : dtype;
    if (rank === undefined) return [tensor(type, undefined)];
    const window = windowOf(node, kernelOf(node, shapes, weight, rank - 2));
    return [tensor(type, slid(shape ?? unknowns(rank), w?.[0] ?? unknown, window))];
  };

/** MaxPool, AveragePool, LpPool; every output has the same shape, MaxPool's second is int64. */
export const pool: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const kernel = intsOf(node, 'kernel_shape');
  const type = dtypeAt(node, shapes, 0);
  const known = shape ?? (kernel && unknowns(kernel.length + 2));
  const out = kernel && slid(known, known?.[1] ?? unknown, windowOf(node, kernel));
  return [tensor(type, out), tensor('int64', out)];
};

export const globalPool: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  return [
    tensor(
      dtypeAt(node, shapes, 0),
      shape?.map((dim, i) => (i < 2 ? dim : 1)),
    ),
  ];
};

/** ConvTranspose: weight [C, M/group, kernel...]; SAME pads so that the output is input * stride. */
export const convTranspose: ShapeRule = (node, shapes) => {
  const w = shapeAt(node, shapes, 1);
  const shape = shapeAt(node, shapes, 0) ?? (w && unknowns(w.length));
  const type = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(type, undefined)];
  const rank = shape.length - 2;
  const window = windowOf(node, kernelOf(node, shapes, 1, rank));
  const extra = intsOf(node, 'output_padding') ?? [];
  // output_shape holds the spatial extents (some exporters write N and C before them).
  const wanted = intsOf(node, 'output_shape')?.slice(-rank);
  const spatial = shape.slice(2).map((dim, axis): Dim => {
    if (wanted) return wanted[axis]!;
    const stride = window.strides[axis] ?? 1;
    const reach = addDims(mulDims(subDims(window.kernel[axis] ?? unknown, 1), window.dilations[axis] ?? 1), 1);
    if (window.autoPad.startsWith('SAME')) return mulDims(dim, stride);
    const [begin, end] = window.autoPad === 'VALID' ? [0, 0] : [window.pads[axis] ?? 0, window.pads[axis + rank] ?? 0];
    return subDims(addDims(addDims(mulDims(subDims(dim, 1), stride), reach), extra[axis] ?? 0), begin + end);
  });
  return [tensor(type, [shape[0]!, mulDims(w?.[1] ?? unknown, intOf(node, 'group', 1)), ...spatial])];
};

/** MaxUnpool: the inverse of MaxPool's formula, or the asked shape. */
export const maxUnpool: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const type = dtypeAt(node, shapes, 0);
  const asked = elementsAt(node, shapes, 2);
  if (asked) return [tensor(type, asked)];
  const kernel = intsOf(node, 'kernel_shape') ?? [];
  if (!shape || node.inputs[2]) return [tensor(type, shape && unknowns(shape.length))];
  const { strides, pads } = windowOf(node, kernel);
  const spatial = shape
    .slice(2)
    .map((dim, i) => subDims(addDims(mulDims(subDims(dim, 1), strides[i] ?? 1), kernel[i] ?? unknown), (pads[i] ?? 0) + (pads[i + kernel.length] ?? 0)));
  return [tensor(type, [shape[0]!, shape[1]!, ...spatial])];
};

/** Col2Im: [N, C * block, L] -> [N, C, image...]. */
export const col2Im: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const image = elementsAt(node, shapes, 1);
  const block = elementsAt(node, shapes, 2);
  const type = dtypeAt(node, shapes, 0);
  const rank = image?.length ?? block?.length;
  if (rank === undefined) return [tensor(type, undefined)];
  const size = block ? block.reduce(mulDims, 1) : unknown;
  return [tensor(type, [shape?.[0] ?? unknown, floorDivDims(shape?.[1] ?? unknown, size), ...(image ?? unknowns(rank))])];
};

/** RoiAlign, MaxRoiPool: [rois, C, height, width]. */
export const roi =
  (size: (node: Node) => readonly [number, number]): ShapeRule =>
  (node, shapes) => [tensor(dtypeAt(node, shapes, 0), [shapeAt(node, shapes, 1)?.[0] ?? unknown, shapeAt(node, shapes, 0)?.[1] ?? unknown, ...size(node)])];

/** GridSample: N and C of X, the spatial extents of the grid [N, spatial..., rank]. */
export const gridSample: ShapeRule = (node, shapes) => {
  const [shape, grid] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  if (!shape && !grid) return [tensor(dtypeAt(node, shapes, 0), undefined)];
  const spatial = grid ? grid.slice(1, -1) : unknowns(shape!.length - 2);
  return [tensor(dtypeAt(node, shapes, 0), [shape?.[0] ?? grid?.[0] ?? unknown, shape?.[1] ?? unknown, ...spatial])];
};

/** AffineGrid: size [N, C, spatial...] -> [N, spatial..., rank]. */
export const affineGrid: ShapeRule = (node, shapes) => {
  const size = elementsAt(node, shapes, 1);
  const rank = size?.length;
  return [tensor(dtypeAt(node, shapes, 0), size && rank ? [size[0]!, ...size.slice(2), rank - 2] : undefined)];
};

const scaled = (dim: Dim, scale: Dim | undefined): Dim => {
  if (scale === 1) return dim;
  if (typeof dim === 'number' && typeof scale === 'number') return Math.floor(Math.fround(dim * scale));
  if (typeof scale === 'number' && Number.isInteger(scale)) return mulDims(dim, scale);
  if (typeof scale === 'number' && Number.isInteger(1 / scale)) return floorDivDims(dim, 1 / scale);
  return unknown;
};

/** Resize (10 on) and Upsample (7, 9): the sizes where given, else floor(extent * scale). */
export const resize: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const type = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(type, undefined)];
  const old = node.opType === 'Upsample' || opsetOf(node) < 11;
  const asked = old ? undefined : elementsAt(node, shapes, 3);
  const factors = scalesOf(node, shapes, old);
  const listed = intsOf(node, 'axes') ?? shape.map((_, i) => i);
  const axes = listed.map((axis) => (axis < 0 ? axis + shape.length : axis));
  let out: Shape = shape;
  const policy = stringOf(node, 'keep_aspect_ratio_policy', 'stretch');
  const numbers =
    policy !== 'stretch' && asked
      ? keptAspect(
          policy,
          axes.map((axis) => shape[axis]!),
          asked,
        )
      : asked;
  const sizesGiven = !old && !!node.inputs[3];
  axes.forEach((axis, i) => {
    const dim = shape[axis]!;
    out = replaceAt(out, axis, sizesGiven ? (numbers?.[i] ?? unknown) : factors ? scaled(dim, factors[i] ?? unknown) : unknown);
  });
  return [tensor(type, out)];
};

function scalesOf(node: Node, shapes: Shapes, old: boolean): readonly Dim[] | undefined {
  const attribute = node.attributes.get('scales');
  if (attribute?.kind === 'floats') return attribute.value;
  if (attribute?.kind === 'ints') return attribute.value.map(Number);
  return elementsAt(node, shapes, old ? 1 : 2);
}

/** Opset 18: one scale for all listed axes, the smallest (not_larger) or largest, and extents rounded half up. */
function keptAspect(policy: string, dims: readonly Dim[], sizes: readonly Dim[]): readonly Dim[] {
  if (![...dims, ...sizes].every((each) => typeof each === 'number')) return dims.map(() => unknown);
  const ratios = dims.map((dim, i) => (sizes[i] as number) / (dim as number));
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return dims.map((dim) => Math.floor(scale * (dim as number) + 0.5));
}
