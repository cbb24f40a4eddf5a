// Axis equations of ops that pick and place entries by index: axes beside the indexed ones keep their entries, the indexed ones lose their places.
import type { Dim, Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, opsetOf } from '../attributes';
import type { AxesRule, Shapes } from '../facts';
import { axisIn, elementsAt, numbersOf, shapeAt } from '../shapes/rule';
import { letter, letters, rankOf, rest } from './letters';

type Shape = readonly Dim[];

/** One term an input; inputs beyond the terms share no axis. */
export const equation = (node: Node, terms: readonly string[], outputs: readonly string[]): string => {
  const inputs = node.inputs.map((value, i) => (value ? (terms[i] ?? '_') : '_'));
  return `${inputs.join(',')}->${outputs.slice(0, Math.max(1, node.outputs.length)).join(',')}`;
};
export const hide = (own: readonly string[], ...axes: readonly number[]): string => own.map((each, i) => (axes.includes(i) ? '_' : each)).join('');

/** Axis `at` of the data is indexed; the others pair with those of the indices, where the extents are the same. */
function pairedAxes(data: Shape, indices: Shape, at: number): { readonly data: string; readonly indices: string } | undefined {
  if (data.length !== indices.length) return undefined;
  const own = letters(data.length);
  const alike = own.map((_, i) => i !== at && data[i] === indices[i] && data[i] !== '?');
  return {
    data: own.map((each, i) => (alike[i] ? each : '_')).join(''),
    indices: own.map((each, i) => (alike[i] ? each : letter(data.length + i))).join(''),
  };
}

export const gatherElementsAxes: AxesRule = (node, shapes) => {
  const [data, indices] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const at = data && axisIn(intOf(node, 'axis', 0), data.length);
  const terms = data && indices && at !== undefined ? pairedAxes(data, indices, at) : undefined;
  return terms && equation(node, [terms.data, terms.indices], [terms.indices]);
};
/** ScatterElements: the result keeps the places of the data; updates lie as the indices do. */
export const scatterElementsAxes: AxesRule = (node, shapes) => {
  const [data, indices] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const at = data && axisIn(intOf(node, 'axis', 0), data.length);
  const terms = data && indices && at !== undefined ? pairedAxes(data, indices, at) : undefined;
  return terms && equation(node, [terms.data, terms.indices, terms.indices], [terms.data]);
};

/** The width of the last axis of the indices: how many axes an index spans. */
const spanOf = (indices: Shape | undefined): number | undefined => {
  const last = indices?.at(-1);
  return typeof last === 'number' ? last : undefined;
};
export const gatherNDAxes: AxesRule = (node, shapes) => {
  const [rank, indices] = [rankOf(node, shapes), shapeAt(node, shapes, 1)];
  const [span, batch] = [spanOf(indices), intOf(node, 'batch_dims', 0)];
  if (rank === undefined || !indices || span === undefined || batch + span > rank) return undefined;
  const own = letters(rank);
  const places = [...own.slice(0, batch), ...letters(indices.length - 1 - batch, rank)];
  const indexed = Array.from({ length: span }, (_, i) => batch + i);
  return equation(node, [hide(own, ...indexed), `${places.join('')}_`], [[...places, ...own.slice(batch + span)].join('')]);
};
export const scatterNDAxes: AxesRule = (node, shapes) => {
  const [rank, indices] = [rankOf(node, shapes), shapeAt(node, shapes, 1)];
  const span = spanOf(indices);
  if (rank === undefined || !indices || span === undefined || span > rank) return undefined;
  const own = letters(rank);
  const places = letters(indices.length - 1, rank);
  const data = `${'_'.repeat(span)}${own.slice(span).join('')}`;
  return equation(node, [data, `${places.join('')}_`, [...places, ...own.slice(span)].join('')], [data]);
};
/** TensorScatter: an update is written into the cache along one axis, each sample at its own place. */
export const tensorScatterAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const at = rank && axisIn(intOf(node, 'axis', -2), rank);
  if (!rank || at === undefined) return undefined;
  const cache = hide(letters(rank), at);
  return equation(node, [cache, cache, 'a'], [cache]);
};

/** Compress and Unique: entries of one axis are dropped; without an axis the data is flattened. */
export const droppedAxes =
  (more: number): AxesRule =>
  (node, shapes) => {
    const others = Array.from({ length: more }, () => '_');
    const axis = intOf(node, 'axis');
    if (axis === undefined) return equation(node, [], ['_', ...others]);
    const rank = rankOf(node, shapes);
    const at = rank && axisIn(axis, rank);
    if (!rank || at === undefined) return undefined;
    const kept = hide(letters(rank), at);
    return equation(node, [kept], [kept, ...others]);
  };

export const oneHotAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const at = rank === undefined ? undefined : axisIn(intOf(node, 'axis', -1), rank + 1);
  if (rank === undefined || at === undefined) return undefined;
  const own = letters(rank);
  return equation(node, [own.join('')], [[...own.slice(0, at), '_', ...own.slice(at)].join('')]);
};

/** Tile: axes that are not repeated stay. */
export const tileAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const repeats = numbersOf(elementsAt(node, shapes, 1));
  if (rank === undefined || repeats?.length !== rank) return undefined;
  const kept = letters(rank)
    .map((each, i) => (repeats[i] === 1 ? each : '_'))
    .join('');
  return equation(node, [kept], [kept]);
};

const markedAxes = (own: readonly string[], axes: readonly number[]): string => own.map((each, i) => (axes.includes(i) ? `${each}!` : each)).join('');

/** CumSum, CumProd: the axis, a constant, runs on. */
export const runningAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const axis = numbersOf(elementsAt(node, shapes, 1))?.[0];
  const at = rank && axis !== undefined ? axisIn(axis, rank) : undefined;
  if (!rank || at === undefined) return undefined;
  const own = markedAxes(letters(rank), [at]);
  return equation(node, [own], [own]);
};
export const meanVarianceAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  if (rank === undefined) return undefined;
  const own = markedAxes(
    letters(rank),
    (intsOf(node, 'axes') ?? [0, 2, 3]).map((axis) => (axis < 0 ? axis + rank : axis)),
  );
  return equation(node, [own], [own]);
};

/** DFT: one axis becomes frequencies; the last holds real and imaginary parts. */
export const dftAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  const given = node.inputs[2] ? numbersOf(elementsAt(node, shapes, 2))?.[0] : opsetOf(node) < 20 ? intOf(node, 'axis', 1) : -2;
  const at = rank && given !== undefined ? axisIn(given, rank) : undefined;
  if (!rank || at === undefined) return undefined;
  const own = hide(letters(rank), at, rank - 1);
  return equation(node, [own], [own]);
};
/** STFT: a signal in frames of frequencies, each with its real and imaginary part. */
export const stftAxes: AxesRule = (node, shapes) => {
  const rank = rankOf(node, shapes);
  return rank === undefined ? undefined : equation(node, [`a${'_'.repeat(rank - 1)}`], ['a___']);
};

/** An axis behind the last: the categories of OneHotEncoder, the words of StringSplit (with their counts). */
export const widenedAxes =
  (counts: boolean): AxesRule =>
  (node, shapes) => {
    const rank = rankOf(node, shapes);
    if (rank === undefined) return undefined;
    const own = letters(rank).join('');
    return equation(node, [own], counts ? [`${own}_`, own] : [`${own}_`]);
  };
/** Features of the last axis become others; a vector is one row where `row` says so. */
export const featureAxes =
  (row: boolean, more: readonly string[] = []): AxesRule =>
  (node, shapes) => {
    const rank = rankOf(node, shapes);
    if (rank === undefined || rank === 0) return undefined;
    const own = letters(rank - 1).join('');
    const rows = rank === 1 && row ? '1' : own;
    return `${own}_${rest(node, 1)}->${[...more.map((each) => each.replace('n', rows)), `${rows}_`].join(',')}`;
  };
/** Elementwise, unless an attribute has an entry a feature: then nothing is said of the last axis. */
export const scaledAxes =
  (...attributes: readonly string[]): AxesRule =>
  (node, shapes: Shapes) => {
    const perFeature = attributes.some((name) => {
      const value = node.attributes.get(name);
      return (value?.kind === 'floats' || value?.kind === 'ints') && value.value.length > 1;
    });
    if (!perFeature) return '...->...';
    const rank = rankOf(node, shapes);
    return rank === undefined || rank === 0 ? undefined : `${hide(letters(rank), rank - 1)}->${hide(letters(rank), rank - 1)}`;
  };
