// Options of float conversion, and the one place that turns a float32 constant into half.
import type { TransformOptions } from '@modeldiet/onnx-io';
import type { Target } from '@modeldiet/runtime';
import { cast, type LongWork, mapWeight, type Weight } from '@modeldiet/tensor';

export interface FloatOptions extends TransformOptions {
  /** What the weights become; default 'float16'. */
  readonly format?: 'float16' | 'bfloat16';
  /** 'float32' (default): weights stored in half and cast back, the same arithmetic as before. 'float16': the whole graph computes in float16, with casts at inputs and outputs. */
  readonly compute?: 'float32' | 'float16';
  /** Where it will run; default `cpu()`. A target that has no float16 arithmetic of its own is said in a `quantize/emulated-float16` warning when the whole graph is converted. */
  readonly target?: Target;
}

/** `weight` (float32) in half precision; a finite value beyond its range becomes the largest finite one, and is counted in a `tensor/saturated` warning of whoever reads it. */
export function toHalf(weight: Weight, format: 'float16' | 'bfloat16', name: string, work: LongWork): Weight {
  const { half } = mapWeight(
    weight,
    { half: { type: format, dims: weight.dims } },
    (held, { onWarning }) => ({ half: cast(held, format, { saturate: true, onWarning, name }) }),
    work,
  );
  return half;
}
