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

it('leaves out what there is no data for', () => {
  const bare = toHtml(sample, { receipts: [], weights: [] });
  expect(bare).toBe(toHtml(sample));
  expect(bare).not.toMatch(/Where the time goes|does to weights/);
});
