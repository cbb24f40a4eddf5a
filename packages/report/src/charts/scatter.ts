// The scatter of a cost and a gain: intervals as whiskers, the frontier as a staircase, every point named.
import type { Interval } from '@modeldiet/pipeline';
import { colour } from '../theme';
import { asLaidOut, axisOption, pixels } from './axis';
import { type Canvas, stroke, word } from './canvas';
import type { ScatterChart, ScatterPoint } from './chart';
import { type LabelBox, placeLabels } from './labels';

type Pair = readonly [number, number];
const gap: Pair = [Number.NaN, Number.NaN];
const ends = (interval: Interval | undefined): readonly number[] => interval ?? [];
const radius = (point: ScatterPoint): number => (point.onFrontier ? 6.5 : 5);

function whiskers(points: readonly ScatterPoint[], cap: Pair, segment: (point: ScatterPoint) => readonly [Pair, Pair] | undefined) {
  const data = points.flatMap((point): Pair[] => {
    const both = segment(point);
    return both ? [...both, gap] : [];
  });
  const quiet = { color: colour('point'), opacity: 0.45 };
  return {
    type: 'line' as const,
    silent: true,
    z: 2,
    data,
    symbol: 'rect',
    symbolSize: cap as [number, number],
    lineStyle: { ...quiet, width: 1.5 },
    itemStyle: quiet,
  };
}

/** The corner points of the frontier, carried on to the right edge: more of the cost buys nothing more. */
function staircase(points: readonly ScatterPoint[], right: number): Pair[] {
  const corners = points.filter((point) => point.onFrontier).sort((a, b) => a.x - b.x);
  const last = corners.at(-1);
  return last ? [...corners.map((point): Pair => [point.x, point.y]), [right, last.y]] : [];
}

/** The option of ECharts that draws `chart` at this size. */
export function scatterOption(chart: ScatterChart, { width, height, narrow }: Canvas) {
  const points = [...chart.points].sort((a, b) => Number(b.onFrontier) - Number(a.onFrontier));
  const grid = { ...asLaidOut, left: narrow ? 74 : 84, right: narrow ? 14 : 28, top: 16, bottom: 58 };
  const x = axisOption(
    chart.x,
    points.flatMap((point) => [point.x, ...ends(point.xInterval)]),
    narrow,
  );
  const y = axisOption(
    chart.y,
    points.flatMap((point) => [point.y, ...ends(point.yInterval)]),
    narrow,
  );
  const right = width - grid.right;
  const bottom = height - grid.bottom;
  const px = pixels(chart.x, x, grid.left, right - grid.left);
  const py = pixels(chart.y, y, bottom, grid.top - bottom);
  const boxes = points.map((point): LabelBox => ({ x: px(point.x), y: py(point.y), radius: radius(point), text: point.name, bold: point.onFrontier }));
  const stairs = staircase(points, x.max);
  const treads = stairs.slice(1).map(([to], i) => ({ left: px(stairs[i]![0]), right: px(to), top: py(stairs[i]![1]) - 1, bottom: py(stairs[i]![1]) + 1 }));
  const placed = placeLabels(boxes, { left: grid.left, right, top: grid.top, bottom }, treads);
  const names = placed.flatMap(({ left, middle, leader }, i) => {
    const { name, onFrontier } = points[i]!;
    const { x: fromX, y: fromY } = boxes[i]!;
    return [
      ...(leader ? [stroke(fromX, fromY, leader[0], leader[1], colour('muted'))] : []),
      word(left, middle, name, { role: onFrontier ? 'ink' : 'muted', bold: onFrontier }),
    ];
  });
  return {
    animation: false,
    grid,
    xAxis: { ...x, nameGap: 34 },
    yAxis: { ...y, nameGap: narrow ? 48 : 58 },
    graphic: { elements: names },
    series: [
      {
        type: 'line' as const,
        silent: true,
        z: 1,
        step: 'end' as const,
        symbol: 'none',
        data: stairs,
        lineStyle: { color: colour('accent'), width: 2, type: [5, 4], opacity: 0.8 },
      },
      whiskers(
        points,
        [9, 1.5],
        ({ x: at, yInterval }) =>
          yInterval && [
            [at, yInterval[0]],
            [at, yInterval[1]],
          ],
      ),
      whiskers(
        points,
        [1.5, 9],
        ({ y: at, xInterval }) =>
          xInterval && [
            [xInterval[0], at],
            [xInterval[1], at],
          ],
      ),
      {
        type: 'scatter' as const,
        silent: true,
        z: 6,
        data: points.toReversed().map((point) => ({
          name: point.name,
          value: [point.x, point.y],
          symbolSize: 2 * radius(point),
          itemStyle: { color: colour(point.onFrontier ? 'accent' : 'point'), borderColor: colour('surface'), borderWidth: 2, opacity: 1 },
        })),
      },
    ],
  };
}
