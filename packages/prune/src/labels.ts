// Which entry of which axis belongs to which channel of a group. A labelling gives each entry of an axis its channel, or -1; an axis equation (ops/axes.ts) carries it from some axes of a node to its others.
import type { Axis } from '@modeldiet/ops';

export type Labels = Int32Array;

/** One input or output of a node: its axes in the equation, its extents (undefined where not static), its labels where known. */
export interface Term {
  readonly axes: readonly Axis[];
  readonly extents: readonly (number | undefined)[];
  readonly labels: readonly (Labels | undefined)[];
}

/** The labels of every axis of every term, or why the node cannot lose channels. */
export type Carried = { readonly labels: readonly (readonly (Labels | undefined)[])[]; readonly letters: ReadonlySet<string> } | { readonly refused: string };

/** A position of a term: the axis of the equation it is, and the name that one-to-one axes share. */
interface Place {
  readonly axis: Axis;
  readonly name?: string;
}

const same = (a: Labels, b: Labels): boolean => a.length === b.length && a.every((label, i) => label === b[i]);
const isSpread = ({ kind }: Axis): boolean => kind === 'leading' || kind === 'rest';

function placesOf({ axes, extents }: Term): Place[] | undefined {
  const spread = extents.length - axes.filter((axis) => !isSpread(axis)).length;
  if (spread < 0 || (spread > 0 && !axes.some(isSpread))) return undefined;
  return axes.flatMap((axis): Place[] => {
    if (!isSpread(axis)) return [{ axis, ...(axis.kind === 'letter' && { name: axis.letters[0]! }) }];
    return Array.from({ length: spread }, (_, i) => ({ axis, name: axis.kind === 'leading' ? `...${spread - i}` : `*${i}` }));
  });
}

/** Labels of a composed axis as those of one of its letters; undefined when they depend on more than one. */
function takeApart(labels: Labels, sizes: readonly number[], which: number): Labels | undefined {
  const inner = sizes.slice(which + 1).reduce((a, b) => a * b, 1);
  const out = new Int32Array(sizes[which]!).fill(-2);
  for (let i = 0; i < labels.length; i++) {
    const at = Math.floor(i / inner) % sizes[which]!;
    if (out[at] === -2) out[at] = labels[i]!;
    else if (out[at] !== labels[i]) return undefined;
  }
  return out;
}

function compose(labels: Labels, sizes: readonly number[], which: number): Labels {
  const inner = sizes.slice(which + 1).reduce((a, b) => a * b, 1);
  return Int32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => labels[Math.floor(i / inner) % sizes[which]!]!);
}

const reasons = {
  coupled: 'it acts across channels (a softmax or normalisation over them)',
  unknown: 'it does something to the channels that is not known',
  composed: 'it spreads channels over an axis made of several',
  order: 'it joins channels of one group in different orders',
  extent: 'the extent of a channel axis is not static, or differs',
} as const;

type Known = Map<string, Labels>;

function put(known: Known, name: string, labels: Labels): string | undefined {
  const before = known.get(name);
  if (before && !same(before, labels)) return reasons.order;
  known.set(name, labels);
  return undefined;
}

/** What one labelled axis says about the letters. */
function learn({ axis, name }: Place, labels: Labels, sizes: ReadonlyMap<string, number>, known: Known): string | undefined {
  if (labels.every((label) => label < 0)) return undefined;
  if (axis.coupled) return reasons.coupled;
  if (name !== undefined) return put(known, name, labels);
  if (axis.kind === 'one') return labels.length === 1 ? undefined : reasons.unknown;
  if (axis.kind === 'unknown') return reasons.unknown;
  const extents = axis.letters.map((letter) => sizes.get(letter));
  if (extents.some((extent) => extent === undefined)) return reasons.extent;
  if (axis.kind === 'concatenated') {
    let at = 0;
    for (const [i, letter] of axis.letters.entries()) {
      const part = labels.slice(at, (at += extents[i]!));
      const no = part.some((label) => label >= 0) ? put(known, letter, part) : undefined;
      if (no) return no;
    }
    return undefined;
  }
  for (const [i, letter] of axis.letters.entries()) {
    const own = takeApart(labels, extents as number[], i);
    if (own) return put(known, letter, own);
  }
  return reasons.composed;
}

/** A file may say any extent; no layer has more channels. */
const mostChannels = 2 ** 24;

/** The labels of one axis by what is known of the letters. */
function tell(
  { axis, name }: Place,
  extent: number | undefined,
  sizes: ReadonlyMap<string, number>,
  known: Known,
): Labels | undefined | { readonly refused: string } {
  if (name !== undefined) {
    const labels = known.get(name);
    if (!labels || extent === 1) return undefined;
    if (extent !== labels.length) return { refused: reasons.extent };
    return axis.coupled ? { refused: reasons.coupled } : labels;
  }
  const labelled = axis.letters.flatMap((letter, i) => (known.has(letter) ? [i] : []));
  if (labelled.length === 0) return undefined;
  const extents = axis.letters.map((letter) => sizes.get(letter));
  if (extents.some((size) => size === undefined || size > mostChannels)) return { refused: reasons.extent };
  if (axis.kind === 'composed')
    return labelled.length > 1 ? { refused: reasons.composed } : compose(known.get(axis.letters[labelled[0]!]!)!, extents as number[], labelled[0]!);
  return Int32Array.from(axis.letters.flatMap((letter, i) => [...(known.get(letter) ?? new Int32Array(extents[i]!).fill(-1))]));
}

/** Carries what some axes know to all axes of a node. */
export function carry(terms: readonly Term[]): Carried {
  const places = terms.map(placesOf);
  const known: Known = new Map();
  const sizes = new Map<string, number>();
  for (const [t, term] of terms.entries())
    for (const [p, place] of (places[t] ?? []).entries()) {
      const extent = term.extents[p];
      if (place.axis.kind === 'letter' && extent !== undefined && extent > (sizes.get(place.name!) ?? 0)) sizes.set(place.name!, extent);
    }
  for (const [t, term] of terms.entries())
    for (const [p, labels] of term.labels.entries()) {
      if (!labels) continue;
      const place = places[t]?.[p];
      const refused = place ? learn(place, labels, sizes, known) : reasons.unknown;
      if (refused) return { refused };
    }
  const out: (readonly (Labels | undefined)[])[] = [];
  for (const [t, term] of terms.entries()) {
    const row: (Labels | undefined)[] = [];
    for (const [p, extent] of term.extents.entries()) {
      const place = places[t]?.[p];
      const told = place && tell(place, extent, sizes, known);
      if (told && 'refused' in told) return told;
      row.push(told);
    }
    out.push(row);
  }
  return { labels: out, letters: new Set(known.keys()) };
}
