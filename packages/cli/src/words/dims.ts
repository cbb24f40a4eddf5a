// --dims: symbolic dims by name (batch=4), or a whole input at once (x=1x3x48x320), or one axis of it (x:3=320): the last two also reach dims without a name.
import type { Where } from '@modeldiet/numfmt';
import type { Dim, Model } from '@modeldiet/onnx-io';
import { fail } from '../errors';
import { didYouMean } from './suggest';

/** Name of a symbolic dim -> extent, or name of an input -> all its extents. */
export type DimWords = ReadonlyMap<string, number | readonly number[]>;

export function dimWords(text: string, before: DimWords = new Map()): DimWords {
  const words = new Map(before);
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*(.+?)\s*=\s*(\d+(?:x\d+)*)\s*$/.exec(part) ?? [];
    const extents = value?.split('x').map(Number);
    if (!name || !extents?.every(Number.isSafeInteger))
      throw fail('option-value', { where: { option: '--dims' }, expected: 'name=n, or input=1x3x224x224', actual: part });
    const word = extents.length === 1 ? extents[0]! : extents;
    const other = words.get(name);
    if (other !== undefined && String(other) !== String(word)) throw twice(name, other, word, name);
    words.set(name, word);
  }
  return words;
}

const twice = (dim: string, before: unknown, now: unknown, value: string) =>
  fail('option-value', { where: { option: '--dims', value }, expected: before, actual: now }, `'${dim}' is bound twice`);

const shapeOf = (model: Model, name: string): readonly Dim[] | undefined => {
  const input = model.graph.inputs.find((candidate) => candidate.name === name && candidate.initializer === undefined);
  return input?.type?.kind === 'tensor' ? input.type.shape : undefined;
};
/** The reader's fresh name for an extent that has none in the file. */
const isUnnamed = (dim: string): boolean => dim.startsWith('?');

/** Extents by symbol, as `inferShapes` takes them, and by name or place ('x:2'), as what runs a model takes them. */
export interface BoundDims {
  readonly bySymbol: Readonly<Record<string, number>>;
  readonly byPlace: Readonly<Record<string, number>>;
}

/** The words bound to a model. Throws `cli/unknown-input`, and `cli/option-value` for extents that contradict the file or each other. */
export function bindDims(words: DimWords | undefined, model: Model): BoundDims {
  const inputs = model.graph.inputs.filter((input) => input.initializer === undefined);
  const places = inputs.flatMap(({ name }) => (shapeOf(model, name) ?? []).map((dim, axis) => ({ dim, place: `${name}:${axis}` })));
  const bySymbol: Record<string, number> = {};
  const byPlace: Record<string, number> = {};
  const bind = (dim: Dim, place: string, extent: number): void => {
    if (typeof dim !== 'string') return;
    const before = Object.hasOwn(bySymbol, dim) ? bySymbol[dim] : undefined;
    if (before !== undefined && before !== extent) throw twice(dim, before, extent, place);
    bySymbol[dim] = extent;
    byPlace[isUnnamed(dim) ? place : dim] = extent;
  };
  for (const [name, value] of words ?? []) {
    const extents = typeof value === 'number' ? [value] : value;
    const one = places.find(({ dim, place }) => extents.length === 1 && typeof dim === 'string' && (dim === name || place === name));
    const shape = one ? undefined : shapeOf(model, name);
    const where = { option: '--dims', value: name };
    if (one) bind(one.dim, one.place, extents[0]!);
    else if (!shape) throw unknown(name, places, inputs, where);
    else if (shape.length !== extents.length || shape.some((dim, axis) => typeof dim === 'number' && dim !== extents[axis]))
      throw fail('option-value', {
        where,
        expected: `[${shape.map((dim) => (typeof dim === 'string' && isUnnamed(dim) ? '?' : dim)).join(',')}]`,
        actual: `[${extents.join(',')}]`,
      });
    else for (const [axis, dim] of shape.entries()) bind(dim, `${name}:${axis}`, extents[axis]!);
  }
  return { bySymbol, byPlace };
}

function unknown(name: string, places: readonly { readonly dim: Dim }[], inputs: readonly { readonly name: string }[], where: Where) {
  const symbols = new Set(places.flatMap(({ dim }) => (typeof dim === 'string' && !isUnnamed(dim) ? [dim] : [])));
  const known = [...symbols, ...inputs.map((input) => input.name)];
  return fail('unknown-input', { where, expected: known.join(', ') }, `the model has no symbolic dim or input of this name${didYouMean(name, known)}`);
}
