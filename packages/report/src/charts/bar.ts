// Horizontal bars from zero: names on the left, where long ones have room, the value at the end of each bar, intervals as whiskers.
import { formatNumber } from '@modeldiet/pipeline';
import { colour } from '../theme';
import { asLaidOut, axisOption, pixels } from './axis';
import { box, type Canvas, legend, lookOf, stroke, word } from './canvas';
import type { BarChart } from './chart';
import { textWidth } from './labels';

/** Of the width, for the names at most. */
const namesAtMost = 0.38;
const thickest = 26;

const shorten = (text: string, room: number): string => {
  const fits = Math.floor(room / textWidth('x'));
  return text.length <= fits ? text : `${text.slice(0, Math.max(1, fits - 1))}\u2026`;
};

/** The option of ECharts that draws `chart` at this size. */
export function barOption(chart: BarChart, { width, height, narrow }: Canvas) {
  const values = chart.series.flatMap((series) => [
    ...series.values.filter((value) => value !== null),
    ...(series.intervals ?? []).flatMap((interval) => interval ?? []),
  ]);
  const axis = { ...chart.value, scale: 'linear' as const, fromZero: true };
  const x = axisOption(axis, values, narrow);
  const room = Math.min(namesAtMost * width, 12 + Math.max(...chart.categories.map((name) => textWidth(name))));
  const [left, right] = [room + 6, width - 24];
  const names = legend(
    chart.series.map(({ name }) => name),
    12,
    right,
  );
  const top = 10 + names.height;
  const bottom = height - 58;
  const said = (value: number) => formatNumber(value, axis.unit);
  // What a bar says stands behind its end: the longest word must fit there too.
  const words = Math.max(...values.map((value) => textWidth(said(value)))) + 8;
  const px = pixels(axis, x, left, Math.max(40, right - words - left));
  const drawnTo = px(x.max);
  const row = (bottom - top) / Math.max(1, chart.categories.length);
  const thick = Math.min(thickest, (row * 0.78) / chart.series.length);

  const rows = chart.categories.flatMap((name, i) => {
    const middle = top + (i + 0.5) * row;
    return [
      word(left - 8, middle, shorten(name, room), { align: 'right', role: 'ink' }),
      ...chart.series.flatMap((series, s) => {
        const value = series.values[i] ?? null;
        if (value === null) return [];
        const y = middle + (s - chart.series.length / 2) * thick;
        const [from, to] = [px(0), px(value)];
        const interval = series.intervals?.[i];
        const farthest = Math.max(from, to, interval ? px(interval[1]) : 0);
        return [
          box(Math.min(from, to), y + 1, Math.max(1, Math.abs(to - from)), thick - 2, lookOf(s).colour, 0.85),
          ...(interval ? [stroke(px(interval[0]), y + thick / 2, px(interval[1]), y + thick / 2, colour('ink'), { width: 1.5, opacity: 0.7 })] : []),
          ...(thick >= 9 ? [word(farthest + 5, y + thick / 2, said(value), { size: thick >= 13 ? 12 : 10 })] : []),
        ];
      }),
    ];
  });
  return {
    animation: false,
    grid: { ...asLaidOut, left, right: width - drawnTo, top, bottom: 58 },
    xAxis: { ...x, nameGap: 34 },
    yAxis: { type: 'value' as const, min: 0, max: 1, show: false },
    graphic: { elements: [...names.elements, stroke(px(0), top, px(0), bottom, colour('muted')), ...rows] },
    series: [],
  };
}
