// The report: one HTML file that needs no network and no script, light and dark, on a phone and on paper. It carries its data as JSON.
import type { Results } from '@modeldiet/pipeline';
import type { ScatterChart } from '../charts/chart';
import { toSvg } from '../charts/index';
import { chartsOf } from '../charts/of-results';
import { conditions } from '../conditions';
import { headlines } from '../headlines';
import { notes } from '../notes';
import { escapeXml, jsonForScript } from '../text/escape';
import { styleSheet } from './style';
import { htmlTable } from './table';

export interface HtmlOptions {
  /** Default: the task. */
  readonly title?: string;
}

/** Two drawings of one chart, for wide and narrow screens; the style sheet shows one. */
function figure(id: string, chart: ScatterChart, [width, height]: readonly [number, number]): string {
  const wide = toSvg(chart, { id: `${id}-wide`, width, height, theme: 'inherit' });
  const narrow = toSvg(chart, { id: `${id}-narrow`, width: 400, height: 340, theme: 'inherit' });
  const heading = chart.title[0]!.toUpperCase() + chart.title.slice(1);
  return `<section class="card"><h2>${escapeXml(heading)}</h2><figure><div class="wide">${wide}</div><div class="narrow">${narrow}</div><figcaption>Whiskers: 95 % intervals. Dashed: the frontier. Up and to the left is better.</figcaption></figure></section>`;
}

/** @throws nothing: any results of the type can be drawn, an empty list of variants too. */
export function toHtml(results: Results, options: HtmlOptions = {}): string {
  const title = escapeXml(options.title ?? results.task);
  const facts = headlines(results).map(
    ({ label, value, note }) =>
      `<div class="card fact"><div class="label">${escapeXml(label)}</div><div class="value">${escapeXml(value)}</div><div class="note">${escapeXml(note)}</div></div>`,
  );
  const [first, ...others] = chartsOf(results);
  const pair = others.map(({ id, chart }) => figure(id, chart, [580, 400]));
  const listed = conditions(results.environment).map(({ label, text }) => `<div><dt>${escapeXml(label)}</dt><dd>${escapeXml(text)}</dd></div>`);
  const count = results.variants.length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="modeldiet">
<title>${title}</title>
<style>
${styleSheet}
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="sub">${count} variant${count === 1 ? '' : 's'} of one model, measured by modeldiet</p>
<div class="grid">${facts.join('\n')}</div>
${first ? figure(first.id, first.chart, [1140, 440]) : ''}
<section class="card"><h2>Variants</h2>
${htmlTable(results)}
</section>
${pair.length ? `<div class="pair">${pair.join('\n')}</div>` : ''}
<section class="card"><h2>Conditions</h2>
<dl class="conditions">${listed.join('\n')}</dl>
<ul>${notes(results)
    .map((note) => `<li>${escapeXml(note)}</li>`)
    .join('')}</ul>
</section>
</main>
<script type="application/json" id="results">${jsonForScript(results)}</script>
</body>
</html>
`;
}
