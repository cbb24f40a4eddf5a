// What rounding to integer codes does to a weight: its distribution before and after, and a few numbers next to the codes they become.
import { histogram, tensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { HistogramChart, NumberLineChart } from './chart';

export interface WeightPicture {
  /** Of the weight. */
  readonly name: string;
  /** What the codes are: 'int8'. */
  readonly format: string;
  /** Before. */
  readonly values: ArrayLike<number>;
  /** What is stored for each: it means `(code - zeroPoint) * scale`. */
  readonly codes: ArrayLike<number>;
  readonly scale: number;
  /** Default 0. */
  readonly zeroPoint?: number;
}

const bins = 64;
/** The window of the number line: so many levels around the middle of the range, and so many numbers in it. */
const levelsShown = 12;
const pointsShown = 9;

const ends = (values: readonly number[]): readonly [number, number] => [
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
];

/** So many items of a list, evenly spread. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  items.length <= count ? [...items] : Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);

function backOf({ codes, scale, zeroPoint = 0 }: WeightPicture): number[] {
  return Array.from(codes, (code) => (code - zeroPoint) * scale);
}

/** Bins of equal width over both, so that what moved is seen. */
function distribution(picture: WeightPicture, before: readonly number[], after: readonly number[]): HistogramChart {
  const [low, high] = ends([...before, ...after]);
  const counted = (values: readonly number[]) => histogram(tensor('float32', Float32Array.from(values), [values.length]), { bins, range: [low, high] }).counts;
  const { name, format } = picture;
  return {
    kind: 'histogram',
    title: `${name} before and after ${format}`,
    description: `Histograms of ${before.length} weights from ${low.toPrecision(3)} to ${high.toPrecision(3)}, as floats and as what their ${format} codes mean.`,
    x: { label: 'weight', unit: 'count' },
    y: { label: 'how many', unit: 'count', fromZero: true },
    series: [
      { name: 'float32', low, high, counts: counted(before) },
      { name: format, low, high, counts: counted(after) },
    ],
  };
}

/** A window around the most usual weights, where neighbours of the grid can be told apart. */
function rounding(picture: WeightPicture, before: readonly number[], after: readonly number[]): NumberLineChart {
  const { name, format, codes, scale, zeroPoint = 0 } = picture;
  const sorted = [...before].sort((a, b) => a - b);
  const middle = Math.round(sorted[Math.floor(sorted.length / 2)]! / scale);
  const from = middle - levelsShown / 2;
  const levels = Array.from({ length: levelsShown + 1 }, (_, i) => (from + i) * scale);
  const inside = before
    .map((value, i) => ({ value, code: codes[i]!, back: after[i]! }))
    .filter(({ value }) => value >= levels[0]! && value <= levels.at(-1)!)
    .sort((a, b) => a.value - b.value);
  const points = spread(inside, pointsShown);
  return {
    kind: 'numberLine',
    title: `${name} on the number line`,
    description: `${points.length} weights and the ${format} codes they become; neighbouring codes are ${scale.toPrecision(3)} apart, zero is code ${zeroPoint}.`,
    x: { label: 'weight', unit: 'count' },
    above: 'float32',
    below: format,
    points,
    levels,
  };
}

/** Two charts of one weight. @throws `report/nothing-to-draw` for no numbers, `report/weights` where there are not as many codes as numbers */
export function chartsOfWeight(picture: WeightPicture): { readonly histogram: HistogramChart; readonly numberLine: NumberLineChart } {
  const { name, values, codes } = picture;
  if (values.length === 0) throw fail('nothing-to-draw', { where: { value: name } });
  if (values.length !== codes.length) throw fail('weights', { where: { value: name }, expected: values.length, actual: codes.length });
  const [before, after] = [Array.from(values), backOf(picture)];
  return { histogram: distribution(picture, before, after), numberLine: rounding(picture, before, after) };
}
