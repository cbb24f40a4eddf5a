// Numbers for the symbolic dims of a model's inputs, by name ('batch'), or by place where the file has no name ('x:2' is axis 2 of input x).
import type { Dim, Model, Value } from '@modeldiet/onnx-io';
import { bindDim, symbolsOf } from '@modeldiet/ops';
import { fail } from './errors';

export type DimsByName = Readonly<Record<string, number>>;

/** Inputs that must be fed: those without an initializer. */
export const fedInputs = (model: Model): Value[] => model.graph.inputs.filter(({ initializer }) => !initializer);

export const shapeOf = (value: Value): readonly Dim[] | undefined => (value.type?.kind === 'tensor' ? value.type.shape : undefined);

/** True for the fresh name of an extent that has none in the file. */
const isUnnamed = (dim: string): boolean => dim.startsWith('?');

export const boundDim = (input: string, axis: number, dim: Dim, bound: DimsByName): Dim => {
  if (typeof dim === 'number') return dim;
  const place = `${input}:${axis}`;
  if (Object.hasOwn(bound, dim)) return bound[dim]!;
  if (Object.hasOwn(bound, place)) return bound[place]!;
  return isUnnamed(dim) ? dim : bindDim(dim, bound);
};

/** Throws `runtime/unknown-dim` for a name or place that no input has, or an extent that is none. */
export function checkDims(inputs: Iterable<{ readonly name: string; readonly dims?: readonly Dim[] }>, dims: DimsByName | undefined): void {
  if (!dims) return;
  const known = new Set<string>();
  for (const { name, dims: shape = [] } of inputs)
    for (const [axis, dim] of shape.entries()) {
      if (typeof dim !== 'string') continue;
      known.add(`${name}:${axis}`);
      if (!isUnnamed(dim)) for (const symbol of [dim, ...symbolsOf(dim)]) known.add(symbol);
    }
  for (const [name, extent] of Object.entries(dims)) {
    const where = { option: 'dims' };
    if (!known.has(name)) throw fail('unknown-dim', { where, expected: [...known], actual: name });
    if (!Number.isInteger(extent) || extent < 0)
      throw fail('unknown-dim', { where, expected: 'a whole number', actual: `${name}=${extent}` }, 'a dim cannot be bound to that');
  }
}

/**
 * The dims of each fed input. A name that is not given is 1 where it is some input's first axis (the batch), and then everywhere;
 * an axis that is neither is `runtime/unbound-dim`.
 */
export function bindInputDims(model: Model, given: DimsByName = {}): ReadonlyMap<Value, readonly number[]> {
  const inputs = fedInputs(model);
  checkDims(
    inputs.map((value) => ({ name: value.name, dims: shapeOf(value) })),
    given,
  );
  const bound: Record<string, number> = { ...given };
  for (const value of inputs) {
    const first = shapeOf(value)?.[0];
    if (typeof first === 'string' && !isUnnamed(first) && !Object.hasOwn(bound, first) && symbolsOf(first).length === 1) bound[first] = 1;
  }
  return new Map(inputs.map((value) => [value, numbersFor(value, bound)] as const));
}

function numbersFor(value: Value, bound: DimsByName): readonly number[] {
  const shape = shapeOf(value);
  const where = { value: value.name, option: '--dims' };
  if (!shape) throw fail('unbound-dim', { where }, 'the rank of this input is unknown, so no feed can be made up: give data');
  return shape.map((dim, axis) => {
    const extent = boundDim(value.name, axis, dim, bound);
    if (typeof extent === 'number') return extent;
    if (axis === 0) return 1;
    const name = isUnnamed(extent) ? `${value.name}:${axis}` : symbolsOf(extent)[0];
    throw fail(
      'unbound-dim',
      { where, expected: `--dims ${name}=...`, actual: `[${shape.map((d) => (typeof d === 'string' && isUnnamed(d) ? '?' : d)).join(',')}]` },
      `axis ${axis} has no value`,
    );
  });
}
