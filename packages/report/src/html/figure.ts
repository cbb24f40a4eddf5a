// A chart in the page: two drawings of it, for wide and narrow screens; the style sheet shows one.
import type { Chart } from '../charts/chart';
import { toSvg } from '../charts/index';
import { escapeXml } from '../text/escape';

export interface FigureOptions {
  readonly id: string;
  /** In CSS pixels; the narrow drawing is 400 x 340. */
  readonly size: readonly [width: number, height: number];
  readonly caption: string;
}

export function figure(chart: Chart, { id, size: [width, height], caption }: FigureOptions): string {
  const wide = toSvg(chart, { id: `${id}-wide`, width, height, theme: 'inherit' });
  const narrow = toSvg(chart, { id: `${id}-narrow`, width: 400, height: 340, theme: 'inherit' });
  return `<figure><div class="wide">${wide}</div><div class="narrow">${narrow}</div><figcaption>${escapeXml(caption)}</figcaption></figure>`;
}

/** A card with a heading. */
export const card = (heading: string, body: string): string => `<section class="card"><h2>${escapeXml(heading)}</h2>${body}</section>`;
