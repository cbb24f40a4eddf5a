// Writes the demo's table into README.md, between its markers: `node scripts/build-readme.mjs` from the last demo, or `npm run demo -- --readme`.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultsTable } from '@modeldiet/pipeline';
import { conditions, markdownTable } from '@modeldiet/report';
import { columns } from './demo/text.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const markers = ['<!-- demo table: written by `npm run demo -- --readme` -->', '<!-- end of the demo table -->'];

/** Puts `text` between the markers of a page; what is outside stays as it is. */
export function between(page, text) {
  const [from, to] = markers.map((marker) => page.indexOf(marker));
  if (from < 0 || to < from) throw new Error(`README.md has no place for the table: expected ${markers.join(' ... ')}`);
  return `${page.slice(0, from + markers[0].length)}\n\n${text}\n\n${page.slice(to)}`;
}

const wanted = ['ONNX Runtime', 'threads', 'CPU', 'memory', 'runtime', 'system'];

/** The two tables of the demo, and under which conditions they came about. `date` is that of the measurement, `note` what else a reader should know. */
export function demoSection(results, date, note) {
  const tables = Object.values(columns).map((keys) => markdownTable(resultsTable(results, { columns: keys })));
  const told = conditions(results.environment).filter(({ label }) => wanted.includes(label));
  const said = told.map(({ label, text }) => `${label}: ${text}`).join('; ');
  return [
    ...tables,
    `Measured ${date}${note ? `, ${note}` : ''}. ${said}. Intervals are 95 %: of the median for latency, Wilson's for accuracy${results.judgedOn === undefined ? '' : ` on ${results.judgedOn}`}.`,
  ].join('\n\n');
}

/** Writes README.md from results. */
export function writeReadme(results, { date = new Date().toISOString().slice(0, 10), note } = {}) {
  const file = join(root, 'README.md');
  writeFileSync(file, between(readFileSync(file, 'utf8'), demoSection(results, date, note)));
}

if (process.argv[1] && basename(process.argv[1]) === 'build-readme.mjs') {
  const at = process.argv.indexOf('--note');
  const results = JSON.parse(readFileSync(join(root, 'demo-out/results.json'), 'utf8'));
  writeReadme(results, { note: at > 0 ? process.argv[at + 1] : undefined });
}
