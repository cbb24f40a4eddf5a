// sequential: layers one after the other as a clean ONNX model, like PyTorch's nn.Sequential.
import { type DType, type Random, random } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Dim, Model } from '../ir/model';
import type { GraphBuilder } from './builder-types';
import { graphBuilder } from './graph-builder';
import { describe, type Flow, type Layer, type LayerContext } from './layers/layer';
import { drawWeight, type Init } from './weight-init';

export interface SequentialOptions {
  /** Same seed, same bytes. Default 0. */
  readonly seed?: number | string;
  /** Name, element type and extents of the input. Default: 'input', and what the first layer takes with a symbolic 'batch'. */
  readonly input?: { readonly name?: string; readonly dtype?: DType; readonly dims?: readonly Dim[] };
  /** Name of the output. Default 'output'. */
  readonly output?: string;
  /** Takes the place of every layer's own initialisation of its weights (not of its biases and norms). */
  readonly init?: Init;
  readonly opset?: number;
  readonly irVersion?: number;
  /** The graph's name. Default 'sequential'. */
  readonly name?: string;
}

function contextOf(g: GraphBuilder, path: string, layer: Layer | undefined, seeds: Random, init: Init | undefined): LayerContext {
  const at = (name: string): string => (path ? `${path}.${name}` : name);
  const doc = layer && describe(layer);
  return {
    g,
    path,
    weight: (name, dims, own, fans) =>
      g.constant(at(name), drawWeight(dims, init && name.endsWith('weight') && own.name !== 'constant' ? init : own, seeds.fork(at(name)), fans)),
    constant: (name, tensor) => g.constant(at(name), tensor),
    named: (label) => {
      const name = `/${path.replaceAll('.', '/')}/${label}`;
      return { name, output: `${name}_output_0`, doc };
    },
    chain: (layers, x, below) => chain(g, layers, x, below ? at(below) : path, seeds, init),
    fresh: (base) => `${base}_${path.replaceAll('.', '_')}`,
  };
}

const chain = (g: GraphBuilder, layers: readonly Layer[], x: Flow, path: string, seeds: Random, init: Init | undefined): Flow =>
  layers.reduce((flow, layer, i) => layer.build(flow, contextOf(g, path ? `${path}.${i}` : `${i}`, layer, seeds, init)), x);

/**
 * A model of layers one after the other. Weights are drawn from `seed`, initialised as PyTorch does, and named as PyTorch names them: `0.weight`, `0.bias`, `2.weight`.
 * Errors: `empty-sequence`, `layer-input` (a layer gets a shape it cannot take, or the input's shape cannot be told), `layer-option`.
 *
 * `sequential([linear(64, 1024), relu(), linear(1024, 10)], { seed: 1 })`: input [batch, 64], output [batch, 10], two Gemm and one Relu.
 */
export function sequential(layers: readonly Layer[], options: SequentialOptions = {}): Model {
  const { seed = 0, input = {}, output = 'output', init, name = 'sequential', opset, irVersion } = options;
  if (layers.length === 0) throw fail('empty-sequence');
  const wanted = layers.find((layer) => !layer.keepsShape)?.input;
  const dims = input.dims ?? wanted?.dims;
  if (!dims)
    throw fail(
      'layer-input',
      { where: { option: 'input.dims', opType: layers[0]!.name } },
      'the first layers do not say what they take; give the extents of the input',
    );
  const g = graphBuilder({ name, opset, irVersion, doc: `sequential: ${layers.map(describe).join(', ')}` });
  const x = g.input(input.name ?? 'input', input.dtype ?? wanted?.dtype ?? 'float32', dims);
  const y = chain(g, layers, { value: x, dims }, '', random(seed), init);
  g.output(y.value, output, { dtype: 'float32', dims: y.dims });
  return g.model();
}
