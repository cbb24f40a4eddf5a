// Curves over one x: a line and marks for each series, intervals as a band or as whiskers, reference lines with their words.
import { colour } from '../theme';
import { asLaidOut, axisOption, pixels } from './axis';
import { type Canvas, legend, lookOf, stroke, word } from './canvas';
import type { LineChart, LinePoint } from './chart';

const ends = (points: readonly LinePoint[]): number[] => points.flatMap(({ y, interval }) => (interval ? [y, ...interval] : [y]));
const marksUpTo = 40;

/** The option of ECharts that draws `chart` at this size. */
export function lineOption(chart: LineChart, { width, height, narrow }: Canvas) {
  const points = chart.series.flatMap((series) => series.points);
  const references = points.length === 0 ? [] : (chart.references ?? []);
  const at = (axis: 'x' | 'y') => references.filter((line) => line.axis === axis).map(({ value }) => value);
  const x = axisOption(chart.x, [...points.map((point) => point.x), ...at('x')], narrow);
  const y = axisOption(chart.y, [...ends(points), ...at('y')], narrow);
  const sides = { left: narrow ? 74 : 84, right: narrow ? 20 : 28, bottom: 58 };
  const right = width - sides.right;
  const bottom = height - sides.bottom;
  const names = legend(
    chart.series.map(({ name }) => name),
    sides.left,
    right,
  );
  const top = 16 + names.height;
  const px = pixels(chart.x, x, sides.left, right - sides.left);
  const py = pixels(chart.y, y, bottom, top - bottom);

  const intervals = chart.series.flatMap((series, i): object[] => {
    const { colour: of } = lookOf(i);
    const with_ = series.points.flatMap((point) => (point.interval ? [{ x: px(point.x), low: py(point.interval[0]), high: py(point.interval[1]) }] : []));
    if (chart.intervals === 'whiskers')
      return with_.flatMap((end) => [
        stroke(end.x, end.low, end.x, end.high, of, { width: 1.5, opacity: 0.6 }),
        ...[end.low, end.high].map((cap) => stroke(end.x - 4, cap, end.x + 4, cap, of, { width: 1.5, opacity: 0.6 })),
      ]);
    const outline = [...with_.map((end) => [end.x, end.high]), ...with_.toReversed().map((end) => [end.x, end.low])];
    return with_.length < 2 ? [] : [{ type: 'polygon' as const, silent: true, z: 1, shape: { points: outline }, style: { fill: of, opacity: 0.16 } }];
  });
  const lines = references.flatMap(({ axis, value, label }): object[] => {
    const quiet = { width: 1.25, dash: [3, 3] };
    if (axis === 'y')
      return [stroke(sides.left, py(value), right, py(value), colour('muted'), quiet), word(right - 4, py(value) - 9, label, { align: 'right' })];
    const leftward = px(value) > (sides.left + right) / 2;
    return [
      stroke(px(value), top, px(value), bottom, colour('muted'), quiet),
      word(px(value) + (leftward ? -6 : 6), top + 10, label, { align: leftward ? 'right' : 'left' }),
    ];
  });
  return {
    animation: false,
    grid: { ...asLaidOut, ...sides, top },
    xAxis: { ...x, nameGap: 34 },
    yAxis: { ...y, nameGap: narrow ? 48 : 58 },
    graphic: { elements: [...names.elements, ...intervals, ...lines] },
    series: chart.series.map((series, i) => {
      const look = lookOf(i);
      return {
        type: 'line' as const,
        silent: true,
        z: 5,
        data: series.points.map((point) => [point.x, point.y]),
        symbol: series.points.length > marksUpTo ? 'none' : look.symbol,
        symbolSize: 7,
        lineStyle: { color: look.colour, width: 2, type: look.dash },
        itemStyle: { color: look.colour, opacity: 1 },
      };
    }),
  };
}
