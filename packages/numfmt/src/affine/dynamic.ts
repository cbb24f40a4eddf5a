// ONNX DynamicQuantizeLinear-11 in float32, and the int32 bias of an integer layer.
import { fail } from '../errors';
import { int32, uint8 } from '../formats';
import { perAxis, perTensor } from './granularity';
import type { QParams } from './qparams';
import { quantizeLinear } from './quantize';
import { rangesOf, roundHalfEven } from './scale';

/**
 * Scale and zero point that DynamicQuantizeLinear finds for a batch of activations, uint8 and per tensor: scale = (max - min) / 255, zero point = clamp(round(-min / scale)), each step in
 * float32, zero part of the range. All zeros: scale 1, zero point 0. Errors: `numfmt/not-finite`.
 */
export function dynamicQParams(values: ArrayLike<number>): QParams {
  const range = rangesOf(values, perTensor(), []);
  const [low, high] = values.length === 0 ? [0, 0] : [Math.min(0, range.min[0]!), Math.max(0, range.max[0]!)];
  if (!(Number.isFinite(low) && Number.isFinite(high))) throw fail('not-finite', { actual: `${low} to ${high}` }, 'range of the values');
  const scale = low === high ? 1 : Math.fround(Math.fround(high - low) / 255);
  const zero = Math.min(Math.max(roundHalfEven(Math.fround(0 - Math.fround(low / scale))), 0), 255);
  return { format: uint8, bits: 8, scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zero), granularity: perTensor(), dims: [] };
}

/** Codes, scale and zero point as the op DynamicQuantizeLinear gives them. Errors: `numfmt/not-finite`. */
export function dynamicQuantizeLinear(values: ArrayLike<number>): { readonly codes: Uint8Array; readonly qparams: QParams } {
  const qparams = dynamicQParams(values);
  return { codes: quantizeLinear(values, qparams) as Uint8Array, qparams };
}

export interface QuantizedBias {
  readonly codes: Int32Array;
  readonly qparams: QParams;
  /** Entries that did not fit into 32 bits and were clamped. */
  readonly saturated: number;
}

/**
 * A bias in int32 with scale inputScale * weightScale (one, or one a channel) and zero point 0, so that it adds to the integer products. Errors: `numfmt/length`, `numfmt/not-finite`.
 */
export function quantizeBias(bias: ArrayLike<number>, inputScale: number, weightScale: Float32Array): QuantizedBias {
  const channels = weightScale.length;
  if (channels !== 1 && channels !== bias.length) throw fail('length', { expected: `1 or ${bias.length} weight scales`, actual: channels });
  const scale = weightScale.map((s) => s * inputScale);
  const codes = new Int32Array(bias.length);
  let saturated = 0;
  for (let i = 0; i < bias.length; i++) {
    const value = bias[i]! / scale[channels === 1 ? 0 : i]!;
    if (!Number.isFinite(value)) throw fail('not-finite', { actual: bias[i] }, `bias ${i}`);
    const rounded = roundHalfEven(value);
    const code = Math.min(Math.max(rounded, -(2 ** 31)), 2 ** 31 - 1);
    if (code !== rounded) saturated++;
    codes[i] = code;
  }
  const granularity = channels === 1 ? perTensor() : perAxis(0);
  return {
    codes,
    qparams: { format: int32, bits: 32, scale, zeroPoint: new Int32Array(channels), granularity, dims: channels === 1 ? [] : [channels] },
    saturated,
  };
}
