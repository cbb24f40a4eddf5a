// The sections that are drawn only where there is data for them.
import { describe, expect, it } from 'vitest';
import { sample } from '../sample.test-data';
import { receipts, weights } from '../sections.test-data';
import { toHtml } from './report';

const html = toHtml(sample, { receipts, weights });

describe('receipts', () => {
  it('has a row a node, bars on one scale, and the rest in one row', () => {
    expect(html).toContain('Where the time goes');
    for (const words of ['51.2 µs (50.0\u201352.0 µs) a run at batch 64', '100.0 %', 'arithmetic', '3 more nodes']) expect(html).toContain(words);
    const widths = [...html.matchAll(/<td class="bar"><span style="width:([\d.]+)%">/g)].map((match) => Number(match[1]));
    expect(widths).toHaveLength(1 + 11);
    expect(Math.max(...widths)).toBe(100);
    expect(widths[1]).toBeCloseTo(25, 5);
  });

  it('escapes the names of nodes', () => {
    expect(html).toContain('&lt;node&gt;');
    expect(html).not.toContain('<node>');
  });
});

describe('weights', () => {
  it('draws the distribution and the number line of each, with ids of their own', () => {
    expect(html).toContain('What int8 does to weights');
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /^weight-0-(histogram|line)-(wide|narrow)$/.test(id!))).toHaveLength(4);
  });
});

it('draws a second chart as wide as the first where it has no neighbour', () => {
  const { '1': one } = sample.variants[0]!.latencyMs;
  const single = toHtml({ ...sample, variants: sample.variants.map((variant) => ({ ...variant, latencyMs: { '1': one! } })) });
  expect(/<svg id="latency-1-wide"[^>]*viewBox="([^"]*)"/.exec(single)![1]).toBe('0 0 1140 440');
  expect(/<svg id="latency-1-wide"[^>]*viewBox="([^"]*)"/.exec(html)![1]).toBe('0 0 580 440');
  expect(single).not.toContain('class="pair"');
});

describe('what optimize decided', () => {
  const decided = toHtml({
    ...sample,
    chosen: 'float16 weights',
    verdict: { met: true, limits: [], binding: [], says: "'float16 weights' meets size <= 200 kB" },
    skipped: [{ technique: 'static int8', code: 'quantize/no-calibration', reason: 'needs <data>' }],
  });

  it('says it, marks what was chosen, and lists what was left out', () => {
    expect(decided).toContain('&#39;float16 weights&#39; meets size &lt;= 200 kB');
    expect(decided).toContain('<th scope="row">float16 weights <span class="badge">chosen</span></th>');
    expect(decided).toContain('<dt>static int8</dt><dd>needs &lt;data&gt; <span class="code">quantize/no-calibration</span></dd>');
  });
});

it('leaves out what there is no data for', () => {
  const bare = toHtml(sample, { receipts: [], weights: [] });
  expect(bare).toBe(toHtml(sample));
  expect(bare).not.toMatch(/Where the time goes|does to weights|The budget|Left out/);
});
