// Quantize, dequantize, and products of quantized tensors.

import { encodeArray, type FormatName, formats } from '@modeldiet/numfmt';
import type { Node } from '@modeldiet/onnx-io';
import type { DType, Tensor } from '@modeldiet/tensor';
import { intOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import { fromNumbers, numbersOf } from '../array';
import { axisOf, badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, broadcastDims, broadcastOffsets, elementCount, product } from '../layout';
import { convolve } from './conv';
import { multiply, planProduct } from './matrix';
import { roundEven } from './unary';

/** For every position of `dims`, the position of its scale: one for all, one an entry of the axis, or one a block of the axis. */
export function parameterOffsets(node: Node, dims: readonly number[], scale: Tensor, axis: number, block: number): Int32Array {
  const offsets = new Int32Array(elementCount(dims));
  if (elementCount(scale.dims) === 1 && block === 0) return offsets;
  const at = axisOf(node, axis, dims.length);
  const [, extent, inner] = aroundAxis(dims, at);
  if (block === 0 && scale.dims.length > 1) return broadcastOffsets(scale.dims, dims);
  const blocks = block === 0 ? extent : Math.ceil(extent / block);
  if (block !== 0 && scale.dims[at] !== blocks) badInput(node, 1, 'the scales do not fit the blocks', { expected: blocks, actual: scale.dims });
  for (let i = 0; i < offsets.length; i++) {
    const k = Math.floor(i / inner) % extent;
    offsets[i] = block === 0 ? k : (Math.floor(i / (inner * extent)) * blocks + Math.floor(k / block)) * inner + (i % inner);
  }
  return offsets;
}

const isInteger = (type: DType): boolean => /^u?int/.test(type);

/** Codes of `values`, saturated: integers after rounding half to even, floats rounded to the format. */
function codes(type: DType, dims: readonly number[], values: Float64Array, saturate: boolean): Tensor {
  const data = encodeArray(values, formats[type as FormatName], { saturate: isInteger(type) ? true : saturate });
  return { type, dims, data } as Tensor;
}

const quantizeLinear: Kernel = (node, inputs) => {
  const [x, scale, zero] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const type = zero?.type ?? dtypeOf(intOf(node, 'output_dtype')) ?? 'uint8';
  const offsets = parameterOffsets(node, x.dims, scale, intOf(node, 'axis', 1), intOf(node, 'block_size', 0));
  const [s, z] = [numbersOf(scale), zero && numbersOf(zero)];
  // The quotient has the precision of the scale's type.
  const single = (dtypeOf(intOf(node, 'precision')) ?? scale.type) === 'float64' ? (v: number): number => v : Math.fround;
  const values = Float64Array.from(numbersOf(x), (value, i) => {
    const quotient = single(value / s[offsets[i]!]!);
    return isInteger(type) ? roundEven(quotient) + (z ? z[offsets[i]!]! : 0) : quotient + (z ? z[offsets[i]!]! : 0);
  });
  return [codes(type, x.dims, values, intOf(node, 'saturate', 1) === 1)];
};

const dequantizeLinear: Kernel = (node, inputs) => {
  const [x, scale, zero] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)];
  const offsets = parameterOffsets(node, x.dims, scale, intOf(node, 'axis', 1), intOf(node, 'block_size', 0));
  const [s, z] = [numbersOf(scale), zero && numbersOf(zero)];
  const y = Float64Array.from(numbersOf(x), (value, i) => (value - (z ? z[offsets[i]!]! : 0)) * s[offsets[i]!]!);
  return [fromNumbers(dtypeOf(intOf(node, 'output_dtype')) ?? scale.type, x.dims, y)];
};

/** The uint8 scale and zero point of a range that holds 0, and the codes. */
export function dynamicallyQuantized(x: Tensor): { readonly y: Float64Array; readonly scale: number; readonly zero: number } {
  const xs = numbersOf(x);
  const [low, high] = [xs.reduce((a, b) => Math.min(a, b), 0), xs.reduce((a, b) => Math.max(a, b), 0)];
  const scale = Math.fround((high - low) / 255) || 1;
  const zero = Math.min(Math.max(roundEven(Math.fround((0 - low) / scale)), 0), 255);
  const y = Float64Array.from(xs, (value) => Math.min(Math.max(roundEven(Math.fround(value / scale)) + zero, 0), 255));
  return { y, scale, zero };
}
const dynamicQuantizeLinear: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const { y, scale, zero } = dynamicallyQuantized(x);
  return [fromNumbers('uint8', x.dims, y), fromNumbers('float32', [], [scale]), fromNumbers('uint8', [], [zero])];
};

/** Values less their zero point: one for all, one a row (of A), one a column (of B). */
function centred(x: Tensor, zero: Tensor | undefined, side: 'row' | 'column'): Float64Array {
  if (!zero) return Float64Array.from(numbersOf(x));
  const z = zero.dims.length === 1 && zero.dims[0] !== 1 && side === 'row' ? { ...zero, dims: [...zero.dims, 1] } : zero;
  const [at, zs] = [broadcastOffsets(z.dims, broadcastDims(x.dims, z.dims)), numbersOf(z)];
  return Float64Array.from(numbersOf(x), (value, i) => value - zs[at[i]!]!);
}

const matMulInteger: Kernel = (node, inputs) => {
  const [a, b] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const plan = planProduct(node, a.dims, b.dims);
  return [fromNumbers('int32', plan.dims, multiply(centred(a, optionalAt(node, inputs, 2), 'row'), centred(b, optionalAt(node, inputs, 3), 'column'), plan))];
};

/** A scale as a tensor that broadcasts to the product: one a row or one a column. */
const scaleOffsets = (scale: Tensor, dims: readonly number[], side: 'row' | 'column'): Int32Array =>
  broadcastOffsets(scale.dims.length === 1 && scale.dims[0] !== 1 && side === 'row' ? [...scale.dims, 1] : scale.dims, dims);

const qLinearMatMul: Kernel = (node, inputs) => {
  const [a, aScale, aZero, b, bScale, bZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => tensorAt(node, inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const plan = planProduct(node, a.dims, b.dims);
  const sums = multiply(centred(a, aZero, 'row'), centred(b, bZero, 'column'), plan);
  const [sa, sb, sy] = [numbersOf(aScale), numbersOf(bScale), numbersOf(yScale)];
  const [ia, ib, iy] = [scaleOffsets(aScale, plan.dims, 'row'), scaleOffsets(bScale, plan.dims, 'column'), scaleOffsets(yScale, plan.dims, 'row')];
  const zero = numbersOf(yZero);
  const zeroAt = scaleOffsets(yZero, plan.dims, 'row');
  const y = sums.map((sum, i) => roundEven((sum * sa[ia[i]!]! * sb[ib[i]!]!) / sy[iy[i]!]!) + zero[zeroAt[i]!]!);
  return [codes(yZero.type, plan.dims, y, true)];
};

/** W less its zero point, one for all or one a filter. */
function centredFilters(w: Tensor, zero: Tensor | undefined): Float64Array {
  const zs = zero && numbersOf(zero);
  const size = product(w.dims.slice(1));
  return Float64Array.from(numbersOf(w), (value, i) => value - (zs ? zs[zs.length === 1 ? 0 : Math.floor(i / size)]! : 0));
}

const convInteger: Kernel = (node, inputs) => {
  const [x, w, xZero, wZero] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2), optionalAt(node, inputs, 3)];
  const { dims, values } = convolve(node, centred(x, xZero && { ...xZero, dims: [] }, 'column'), x.dims, centredFilters(w, wZero), w.dims);
  return [fromNumbers('int32', dims, values)];
};

const qLinearConv: Kernel = (node, inputs) => {
  const [x, xScale, xZero, w, wScale, wZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => tensorAt(node, inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const bias = optionalAt(node, inputs, 8);
  const { dims, values } = convolve(node, centred(x, { ...xZero, dims: [] }, 'column'), x.dims, centredFilters(w, wZero), w.dims, bias && numbersOf(bias));
  const [sx, sw, sy, zy] = [numbersOf(xScale)[0]!, numbersOf(wScale), numbersOf(yScale)[0]!, numbersOf(yZero)[0]!];
  const inner = product(dims.slice(2));
  const y = values.map((sum, i) => roundEven((sum * sx * sw[sw.length === 1 ? 0 : Math.floor(i / inner) % dims[1]!]!) / sy) + zy);
  return [codes(yZero.type, dims, y, true)];
};

export const kernels = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  'com.microsoft:QuantizeLinear': quantizeLinear,
  'com.microsoft:DequantizeLinear': dequantizeLinear,
  MatMulInteger: matMulInteger,
  'com.microsoft:MatMulInteger16': matMulInteger,
  ConvInteger: convInteger,
  QLinearMatMul: qLinearMatMul,
  QLinearConv: qLinearConv,
} satisfies Record<string, Kernel>;
