// What the demo prints: the results as two tables that fit a terminal, and what they say in words.
import { formatCount, formatMs, formatRatio, resultsTable } from '@modeldiet/pipeline';
import { resultsText } from 'modeldiet';

/** What a model weighs, and what a run of it costs. The names of the columns are those of `resultsTable`. */
export const columns = {
  weight: ['name', 'bytes', 'smaller', 'gzipBytes', 'parameters', 'loadMs', 'firstRunMs', 'peakRssBytes'],
  speed: ['name', 'latencyMs.1', 'faster.1', 'latencyMs.64', 'faster.64', 'accuracy', 'onFrontier'],
};

export const tables = (results) => Object.values(columns).map((keys) => resultsText(resultsTable(results, { columns: keys })));

const share = (part, whole) => `${((100 * part) / whole).toFixed(0)} %`;

/** Whether no row's accuracy is outside the interval of another. */
const allWithin = (scores) => scores.every(({ value }) => scores.every(({ ci95 }) => value >= ci95[0] && value <= ci95[1]));

/** Sentences for what a table does not say by itself. Each is left out where the results lack its variants. */
export function remarks({ variants }) {
  const of = (name) => variants.find((variant) => variant.name === name);
  const [baseline] = variants;
  const sparse = of('pruned 40 %');
  const slim = of('pruned 30 % of channels');
  const last = variants.at(-1);
  const scores = variants.flatMap(({ accuracy }) => accuracy ?? []);
  return [
    sparse &&
      `pruned 40 %: the zeros are stored and computed with like any other number. ${formatCount(sparse.bytes)} bytes, as before, though gzip packs them to ${share(sparse.gzipBytes, baseline.gzipBytes)};\n` +
        `a run at batch 64 takes ${formatMs(sparse.latencyMs['64'].median)} (baseline ${formatMs(baseline.latencyMs['64'].median)}): you still multiply by zero.`,
    slim &&
      `pruned 30 % of channels: rows and columns are gone, the matrices really are smaller. ${share(slim.bytes, baseline.bytes)} of the bytes, ${share(slim.latencyMs['64'].median, baseline.latencyMs['64'].median)} of the time at batch 64.`,
    scores.length > 0 &&
      allWithin(scores) &&
      `accuracy: every row lies in the interval of every other. One digit of ${scores[0].n} is ${(100 / scores[0].n).toFixed(2)} points: that a row gained or lost so little is no finding (docs/claims.md measures it over several seeds).`,
    last !== baseline &&
      `${last.name}: ${formatRatio(baseline.bytes / last.bytes)} smaller than the baseline, ${formatRatio(baseline.latencyMs['64'].median / last.latencyMs['64'].median)} the speed at batch 64. Stop earlier when an earlier row meets your target.`,
  ].filter(Boolean);
}
