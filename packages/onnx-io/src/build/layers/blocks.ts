// Layers made of layers: residual connections, squeeze-and-excite.
import { fail } from '../../errors';
import { hardSigmoid, relu, sigmoid } from './activations';
import { conv } from './conv';
import { checkCounts, checkExtent, type Layer } from './layer';
import { globalAvgPool } from './pool';

/** branch(x) + shortcut(x); without a shortcut x itself. Weights `0.weight`, ... of the branch and `shortcut.0.weight`, .... Error: `layer-input` where the two shapes differ. */
export const residual = (branch: readonly Layer[], shortcut: readonly Layer[] = []): Layer<'residual'> => ({
  name: 'residual',
  options: { branch: branch.map(({ name }) => name), shortcut: shortcut.map(({ name }) => name) },
  input: branch.find((layer) => !layer.keepsShape)?.input,
  build(x, c) {
    const a = c.chain(branch, x);
    const b = c.chain(shortcut, x, 'shortcut');
    const same = a.dims.length === b.dims.length && a.dims.every((dim, i) => dim === b.dims[i] || typeof dim !== typeof b.dims[i] || typeof dim === 'string');
    if (!same)
      throw fail(
        'layer-input',
        { where: { node: c.path, opType: 'residual' }, expected: `[${b.dims.join(', ')}]`, actual: `[${a.dims.join(', ')}]` },
        'branch and shortcut differ in shape',
      );
    const dims = a.dims.map((dim, i) => (typeof dim === 'number' ? dim : b.dims[i]!));
    return { value: c.g.op('Add', [a.value, b.value], undefined, c.named('Add')), dims };
  },
});

/** Squeeze-and-excite (Hu et al. 2018): each channel times a gate made of all channels' means through `squeezed` channels. */
export function squeezeExcite(
  channels: number,
  squeezed: number,
  { gate = 'hardSigmoid' }: { readonly gate?: 'hardSigmoid' | 'sigmoid' } = {},
): Layer<'squeezeExcite'> {
  checkCounts('squeezeExcite', { channels, squeezed });
  const gates = { hardSigmoid, sigmoid };
  return {
    name: 'squeezeExcite',
    options: { channels, squeezed, gate },
    input: { dtype: 'float32', dims: ['batch', channels, 'height', 'width'] },
    build(x, c) {
      checkExtent('squeezeExcite', c, x, 1, channels);
      const gated = c.chain([globalAvgPool(), conv(channels, squeezed, 1), relu(), conv(squeezed, channels, 1), gates[gate]()], x);
      return { value: c.g.op('Mul', [x.value, gated.value], undefined, c.named('Mul')), dims: x.dims };
    },
  };
}
