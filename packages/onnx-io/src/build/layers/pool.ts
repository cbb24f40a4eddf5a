// Pools over [batch, channels, ...spatial].
import { checkRank, type Flow, type Layer, type LayerContext } from './layer';
import { type PerAxis, slide, type WindowOptions, windowAttributes, windowOf } from './window';

export interface PoolOptions extends WindowOptions {
  /** Round the extents up. */
  readonly ceil?: boolean;
}

const pooled = (type: 'MaxPool' | 'AveragePool', layer: string, kernel: PerAxis, options: PoolOptions, more: { readonly count_include_pad?: number }) => {
  const window = windowOf(layer, kernel, options, options.stride ?? kernel);
  return (x: Flow, c: LayerContext): Flow => {
    checkRank(layer, c, x, window.kernel.length + 2);
    const attributes = { ...windowAttributes(window), ceil_mode: options.ceil ? 1 : undefined, ...more };
    const value = type === 'MaxPool' ? c.g.op('MaxPool', [x.value], attributes, c.named(type)) : c.g.op('AveragePool', [x.value], attributes, c.named(type));
    return { value, dims: [...x.dims.slice(0, 2), ...slide(window, x.dims.slice(2), c, options.ceil)] };
  };
};

/** The greatest of each window; the stride is the kernel unless given, as in PyTorch. */
export const maxPool = (kernel: PerAxis, options: PoolOptions = {}): Layer<'maxPool'> => ({
  name: 'maxPool',
  options: { kernel, ...options },
  build: pooled('MaxPool', 'maxPool', kernel, options, {}),
});

/** The mean of each window; padding counts unless `countIncludePad` is false, as in PyTorch. */
export const avgPool = (kernel: PerAxis, options: PoolOptions & { readonly countIncludePad?: boolean } = {}): Layer<'avgPool'> => ({
  name: 'avgPool',
  options: { kernel, ...options },
  build: pooled('AveragePool', 'avgPool', kernel, options, { count_include_pad: options.countIncludePad === false ? undefined : 1 }),
});

/** The mean of each channel: [batch, channels, ...spatial] -> [batch, channels, 1, ...]. */
export const globalAvgPool = (): Layer<'globalAvgPool'> => ({
  name: 'globalAvgPool',
  options: {},
  build: (x, c) => ({
    value: c.g.op('GlobalAveragePool', [x.value], undefined, c.named('GlobalAveragePool')),
    dims: x.dims.map((dim, i) => (i < 2 ? dim : 1)),
  }),
});
