// Normalisations; new ones start as PyTorch's: scale 1, shift 0, running mean 0, running variance 1.
import { constantInit } from '../weight-init';
import { spatialNames } from './conv';
import { checkCounts, checkExtent, checkRank, type Layer } from './layer';

/** Batch normalisation of the channels (axis 1) by the stored statistics. Weights `weight`, `bias`, `running_mean`, `running_var`. */
export function batchNorm(
  channels: number,
  { epsilon = 1e-5, momentum = 0.9 }: { readonly epsilon?: number; readonly momentum?: number } = {},
): Layer<'batchNorm'> {
  checkCounts('batchNorm', { channels });
  return {
    name: 'batchNorm',
    options: { channels, epsilon, momentum },
    input: { dtype: 'float32', dims: ['batch', channels, ...spatialNames[2]!] },
    build(x, c) {
      checkRank('batchNorm', c, x, 2, 3, 4, 5);
      checkExtent('batchNorm', c, x, 1, channels);
      const vector = (name: string, value: number) => c.constant(name, { type: 'float32', dims: [channels], data: new Float32Array(channels).fill(value) });
      const inputs = [x.value, vector('weight', 1), vector('bias', 0), vector('running_mean', 0), vector('running_var', 1)] as const;
      return { value: c.g.op('BatchNormalization', inputs, { epsilon, momentum }, c.named('BatchNormalization')), dims: x.dims };
    },
  };
}

/** Layer normalisation of the last axes, whose extents are `size`. Weights `weight` and `bias`. Opset 17. */
export function layerNorm(
  size: number | readonly number[],
  { epsilon = 1e-5, bias = true }: { readonly epsilon?: number; readonly bias?: boolean } = {},
): Layer<'layerNorm'> {
  const sizes = typeof size === 'number' ? [size] : size;
  for (const extent of sizes) checkCounts('layerNorm', { size: extent });
  return {
    name: 'layerNorm',
    options: { size, epsilon, bias },
    input: { dtype: 'float32', dims: sizes.length === 1 ? ['batch', 'seq', ...sizes] : ['batch', ...sizes] },
    build(x, c) {
      sizes.forEach((extent, i) => {
        checkExtent('layerNorm', c, x, i - sizes.length, extent);
      });
      const w = c.weight('weight', sizes, constantInit(1));
      const inputs = bias ? ([x.value, w, c.weight('bias', sizes, constantInit(0))] as const) : ([x.value, w] as const);
      return { value: c.g.op('LayerNormalization', inputs, { axis: -sizes.length, epsilon }, c.named('LayerNormalization')), dims: x.dims };
    },
  };
}
