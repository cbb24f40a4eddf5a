// The charts beside the scatter: what must be seen is in the drawing, at any width, and what cannot be drawn is said.
import { isModelDietError } from '@modeldiet/numfmt';
import { describe, expect, it } from 'vitest';
import type { BarChart, Chart, HistogramChart, LineChart, NumberLineChart } from './chart';
import { toSvg } from './index';

const base = { title: 'a <title>', description: 'what to see' };
const line: LineChart = {
  ...base,
  kind: 'line',
  x: { label: 'batch', unit: 'count', scale: 'log2' },
  y: { label: 'latency', unit: 'ms', scale: 'log' },
  series: [
    { name: 'float32', points: [1, 8, 64, 512].map((x) => ({ x, y: 0.01 * x, interval: [0.009 * x, 0.012 * x] as const })) },
    { name: 'int8 & more', points: [1, 8, 64, 512].map((x) => ({ x, y: 0.02 + 0.004 * x })) },
  ],
  references: [
    { axis: 'x', value: 64, label: 'knee' },
    { axis: 'y', value: 1, label: 'one millisecond' },
  ],
};
const bar: BarChart = {
  ...base,
  kind: 'bar',
  value: { label: 'time', unit: 'ms' },
  categories: ['reading', 'creating a session', 'predicting'],
  series: [
    { name: 'before', values: [12, 30, 0.5], intervals: [[11, 13], undefined, undefined] },
    { name: 'after', values: [null, null, 0.5] },
  ],
};
const histogram: HistogramChart = {
  ...base,
  kind: 'histogram',
  x: { label: 'weight', unit: 'count' },
  y: { label: 'weights', unit: 'count' },
  series: [
    { name: 'float32', low: -1, high: 1, counts: [1, 4, 9, 3] },
    { name: 'int8', low: -1, high: 1, counts: Float64Array.of(0, 8, 8, 1) },
  ],
};
const numberLine: NumberLineChart = {
  ...base,
  kind: 'numberLine',
  x: { label: 'value', unit: 'count' },
  above: 'float32',
  below: 'int8',
  points: [-0.81, -0.05, 0.12, 0.79].map((value) => ({ value, code: Math.round(value / 0.2), back: 0.2 * Math.round(value / 0.2) })),
  levels: Array.from({ length: 11 }, (_, i) => (i - 5) * 0.2),
};
const all: readonly Chart[] = [line, bar, histogram, numberLine];
const said = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
const codeOf = (draw: () => unknown): string => {
  try {
    draw();
  } catch (error) {
    if (isModelDietError(error)) return error.code;
    throw error;
  }
  return 'drawn';
};
/** The paths of a drawing that are painted in one colour of the theme. */
const painted = (svg: string, role: string): string[] =>
  [...svg.matchAll(/<path d="([^"]*)"([^>]*)>/g)].filter(([, , rest]) => rest!.includes(`"var(--md-${role})"`)).map(([, d]) => d!);

describe('every kind of chart', () => {
  it.each(all.map((chart) => [chart.kind, chart] as const))('%s stands alone, twice the same, wide and narrow', (_, chart) => {
    const svg = toSvg(chart, { id: 'a' });
    expect(svg).toMatch(/^<svg id="a" role="img"/);
    expect(svg).toContain('<title id="a-title">a &lt;title&gt;</title><desc id="a-desc">what to see</desc>');
    expect(svg).not.toMatch(/class=|CDATA|zr\d|NaN|undefined|Infinity/);
    expect(toSvg(chart, { id: 'a' })).toBe(svg);
    const narrow = toSvg(chart, { width: 400, height: 340 });
    expect(narrow).toContain('viewBox="0 0 400 340"');
    expect(narrow).not.toBe(toSvg(chart));
    for (const [, x] of narrow.matchAll(/translate\((-?[\d.]+) /g)) expect(Number(x)).toBeLessThanOrEqual(400);
  });

  it.each(all.map((chart) => [chart.kind, chart] as const))('%s says when there is nothing to draw', (_, chart) => {
    const empty = chart.kind === 'numberLine' ? { ...chart, points: [] } : { ...chart, series: [] };
    expect(codeOf(() => toSvg(empty as Chart))).toBe('report/nothing-to-draw');
  });

  it('takes any id, also one that begins with a digit, as CSS selectors may not', () => {
    expect(toSvg(bar, { id: '64-32' })).toContain('<style>[id="64-32"]{--md-');
    expect(toSvg(bar, { id: '"><script>' })).not.toContain('<script>');
  });

  it('says which number cannot be drawn', () => {
    const at = (y: number): Chart => ({
      ...line,
      series: [
        {
          name: 'a',
          points: [
            { x: 1, y: 1 },
            { x: 2, y },
          ],
        },
      ],
    });
    expect(codeOf(() => toSvg(at(2)))).toBe('drawn');
    expect(codeOf(() => toSvg(at(0)))).toBe('report/not-drawable');
    expect(() => toSvg(at(-3))).toThrow(/latency.*-3/);
    expect(codeOf(() => toSvg({ ...bar, series: [{ name: 'a', values: [Number.NaN, 1, 2] }] }))).toBe('report/not-drawable');
  });
});

describe('line chart', () => {
  it('names series, ticks and reference lines', () => {
    const words = said(toSvg(line));
    for (const word of ['float32', 'int8 &amp; more', 'knee', 'one millisecond', '1', '2', '64', '512', '1 ms', '100 µs']) expect(words).toContain(word);
  });
  it('ends a doubling axis at the last value, and has room for a single one', () => {
    expect(said(toSvg(line))).not.toContain('1,024');
    const one = toSvg({ ...line, references: [], series: [{ name: 'a', points: [{ x: 8, y: 1 }] }] });
    expect(one).not.toMatch(/NaN|Infinity/);
    expect(said(one)).toEqual(expect.arrayContaining(['8', '16']));
  });
  it('draws intervals as a band or as whiskers, and none where there are none', () => {
    const band = toSvg(line);
    const whiskers = toSvg({ ...line, intervals: 'whiskers' });
    const bare = toSvg({ ...line, series: line.series.slice(1) });
    const filled = (svg: string) => [...svg.matchAll(/fill-opacity="0\.16"/g)].length;
    expect([filled(band), filled(whiskers), filled(bare)]).toEqual([1, 0, 0]);
    expect(painted(whiskers, 'accent').length - painted(band, 'accent').length).toBe(4 * 3);
  });
  it('puts what it draws by hand where ECharts puts the same value', () => {
    for (const width of [880, 400]) {
      const svg = toSvg({ ...line, references: [{ axis: 'x', value: 64, label: 'knee' }] }, { width });
      const knee = Number(/^M([\d.]+) /.exec(painted(svg, 'muted').find((d) => /^M([\d.]+) [\d.]+L\1 /.test(d))!)![1]);
      const grid = painted(svg, 'line').map((d) => Number(/^M([\d.]+) [\d.]+L\1 /.exec(d)?.[1]));
      expect(Math.min(...grid.filter((x) => !Number.isNaN(x)).map((x) => Math.abs(x - knee)))).toBeLessThan(1);
    }
  });
  it('gives series different colours, marks and dashes', () => {
    const svg = toSvg({
      ...line,
      series: Array.from({ length: 6 }, (_, i) => ({
        name: `s${i}`,
        points: [
          { x: 1, y: i + 1 },
          { x: 2, y: i + 2 },
        ],
      })),
    });
    for (const name of ['accent', 'series2', 'series3', 'series4', 'series5', 'series6']) expect(svg).toContain(`var(--md-${name})`);
    expect(new Set([...svg.matchAll(/stroke-dasharray="([^"]+)"/g)].map((match) => match[1])).size).toBeGreaterThanOrEqual(5);
  });
});

describe('bar chart', () => {
  it('says every value, leaves out what is null, and bars are as long as their values', () => {
    const svg = toSvg(bar);
    for (const word of ['reading', 'creating a session', 'predicting', '12.0 ms', '30.0 ms', '500 µs']) expect(said(svg)).toContain(word);
    const width = (d: string) => Number(/l([\d.]+) 0/.exec(d)?.[1]);
    const bars = painted(svg, 'accent').filter((d) => /Z$/.test(d));
    expect(bars).toHaveLength(3);
    expect(width(bars[1]!) / width(bars[0]!)).toBeCloseTo(30 / 12, 1);
    expect(painted(svg, 'series2').filter((d) => /Z$/.test(d))).toHaveLength(1);
  });
  it('shortens names that would take the place of the bars', () => {
    const words = said(toSvg({ ...bar, categories: ['x'.repeat(200), 'b', 'c'] }));
    expect(words.some((word) => /^x{10,60}\u2026$/.test(word!))).toBe(true);
  });
  it('draws negative values to the left of zero', () => {
    expect(said(toSvg({ ...bar, value: { label: 'change', unit: 'count' }, series: [{ name: 'a', values: [-3, 2, 1] }] }))).toContain('-3');
  });
});

describe('histogram', () => {
  it('draws an outline a series, with counts from zero', () => {
    const svg = toSvg(histogram);
    expect([...svg.matchAll(/fill-opacity="0\.22"/g)]).toHaveLength(2);
    for (const word of ['float32', 'int8', 'weight', 'weights', '0', '-0.5']) expect(said(svg)).toContain(word);
  });
});

describe('number line', () => {
  it('writes numbers above, codes below, and a thread and a tick for each', () => {
    const svg = toSvg(numberLine);
    for (const word of ['-0.81', '0.79', '-4', '4', '0', 'float32', 'int8']) expect(said(svg)).toContain(word);
    // The line ends short of the eleventh level, 1.0.
    expect(painted(svg, 'point')).toHaveLength(4 + 10);
  });
  it('leaves out labels that have no room, but no mark', () => {
    const points = Array.from({ length: 500 }, (_, i) => ({ value: i / 500, code: i, back: i / 500 }));
    const svg = toSvg({ ...numberLine, points, levels: undefined });
    expect(said(svg).length).toBeLessThan(100);
    expect(painted(svg, 'accent')).toHaveLength(500);
  });
});
