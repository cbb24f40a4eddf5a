// Feeds made up from a model alone, for timing and for calibration when nothing better is at hand; seeded.
import { type Model, requireModel, type Value } from '@modeldiet/onnx-io';
import { inferShapes } from '@modeldiet/ops';
import { cast, type Dataset, type DType, elementCount, type Feeds, type Random, random, type Tensor, tensor } from '@modeldiet/tensor';
import { bindInputDims, type DimsByName, fedInputs } from '../bind-dims';
import { fail } from '../errors';
import { isFloat, isInteger } from '../numbers';
import { indexBound } from './index-bound';

export interface RandomFeedsOptions {
  /** Extents of symbolic dims, by name, or by place ('x:2'). */
  readonly dims?: DimsByName;
  /** Default 0. */
  readonly seed?: number | string;
  /** Items; default 1. */
  readonly count?: number;
}

/** A dataset whose items are at hand at once. */
export interface RandomFeeds extends Dataset {
  readonly length: number;
  at(index: number): Feeds;
}

const maskName = /(^|[^a-z])mask([^a-z]|$)|mask$/i;

type Draw = (draw: Random, count: number) => Tensor['data'];

/** How entries of one input are drawn. Throws `runtime/not-feedable`. */
function drawFor(value: Value, model: Model, shapes: ReturnType<typeof inferShapes>): { readonly dtype: DType; readonly as: DType; readonly entries: Draw } {
  const where = { value: value.name };
  const { type } = value;
  if (type?.kind !== 'tensor') throw fail('not-feedable', { where, actual: type?.kind ?? 'no type' }, 'only tensors can be made up');
  const { dtype } = type;
  if (!dtype || dtype === 'complex64' || dtype === 'complex128') throw fail('not-feedable', { where, actual: dtype ?? 'an unknown type' });
  const isMask = maskName.test(value.name);
  if (dtype === 'string') return { dtype, as: 'string', entries: (draw, count) => Array.from({ length: count }, () => 'ab'[draw.int(2)]!) };
  if (dtype === 'bool') return { dtype, as: 'bool', entries: (draw, count) => Uint8Array.from({ length: count }, () => (isMask ? 1 : draw.int(2))) };
  if (isMask) return { dtype, as: 'float32', entries: (_, count) => new Float32Array(count).fill(1) };
  if (!isInteger(dtype)) return { dtype, as: 'float32', entries: isFloat(dtype) ? normals : bits };
  const below = Math.max(1, Math.min(indexBound(value, model, shapes) ?? 2, largest[dtype] ?? 2 ** 31));
  return { dtype, as: 'float64', entries: (draw, count) => Float64Array.from({ length: count }, () => draw.int(below)) };
}

const normals: Draw = (draw, count) => Float32Array.from({ length: count }, () => draw.normal());
/** Types too narrow for much: float8, float4, packed integers. */
const bits: Draw = (draw, count) => Float32Array.from({ length: count }, () => draw.int(2));
const largest: Readonly<Record<string, number>> = { int8: 128, uint8: 256, int16: 2 ** 15, uint16: 2 ** 16 };

/**
 * Random feeds for every input without an initializer: floats N(0,1), integers below the smallest axis they look up (else 0 or 1), masks 1. The same seed
 * gives the same feeds, each item and input its own stream. A symbolic first axis is 1; any other must be in `dims`: `runtime/unbound-dim`.
 * @example
 * const feeds = randomFeeds(model, { dims: { sequence: 128 }, seed: 1, count: 32 });
 */
export function randomFeeds(model: Model, options: RandomFeedsOptions = {}): RandomFeeds {
  requireModel(model);
  const { dims, seed = 0, count = 1 } = options;
  if (!Number.isInteger(count) || count < 1) throw fail('bad-option', { where: { option: 'count' }, expected: 'a whole number, 1 or more', actual: count });
  const shapes = inferShapes(model);
  const draws = new Map(fedInputs(model).map((value) => [value, drawFor(value, model, shapes)] as const));
  const makers = [...bindInputDims(model, dims)].map(([value, extents]) => ({ name: value.name, extents, ...draws.get(value)! }));
  const source = random(seed).fork('randomFeeds');
  const at = (index: number): Feeds => {
    if (!Number.isInteger(index) || index < 0 || index >= count)
      throw fail('bad-option', { where: { option: 'index' }, expected: `0 to ${count - 1}`, actual: index });
    const item = source.fork(String(index));
    return Object.fromEntries(
      makers.map(({ name, extents, dtype, as, entries }) => {
        const drawn = tensor(as, entries(item.fork(name), elementCount(extents)) as never, extents) as Tensor;
        return [name, as === dtype ? drawn : cast(drawn, dtype)] as const;
      }),
    );
  };
  return {
    length: count,
    at,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < count; index++) yield at(index);
    },
  };
}
