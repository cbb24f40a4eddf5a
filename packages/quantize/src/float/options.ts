// Options of float conversion, and the one place that turns a float32 constant into half.
import type { TransformOptions } from '@modeldiet/onnx-io';
import type { Target } from '@modeldiet/runtime';
import { cast, type LongWork, mapWeight, type Tensor, type Weight } from '@modeldiet/tensor';

export interface FloatOptions extends TransformOptions {
  /** What the weights become; default 'float16'. */
  readonly format?: 'float16' | 'bfloat16';
  /** 'float32' (default): weights stored in half and cast back, the same arithmetic as before. 'float16': the whole graph computes in float16, with casts at inputs and outputs. */
  readonly compute?: 'float32' | 'float16';
  /** Where it will run; default `cpu()`. A target that has no float16 arithmetic of its own is said in a `quantize/emulated-float16` warning when the whole graph is converted. */
  readonly target?: Target;
}

/** Counts what half precision turns to zero, which a cast to it does not call out of range. */
function sayUnderflow(before: Tensor, after: Tensor, name: string, onWarning: LongWork['onWarning']): void {
  if (!onWarning || before.type !== 'float32' || (after.type !== 'float16' && after.type !== 'bfloat16')) return;
  let count = 0;
  for (let i = 0; i < before.data.length; i++) if (before.data[i] !== 0 && (after.data[i]! & 0x7fff) === 0) count++;
  if (count)
    onWarning({
      code: 'quantize/underflow',
      message: `${count} of ${before.data.length} numbers are too small for ${after.type} and became zero`,
      where: { value: name },
      count,
    });
}

/**
 * `weight` (float32) in half precision. A finite value beyond its range becomes the largest finite one; these and the ones that become zero are counted in `tensor/saturated` and
 * `quantize/underflow` warnings of whoever reads the weight.
 */
export function toHalf(weight: Weight, format: 'float16' | 'bfloat16', name: string, work: LongWork): Weight {
  const convert = (held: Tensor, { onWarning }: LongWork): { half: Tensor } => {
    const half = cast(held, format, { saturate: true, onWarning, name });
    sayUnderflow(held, half, name, onWarning);
    return { half };
  };
  return mapWeight(weight, { half: { type: format, dims: weight.dims } }, convert, work).half;
}
