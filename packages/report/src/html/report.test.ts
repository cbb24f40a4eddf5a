import { describe, expect, it } from 'vitest';
import { sample } from '../sample.test-data';
import { toHtml } from './report';

const html = toHtml(sample);

describe('toHtml', () => {
  it('is one file without network and without script that runs', () => {
    expect(html).not.toMatch(/(src|href|url)\s*[=(]\s*["']?\s*(https?:)?\/\//i);
    expect(html).not.toMatch(/<script(?! type="application\/json")|<link|@import|\son\w+=/i);
    expect(html).not.toContain('<b>');
    expect(html).toContain('<title>Digits, 64-1024-10, &lt;b&gt;&amp;</title>');
  });

  it('carries its data', () => {
    const [, json] = /<script type="application\/json" id="results">(.*?)<\/script>/s.exec(html)!;
    expect(JSON.parse(json!)).toEqual(sample);
  });

  it('has a row a variant, named by a row header, and marks the frontier', () => {
    expect(html.match(/<th scope="row">/g)).toHaveLength(4);
    expect(html).toContain('<th scope="row">int8 | per tensor <span class="badge">frontier</span></th>');
    expect(html).toContain('95.22\u201398.42 %');
  });

  it('draws size and each latency against accuracy, wide and narrow, with ids of their own', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /^(size|latency-1|latency-64)-(wide|narrow)$/.test(id!))).toHaveLength(6);
    for (const [, id] of html.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  it('is the same for the same results', () => expect(toHtml(sample)).toBe(html));

  it('draws nothing for no variants', () => {
    const empty = toHtml({ ...sample, variants: [] });
    expect(empty).toContain('0 variants');
    expect(empty).not.toContain('<svg');
  });
});
