// The report as a browser shows it: colours resolved, one drawing a chart at each width, nothing wider than the page, nothing run or fetched.
import { afterEach, describe, expect, it } from 'vitest';
import { sample } from '../sample.test-data';
import { receipts, weights } from '../sections.test-data';
import { toHtml } from './report';

let frame: HTMLIFrameElement | undefined;
afterEach(() => frame?.remove());

async function show(html: string, width: number): Promise<Document> {
  frame = document.createElement('iframe');
  frame.width = String(width);
  frame.height = '900';
  const loaded = new Promise((resolve) => frame!.addEventListener('load', resolve, { once: true }));
  frame.srcdoc = html;
  document.body.append(frame);
  await loaded;
  return frame.contentDocument!;
}
const shown = (element: Element): boolean => element.getBoundingClientRect().width > 0;

describe('the report in a browser', () => {
  it.each([
    [1280, 'wide'],
    [390, 'narrow'],
  ])('at %i pixels shows the %s drawings and fits', async (width, kind) => {
    const page = await show(toHtml(sample), width);
    const drawings = [...page.querySelectorAll('svg')].filter(shown);
    expect(drawings.map(({ id }) => id)).toEqual([`size-${kind}`, `latency-1-${kind}`, `latency-64-${kind}`]);
    expect(page.documentElement.scrollWidth).toBeLessThanOrEqual(width);
    for (const drawing of drawings) expect(drawing.getBoundingClientRect().right).toBeLessThanOrEqual(width);
  });

  it.each([1280, 390])('at %i pixels the receipts and weights fit too', async (width) => {
    const page = await show(toHtml(sample, { receipts, weights }), width);
    expect(page.documentElement.scrollWidth).toBeLessThanOrEqual(width);
    const [first, second] = [...page.querySelectorAll('.receipt .bar span')].map((bar) => bar.getBoundingClientRect().width);
    if (width > 640) expect(second! / first!).toBeGreaterThan(0.1);
    else expect(first).toBe(0);
    for (const table of page.querySelectorAll('.receipt')) expect(table.parentElement!.scrollWidth).toBeLessThanOrEqual(table.parentElement!.clientWidth);
    expect([...page.querySelectorAll('svg[id^=weight]')].filter(shown)).toHaveLength(2);
  });

  it('resolves the colours of the theme in the drawings', async () => {
    const page = await show(toHtml(sample), 1280);
    const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
    const accent = [...page.querySelectorAll('#size-wide path')].filter((path) => path.getAttribute('fill') === 'var(--md-accent)');
    expect(accent).toHaveLength(1);
    expect(getComputedStyle(accent[0]!).fill).toBe(dark ? 'rgb(90, 169, 245)' : 'rgb(10, 102, 194)');
    expect(getComputedStyle(page.body).backgroundColor).toBe(dark ? 'rgb(14, 16, 19)' : 'rgb(246, 247, 249)');
  });

  it('names its parts for those who do not see it', async () => {
    const page = await show(toHtml(sample), 1280);
    for (const drawing of page.querySelectorAll('svg')) {
      expect(drawing.getAttribute('role')).toBe('img');
      const labels = drawing.getAttribute('aria-labelledby')!.split(' ');
      expect(labels.map((id) => page.getElementById(id)?.textContent)).toEqual([
        expect.stringMatching(/and accuracy$/),
        expect.stringContaining('On the frontier:'),
      ]);
    }
    expect(page.querySelectorAll('tbody th[scope=row]')).toHaveLength(4);
    expect(page.documentElement.lang).toBe('en');
    expect(JSON.parse(page.getElementById('results')!.textContent!)).toEqual(sample);
  });
});
