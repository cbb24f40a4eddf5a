// y = x W^T + b. Rank 2: one Gemm with the weight [out, in] of PyTorch. Higher ranks: MatMul with [in, out], and Add.
import { fanInUniform, type Init } from '../weight-init';
import { checkCounts, checkExtent, type Flow, type Layer, type LayerContext } from './layer';

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  readonly init?: Init;
}

/** The nodes of a linear map of the last axis, under the context's names; `label` tells several in one layer apart. */
export function project(
  x: Flow,
  c: LayerContext,
  inFeatures: number,
  outFeatures: number,
  { bias = true, init = fanInUniform() }: LinearOptions = {},
  label = '',
): Flow {
  const name = (weight: string): string => (label ? `${label}.${weight}` : weight);
  const node = (type: string) => c.named(label ? `${label}/${type}` : type);
  const b = (): ReturnType<LayerContext['weight']> => c.weight(name('bias'), [outFeatures], fanInUniform(), { in: inFeatures, out: outFeatures });
  const dims = [...x.dims.slice(0, -1), outFeatures];
  if (x.dims.length === 2) {
    const w = c.weight(name('weight'), [outFeatures, inFeatures], init);
    return { value: c.g.op('Gemm', bias ? [x.value, w, b()] : [x.value, w], { transB: 1 }, node('Gemm')), dims };
  }
  const w = c.weight(name('weight'), [inFeatures, outFeatures], init, { in: inFeatures, out: outFeatures });
  const product = c.g.op('MatMul', [x.value, w], undefined, node('MatMul'));
  return { value: bias ? c.g.op('Add', [product, b()], undefined, node('Add')) : product, dims };
}

/** A fully connected layer: [..., inFeatures] -> [..., outFeatures]. Weights `weight` ([out, in] for rank 2) and `bias`. Errors: `layer-option`, `layer-input`. */
export function linear(inFeatures: number, outFeatures: number, options: LinearOptions = {}): Layer<'linear'> {
  checkCounts('linear', { inFeatures, outFeatures });
  return {
    name: 'linear',
    options: { inFeatures, outFeatures, ...options },
    input: { dtype: 'float32', dims: ['batch', inFeatures] },
    build(x, c) {
      checkExtent('linear', c, x, -1, inFeatures);
      return project(x, c, inFeatures, outFeatures, options);
    },
  };
}
