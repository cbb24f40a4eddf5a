// A number line: what the numbers were above it, the integer codes they became below it, joined by threads. A straight thread lost nothing.
import { colour } from '../theme';
import { asLaidOut, axisOption, pixels } from './axis';
import { type Canvas, lookOf, stroke, word } from './canvas';
import type { NumberLineChart } from './chart';
import { textWidth } from './labels';

const gap = 8;
const threadsUpTo = 64;
/** More levels than this would be a grey bar. */
const ticksUpTo = 300;

/** Which of the labels, taken from left to right, have room in one row. */
function withRoom(labels: readonly { readonly x: number; readonly text: string }[]): boolean[] {
  let end = Number.NEGATIVE_INFINITY;
  const order = labels.map((_, i) => i).sort((a, b) => labels[a]!.x - labels[b]!.x);
  const shown = labels.map(() => false);
  for (const i of order) {
    const half = textWidth(labels[i]!.text) / 2;
    if (labels[i]!.x - half < end + gap) continue;
    shown[i] = true;
    end = labels[i]!.x + half;
  }
  return shown;
}

/** Short, with all the digits that tell neighbours apart: 0.12, -0.81, 0.4720. */
const plain = (value: number): string => String(Number(value.toPrecision(4)));

/** The option of ECharts that draws `chart` at this size. */
export function numberLineOption(chart: NumberLineChart, { width, height, narrow }: Canvas) {
  const { points } = chart;
  const levels = (chart.levels?.length ?? 0) > ticksUpTo ? [] : (chart.levels ?? []);
  const axis = { ...chart.x, scale: 'linear' as const, fromZero: false };
  const x = axisOption(
    axis,
    points.flatMap(({ value, back }) => [value, back]),
    narrow,
  );
  const [left, right, bottom] = [24, width - 24, height - 58];
  const px = pixels(axis, x, left, right - left);
  const [upper, lower] = [34 + (bottom - 34) * 0.24, 34 + (bottom - 34) * 0.68];
  const threads = points.length <= threadsUpTo;
  const inside = levels.filter((level) => level >= x.min && level <= x.max);

  const row = (y: number, of: string, at: (point: (typeof points)[number]) => number, text: (point: (typeof points)[number]) => string, side: -1 | 1) => {
    const labels = points.map((point) => ({ x: px(at(point)), text: text(point) }));
    const shown = withRoom(labels);
    return labels.flatMap((label, i) => [
      stroke(label.x, y - 7, label.x, y + 7, of, { width: threads ? 2.5 : 1, opacity: threads ? 1 : 0.5 }),
      ...(shown[i] ? [word(label.x, y + side * 19, label.text, { align: 'center', role: 'ink', bold: side === 1 })] : []),
    ]);
  };
  const [before, after] = [lookOf(0).colour, lookOf(1).colour];
  return {
    animation: false,
    grid: { ...asLaidOut, left, right: 24, top: 34, bottom: 58 },
    xAxis: { ...x, nameGap: 34, splitLine: { show: false } },
    yAxis: { type: 'value' as const, min: 0, max: 1, show: false },
    graphic: {
      elements: [
        stroke(left, upper, right, upper, colour('muted'), { opacity: 0.7 }),
        stroke(left, lower, right, lower, colour('muted'), { opacity: 0.7 }),
        ...inside.map((level) => stroke(px(level), lower - 4, px(level), lower + 4, colour('point'), { width: 0.75, opacity: 0.7 })),
        ...(threads ? points.map(({ value, back }) => stroke(px(value), upper + 8, px(back), lower - 8, colour('point'), { opacity: 0.8 })) : []),
        ...row(
          upper,
          before,
          ({ value }) => value,
          ({ value }) => plain(value),
          -1,
        ),
        ...row(
          lower,
          after,
          ({ back }) => back,
          ({ code }) => String(code),
          1,
        ),
        word(left, upper - 44, chart.above, { role: 'muted' }),
        word(left, lower + 44, chart.below, { role: 'muted' }),
      ],
    },
    series: [],
  };
}
