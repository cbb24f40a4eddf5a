// Convolution over [batch, channels, ...spatial]; weight [out, in / groups, ...kernel], as PyTorch and ONNX both have it.
import { fail } from '../../errors';
import type { Dim } from '../../ir/model';
import { fanInUniform, type Init } from '../weight-init';
import { checkCounts, checkExtent, checkRank, type Layer } from './layer';
import { type PerAxis, slide, type WindowOptions, windowAttributes, windowOf } from './window';

export interface ConvOptions extends WindowOptions {
  /** inChannels makes it depthwise. Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly init?: Init;
}

export const spatialNames: readonly (readonly Dim[])[] = [[], ['width'], ['height', 'width'], ['depth', 'height', 'width']];

/** A convolution; `kernel` 3 is 3 x 3, [5] one-dimensional, [3, 3, 3] three-dimensional. Weights `weight` and `bias`. Errors: `layer-option`, `layer-input`. */
export function conv(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvOptions = {}): Layer<'conv'> {
  const { groups = 1, bias = true, init = fanInUniform() } = options;
  checkCounts('conv', { inChannels, outChannels, groups });
  if (inChannels % groups || outChannels % groups)
    throw fail('layer-option', { where: { opType: 'conv', option: 'groups' }, expected: `a divisor of ${inChannels} and ${outChannels}`, actual: groups });
  const window = windowOf('conv', kernel, options);
  const rank = window.kernel.length;
  return {
    name: 'conv',
    options: { inChannels, outChannels, kernel, ...options },
    input: { dtype: 'float32', dims: ['batch', inChannels, ...(spatialNames[rank] ?? window.kernel.map((_, i) => `d${i}`))] },
    build(x, c) {
      checkRank('conv', c, x, rank + 2);
      checkExtent('conv', c, x, 1, inChannels);
      const dims = [inChannels / groups, ...window.kernel];
      const w = c.weight('weight', [outChannels, ...dims], init);
      const b = bias ? c.weight('bias', [outChannels], fanInUniform(), { in: dims.reduce((p, d) => p * d, 1), out: outChannels }) : undefined;
      const attributes = { ...windowAttributes(window), group: groups === 1 ? undefined : groups };
      const value = c.g.op('Conv', b ? [x.value, w, b] : [x.value, w], attributes, c.named('Conv'));
      return { value, dims: [x.dims[0]!, outChannels, ...slide(window, x.dims.slice(2), c)] };
    },
  };
}
