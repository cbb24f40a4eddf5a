// What sliding windows share: extents, pads and strides of convolutions and pools, from the attributes (spec formulas under Conv and AveragePool).
import type { Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, stringOf } from '../../attributes';
import { range } from '../layout';

export interface Windows {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Pads before each axis. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

/** How a window slides over the spatial extents `input`. */
export function windowsOf(node: Node, input: readonly number[], kernel: readonly number[]): Windows {
  const rank = input.length;
  const ones = range(rank).map(() => 1);
  const strides = intsOf(node, 'strides') ?? ones;
  const dilations = intsOf(node, 'dilations') ?? ones;
  const autoPad = stringOf(node, 'auto_pad', 'NOTSET');
  const reach = kernel.map((k, i) => (k - 1) * dilations[i]! + 1);
  const given = intsOf(node, 'pads') ?? range(2 * rank).map(() => 0);
  const begins: number[] = [];
  const ends: number[] = [];
  const output: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [extent, stride] = [input[i]!, strides[i]!];
    if (autoPad.startsWith('SAME')) {
      const count = Math.ceil(extent / stride);
      const total = Math.max(0, (count - 1) * stride + reach[i]! - extent);
      const small = Math.floor(total / 2);
      begins.push(autoPad === 'SAME_UPPER' ? small : total - small);
      ends.push(total - begins[i]!);
      output.push(count);
      continue;
    }
    begins.push(autoPad === 'VALID' ? 0 : given[i]!);
    ends.push(autoPad === 'VALID' ? 0 : given[i + rank]!);
    const room = extent + begins[i]! + ends[i]! - reach[i]!;
    if (intOf(node, 'ceil_mode', 0) === 1) {
      const count = Math.ceil(room / stride) + 1;
      // A window that would start in the right padding is left out.
      output.push((count - 1) * stride >= extent + begins[i]! ? count - 1 : count);
    } else output.push(Math.floor(room / stride) + 1);
  }
  return { input, output, kernel, strides, dilations, begins, ends };
}

/**
 * The taps of the window at one output position: `visit(position in the input plane, position in the kernel)`, taps in the padding left out.
 * Returns how many taps lie inside the input and its pads (the count of AveragePool with count_include_pad).
 */
export function eachTap(w: Windows, output: readonly number[], visit: (input: number, kernel: number) => void): number {
  const rank = w.kernel.length;
  const tap = w.kernel.map(() => 0);
  const size = w.kernel.reduce((a, b) => a * b, 1);
  let padded = 0;
  for (let k = 0; k < size; k++) {
    let at = 0;
    let inside = true;
    let inPads = true;
    for (let i = 0; i < rank; i++) {
      const x = output[i]! * w.strides[i]! + tap[i]! * w.dilations[i]! - w.begins[i]!;
      if (x < 0 || x >= w.input[i]!) inside = false;
      if (x >= w.input[i]! + w.ends[i]!) inPads = false;
      at = at * w.input[i]! + x;
    }
    if (inPads) padded++;
    if (inside) visit(at, k);
    for (let i = rank - 1; i >= 0; i--) {
      if (++tap[i]! < w.kernel[i]!) break;
      tap[i] = 0;
    }
  }
  return padded;
}
