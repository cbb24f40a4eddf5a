// What a layer of `sequential` is: a value that adds its nodes behind a value whose shape is known.
import type { DType, Tensor } from '@modeldiet/tensor';
import { fail } from '../../errors';
import type { Dim, Value } from '../../ir/model';
import type { GraphBuilder, OpOptions } from '../builder-types';
import type { Fans, Init } from '../weight-init';

/** A value on its way through the layers, with its shape: numbers, and names such as 'batch'. */
export interface Flow {
  readonly value: Value;
  readonly dims: readonly Dim[];
}
export interface LayerContext {
  readonly g: GraphBuilder;
  /** Where the layer stands, as PyTorch counts: '2', '3.0', '3.shortcut.0'. Weights are called `${path}.weight`. */
  readonly path: string;
  /** A weight drawn from this layer's own random numbers; `init` is overridden by the option `init` of `sequential`. */
  weight(name: string, dims: readonly number[], init: Init, fans?: Fans): Value;
  /** A constant that no `init` touches. */
  constant(name: string, tensor: Tensor): Value;
  /** Name, output name and doc of a node: `g.op('Gemm', [...], {}, c.named('Gemm'))` makes the node '/2/Gemm'. */
  named(label: string): OpOptions & { readonly outputs?: undefined };
  /** Builds layers below this one: the branches of a residual. */
  chain(layers: readonly Layer[], x: Flow, path?: string): Flow;
  /** A name for an extent that is only known at run time. */
  fresh(base: string): string;
}
export interface Layer<Name extends string = string> {
  readonly name: Name;
  readonly options: object;
  /** What goes in, where the layer knows it; a layer that keeps the shape leaves it to the next one. */
  readonly input?: { readonly dtype: DType; readonly dims: readonly Dim[] };
  readonly keepsShape?: true;
  build(x: Flow, c: LayerContext): Flow;
}

/** Throws `layer-input` unless extent `axis` of `x` is `expected` or symbolic. */
export function checkExtent(layer: string, c: LayerContext, x: Flow, axis: number, expected: number): void {
  const dim = x.dims.at(axis);
  if (dim === undefined || (typeof dim === 'number' && dim !== expected))
    throw fail('layer-input', { where: { node: c.path, opType: layer }, expected: `${expected} at axis ${axis}`, actual: `[${x.dims.join(', ')}]` });
}

/** Throws `layer-input` unless `x` has one of these ranks. */
export function checkRank(layer: string, c: LayerContext, x: Flow, ...ranks: readonly number[]): void {
  if (!ranks.includes(x.dims.length))
    throw fail('layer-input', { where: { node: c.path, opType: layer }, expected: `rank ${ranks.join(' or ')}`, actual: `[${x.dims.join(', ')}]` });
}

/** Throws `layer-option` unless every number is an integer of at least `least`. */
export function checkCounts(layer: string, counts: Readonly<Record<string, number>>, least = 1): void {
  for (const [option, count] of Object.entries(counts))
    if (!Number.isInteger(count) || count < least)
      throw fail('layer-option', { where: { opType: layer, option }, expected: `an integer of at least ${least}`, actual: count });
}

/** The text of a layer, as its node's doc has it: 'linear(64, 1024)'. */
export const describe = ({ name, options }: Layer): string =>
  `${name}(${Object.entries(options)
    .map(
      ([key, value]) =>
        `${key}: ${typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`,
    )
    .join(', ')})`;
