// Test accuracy by share of zeros: a line for each number of bits, the point of the sliders on it.
import { byId, percent, svg } from '../dom';
import type { Diet, Score } from '../questions';

const [width, height, left, right, top, bottom] = [520, 280, 46, 44, 14, 40];
const x = (amount: number): number => left + (amount / 0.95) * (width - left - right);
const y = (accuracy: number): number => top + (1 - accuracy) * (height - top - bottom);

const words = (className: string, at: readonly [number, number], anchor: string, text: string): SVGElement =>
  svg('text', { class: className, x: at[0], y: at[1], 'text-anchor': anchor }, text);

function axes(): SVGElement {
  const group = svg('g', { class: 'axes' });
  for (const share of [0, 0.25, 0.5, 0.75, 1])
    group.append(svg('line', { x1: left, x2: width - right, y1: y(share), y2: y(share) }), words('tick', [left - 8, y(share) + 4], 'end', percent(share)));
  for (const share of [0, 0.2, 0.4, 0.6, 0.8, 0.95]) group.append(words('tick', [x(share), height - bottom + 18], 'middle', percent(share)));
  group.append(words('title', [(left + width - right) / 2, height - 4], 'middle', 'weights set to zero'));
  return group;
}

type Points = ReadonlyMap<number, Score>;

const ordered = (points: Points): (readonly [number, Score])[] => [...points].sort(([a], [b]) => a - b);

function lineOf(bits: number, points: Points, chosen: boolean): SVGElement {
  const path = ordered(points).map(([amount, { accuracy }], i) => `${i ? 'L' : 'M'}${x(amount).toFixed(1)} ${y(accuracy).toFixed(1)}`);
  return svg('path', { class: chosen ? 'line chosen' : 'line', 'data-bits': bits, 'data-points': points.size, d: path.join('') });
}

/** The names at the lines' right ends, moved apart where they would overlap. */
function namesOf(lines: readonly (readonly [number, Points])[], chosen: number): SVGElement[] {
  const ends = lines.map(([bits, points]) => ({ bits, at: ordered(points).at(-1)! })).sort((a, b) => b.at[1].accuracy - a.at[1].accuracy);
  let above = Number.NEGATIVE_INFINITY;
  return ends.map(({ bits, at: [amount, { accuracy }] }) => {
    above = Math.max(y(accuracy) + 4, above + 13);
    return words(bits === chosen ? 'name chosen' : 'name', [x(amount) + 9, above], 'start', `${bits} bit`);
  });
}

function markOf(amount: number, { accuracy, ci95: [low, high] }: Score): SVGElement {
  const bar = svg('line', { x1: x(amount), x2: x(amount), y1: y(low), y2: y(high) });
  return svg('g', { class: 'mark' }, bar, svg('circle', { cx: x(amount), cy: y(accuracy), r: 6 }));
}

export interface AccuracyChart {
  add(diet: Diet, score: Score): void;
  choose(diet: Diet): void;
  has(diet: Diet): boolean;
}

export function accuracyChart(): AccuracyChart {
  const lines = new Map<number, Map<number, Score>>();
  let chosen: Diet = { bits: 8, amount: 0 };
  const draw = (): void => {
    const all = [...lines].filter(([, points]) => points.size > 0).sort(([a], [b]) => Number(a === chosen.bits) - Number(b === chosen.bits));
    const here = lines.get(chosen.bits)?.get(chosen.amount);
    const said = here
      ? `${percent(here.accuracy, 1)} of the test digits are right at ${chosen.bits} bits with ${percent(chosen.amount)} zeros`
      : 'no point yet';
    const label = `Line chart of test accuracy by share of zeros: ${said}`;
    const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, axes());
    drawing.append(...all.map(([bits, points]) => lineOf(bits, points, bits === chosen.bits)), ...namesOf(all, chosen.bits));
    if (here) drawing.append(markOf(chosen.amount, here));
    byId('chart').replaceChildren(drawing);
  };
  draw();
  return {
    has: ({ bits, amount }) => lines.get(bits)?.has(amount) ?? false,
    choose: (diet) => {
      chosen = diet;
      draw();
    },
    add: ({ bits, amount }, score) => {
      lines.set(bits, (lines.get(bits) ?? new Map<number, Score>()).set(amount, score));
      draw();
    },
  };
}
