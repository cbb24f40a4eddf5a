import { describe, expect, it } from 'vitest';
import { sample, variant } from '../sample.test-data';
import { toSvg } from './index';
import { chartsOf } from './of-results';

const [size] = chartsOf(sample);

describe('charts', () => {
  it('has a point a variant and finds the frontier anew for each cost', () => {
    const [bySize, batch1] = chartsOf(sample);
    expect(bySize!.chart.points.filter((point) => point.onFrontier).map((point) => point.name)).toEqual(['int8 | per tensor']);
    const slower = { ...sample, variants: [variant('a', 10, 1, 0.9, false), variant('b', 5, 2, 0.95, false)] };
    expect(chartsOf(slower)[0]!.chart.points.map((point) => point.onFrontier)).toEqual([false, true]);
    expect(chartsOf(slower)[1]!.chart.points.map((point) => point.onFrontier)).toEqual([true, true]);
    expect(batch1!.chart.x.label).toBe('latency at batch 1');
  });

  it('takes agreement where there are no labels, and leaves out what was not measured', () => {
    const variants = sample.variants.map((v) => ({
      ...v,
      accuracy: null,
      latencyMs: {},
      agreement: { metric: 'top1', value: 0.9, ci95: [0.8, 0.95] as const, n: 32 },
    }));
    expect(chartsOf({ ...sample, variants }).map(({ id, chart }) => [id, chart.y.label])).toEqual([['size', 'agreement with the original']]);
    expect(chartsOf({ ...sample, variants: variants.slice(0, 1) })).toEqual([]);
  });

  it('turns to a log axis when costs span decades', () => {
    const wide = { ...sample, variants: [variant('a', 1e6, 1, 0.9, true), variant('b', 1e9, 1, 0.95, true)] };
    expect(chartsOf(wide)[0]!.chart.x.scale).toBe('log');
    expect(toSvg(chartsOf(wide)[0]!.chart)).toContain('>100 MB<');
  });
});

describe('toSvg', () => {
  it('stands alone: title, description, both themes, names, no pointer rules', () => {
    const svg = toSvg(size!.chart, { id: 'a' });
    expect(svg).toMatch(/^<svg id="a" role="img" aria-labelledby="a-title a-desc" [^>]*viewBox="0 0 880 420"/);
    expect(svg).toContain('<title id="a-title">file size and accuracy</title>');
    expect(svg).toContain('prefers-color-scheme:dark');
    for (const { name } of sample.variants) expect(svg).toContain(`>${name}<`);
    expect(svg).not.toMatch(/class=|CDATA|:hover|zr\d|NaN|undefined/);
  });

  it('is the same for the same chart, and takes its colours from the theme asked for', () => {
    expect(toSvg(size!.chart)).toBe(toSvg(size!.chart));
    expect(toSvg(size!.chart, { theme: 'dark' })).not.toContain('prefers-color-scheme');
    expect(toSvg(size!.chart, { theme: 'inherit' })).not.toContain('<style>');
  });

  it('draws names over grid lines, whiskers and marks, with a rim that keeps them readable', () => {
    const svg = toSvg(size!.chart);
    const last = Math.max(...['line', 'point', 'accent'].map((role) => svg.lastIndexOf(`="var(--md-${role})"`)));
    for (const { name } of sample.variants) expect(svg.indexOf(`>${name}<`)).toBeGreaterThan(last);
    expect(svg).toMatch(/paint-order="stroke"[^>]*>baseline</);
  });

  it('escapes names', () => {
    const points = size!.chart.points.map((point) => ({ ...point, name: '<script>&' }));
    expect(toSvg({ ...size!.chart, title: '</title>', points })).not.toMatch(/<script>|<\/title><\/title>/);
  });
});
