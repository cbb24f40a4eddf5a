// ONNX QuantizeLinear and DequantizeLinear in float32, bit for bit: per tensor, per axis, per block.

import { decodeArray } from '../arrays';
import { decodeNarrow, encodeNarrow } from '../codec';
import type { StorageOf } from '../format';
import { bfloat16, float16 } from '../formats';
import { type ChannelScales, kernels, type Layout } from '../kernels';
import { pack } from '../pack';
import { countOf, newStorage, storageLength } from '../storage';
import { partsOf } from './granularity';
import { checkQParams, type QParams } from './qparams';
import { codeRange, type QuantizedFormat, roundHalfEven } from './scale';

/** Codes in ONNX storage: one byte each, two bytes for 16 bits, packed below 8. */
export type QuantizedCodes = StorageOf[QuantizedFormat['name']];

const count = ({ outer, channels, inner }: Layout): number => outer * channels * inner;

/** The scales of one part. */
function scalesOf({ format, bits, scale, zeroPoint }: QParams, from: number, channels: number): ChannelScales {
  return { scales: scale.subarray(from, from + channels), zeroPoints: zeroPoint.subarray(from, from + channels), ...codeRange({ format, bits }) };
}

/** Each part with its scales. */
function* scaledParts(qparams: QParams, length: number): Generator<{ readonly at: number; readonly layout: Layout; readonly scales: ChannelScales }> {
  for (const { at, scale, layout } of partsOf(qparams.granularity, qparams.dims, length))
    yield { at, layout, scales: scalesOf(qparams, scale, layout.channels) };
}

/** Rounds to the type of the scales. */
function rounderOf(precision: QParams['precision']): (x: number) => number {
  if (precision === undefined) return Math.fround;
  const format = precision === 'float16' ? float16 : bfloat16;
  return (x) => decodeNarrow(encodeNarrow(x, format, 'nearestEven', false), format);
}

/** Calls `visit(i, scale, zeroPoint)` for each number. */
function eachNumber(layout: Layout, at: number, { scales, zeroPoints }: ChannelScales, visit: (i: number, scale: number, zero: number) => void): void {
  for (let o = 0, i = at; o < layout.outer; o++)
    for (let c = 0; c < layout.channels; c++) for (let k = 0; k < layout.inner; k++, i++) visit(i, scales[c]!, zeroPoints[c]!);
}

/**
 * `saturate(round(x / scale) + zeroPoint)`: the division in float32, half to even. Integers clamp to the range of `bits`; infinity clamps, NaN becomes the zero point. Float formats
 * saturate as ONNX Cast does. Errors: `numfmt/length`, `numfmt/qparams`, `numfmt/granularity`.
 *
 * @example quantizeLinear([0.5, -1], chooseQParams({ min: -1, max: 1 }, { format: int8 })) // Int8Array [64, -127]
 */
export function quantizeLinear(values: ArrayLike<number>, qparams: QParams): QuantizedCodes {
  checkQParams(qparams);
  const { format } = qparams;
  const x = values instanceof Float32Array ? values : Float32Array.from(values);
  const plainly = qparams.precision === undefined;
  if (plainly && format.kind === 'int' && format.bits === 8) {
    const out = format.signed ? new Int8Array(x.length) : new Uint8Array(x.length);
    for (const { at, layout, scales } of scaledParts(qparams, x.length))
      kernels().quantize8(x.subarray(at, at + count(layout)), out.subarray(at, at + count(layout)), layout, scales);
    return out;
  }
  const parts = [...scaledParts(qparams, x.length)];
  if (plainly && format.kind === 'int' && format.bits === 4 && parts.every(({ at }) => at % 2 === 0)) {
    const out = new Uint8Array(storageLength(format, x.length));
    for (const { at, layout, scales } of parts)
      kernels().quantize4(x.subarray(at, at + count(layout)), out.subarray(at >> 1, (at + count(layout) + 1) >> 1), layout, scales);
    return out;
  }
  return quantizeSlowly(x, qparams, parts);
}

function quantizeSlowly(
  x: Float32Array,
  { format, bits, precision }: QParams,
  parts: Iterable<{ at: number; layout: Layout; scales: ChannelScales }>,
): QuantizedCodes {
  const { lo, hi } = codeRange({ format, bits });
  const float = format.kind === 'float';
  const round = rounderOf(precision);
  const codes = format.bits < 8 ? new Int8Array(x.length) : newStorage(format, x.length);
  for (const { at, layout, scales } of parts)
    eachNumber(layout, at, scales, (i, scale, zero) => {
      const v = round(x[i]! / scale);
      if (float) codes[i] = encodeNarrow(v, format, 'nearestEven', true);
      else codes[i] = Number.isNaN(v) ? zero : Math.min(Math.max(roundHalfEven(Math.min(Math.max(v, lo - zero), hi - zero)) + zero, lo), hi);
    });
  if (format.bits === 2 || format.bits === 4) return pack(codes, format.bits);
  return codes;
}

/**
 * `(q - zeroPoint) * scale` in float32. `codes` in ONNX storage; `length` is needed per tensor where the last byte of packed codes is not full. Errors as {@link quantizeLinear}.
 *
 * @example dequantizeLinear(new Int8Array([64]), chooseQParams({ min: -127, max: 127 }, { format: int8 })) // Float32Array [64]
 */
export function dequantizeLinear(codes: QuantizedCodes, qparams: QParams, length?: number): Float32Array {
  checkQParams(qparams);
  const { format, granularity, dims, precision } = qparams;
  const round = rounderOf(precision);
  const n = countOf(codes, format, length ?? (granularity.kind === 'perTensor' && dims.length === 0 ? undefined : dims.reduce((a, b) => a * b, 1)));
  const out = new Float32Array(n);
  const parts = [...scaledParts(qparams, n)];
  const plainly = precision === undefined;
  const byte = plainly && format.kind === 'int' && format.bits === 8;
  const nibbles = plainly && format.kind === 'int' && format.bits === 4 && parts.every(({ at }) => at % 2 === 0);
  const values = byte || nibbles ? undefined : decodeArray(codes, format, n);
  for (const { at, layout, scales } of parts) {
    const [to, part] = [at + count(layout), out.subarray(at, at + count(layout))];
    if (values) eachNumber(layout, at, scales, (i, scale, zero) => void (out[i] = round(round(values[i]! - zero) * scale)));
    else if (byte) kernels().dequantize8((codes as Int8Array | Uint8Array).subarray(at, to), part, layout, scales);
    else kernels().dequantize4((codes as Uint8Array).subarray(at >> 1, (to + 1) >> 1), part, layout, scales);
  }
  return out;
}

/** The values after one trip through the codes: `dequantizeLinear(quantizeLinear(values))`. */
export const fakeQuantize = (values: ArrayLike<number>, qparams: QParams): Float32Array =>
  dequantizeLinear(quantizeLinear(values, qparams), qparams, values.length);
