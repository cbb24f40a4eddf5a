// The report: one HTML file that needs no network and no script, light and dark, on a phone and on paper. It carries its data as JSON.
import type { Results } from '@modeldiet/pipeline';
import { chartsOf } from '../charts/of-results';
import type { WeightPicture } from '../charts/of-weights';
import { conditions } from '../conditions';
import { headlines } from '../headlines';
import { notes } from '../notes';
import { escapeXml, jsonForScript } from '../text/escape';
import { card, figure } from './figure';
import { decidedSection, leftOutSection } from './outcome';
import { type NamedReceipt, receiptsSection } from './receipts';
import { styleSheet } from './style';
import { htmlTable } from './table';
import { weightsSection } from './weights';

export interface HtmlOptions {
  /** Default: the task. */
  readonly title?: string;
  /** Per-node receipts, such as those of the baseline and of the quantized model: what `profileModel` of @modeldiet/profiler returns, with a name. */
  readonly receipts?: readonly NamedReceipt[];
  /** Weights and the codes they became. */
  readonly weights?: readonly WeightPicture[];
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const [alone, halved] = [[1140, 440] as const, [580, 440] as const];

/** The first chart has a row of its own; the others share rows where there are several. */
function scatters(results: Results): { readonly first: string; readonly others: readonly string[] } {
  const charts = chartsOf(results);
  const [first, ...others] = charts.map(({ id, chart }, i) => {
    const size = i === 0 || charts.length === 2 ? alone : halved;
    return card(
      capitalized(chart.title),
      figure(chart, { id, size, caption: 'Whiskers: 95 % intervals. Dashed: the frontier. Up and to the left is better.' }),
    );
  });
  return { first: first ?? '', others };
}

/**
 * Any results of the type can be drawn, an empty list of variants too; sections without data are left out.
 * @throws for `weights` alone: `report/nothing-to-draw`, `report/weights`, `report/not-drawable`
 */
export function toHtml(results: Results, options: HtmlOptions = {}): string {
  const title = escapeXml(options.title ?? results.task);
  const facts = headlines(results).map(
    ({ label, value, note }) =>
      `<div class="card fact"><div class="label">${escapeXml(label)}</div><div class="value">${escapeXml(value)}</div><div class="note">${escapeXml(note)}</div></div>`,
  );
  const { first, others } = scatters(results);
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
${decidedSection(results)}
${first}
${card('Variants', htmlTable(results))}
${others.length > 1 ? `<div class="pair">${others.join('\n')}</div>` : others.join('')}
${receiptsSection(options.receipts ?? [])}
${weightsSection(options.weights ?? [])}
${leftOutSection(results)}
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
