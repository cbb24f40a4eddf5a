// npm run claims: measures what the lecture claims and writes docs/claims.md (`-- --note "under load"` says what else a reader should know; `--seeds N`, default 5).
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from '@modeldiet/profiler/node';
import { conditions, escapeMarkdown } from '@modeldiet/report';
import { nodeBackend } from '@modeldiet/runtime/node';
import { accuracyClaims } from './claims/accuracy.mjs';
import { numberClaims } from './claims/numbers.mjs';
import { peerClaims } from './claims/peers.mjs';
import { speedClaims } from './claims/speed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const columns = ['claim', 'measured here', 'does it hold', 'how it is held, and what is left out'];

const line = (cells) => `| ${cells.join(' | ')} |`;

/** @typedef {{ claim: string, measured: string, holds: 'yes' | 'partly' | 'no' | 'not measured', note: string }} Claim */

/** docs/claims.md. @param {readonly Claim[]} claims @param {object} env @param {{ date: string, seeds: number, note?: string }} about */
export function claimsPage(claims, env, { date, seeds, note }) {
  const rows = claims.map(({ claim, measured, holds, note: held }) => line([claim, measured, `**${holds}**`, held].map((cell) => cell.replaceAll('|', '\\|'))));
  const told = conditions(env).map(({ label, text }) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(text)}`);
  return [
    '# Claims, measured',
    '<!-- Written by `npm run claims`; do not edit. -->',
    'What courses on small models say, each held against a measurement of this repository. Accuracy: 64-1024-10 on 360 test digits of 1,797, mean over seeds with a 95 % t-interval, paired with the float32 model of the same seed (split, weights and order change together). Time: the sides run in turns, one thread, median with a 95 % interval.',
    [line(columns), line(columns.map(() => '---')), ...rows].join('\n'),
    '## Conditions',
    [`- measured: ${date}${note ? `, ${note}` : ''}`, `- seeds: ${seeds}`, ...told].join('\n'),
    'Every row comes from a function of [scripts/claims](../scripts/claims); run `npm run claims` for the table of your machine.\n',
  ].join('\n\n');
}

async function main() {
  const { values } = parseArgs({ options: { note: { type: 'string' }, seeds: { type: 'string', default: '5' } } });
  const seeds = Number(values.seeds);
  if (!(Number.isInteger(seeds) && seeds >= 2)) throw new Error(`--seeds: expected a whole number, 2 or more (an interval needs two), got ${values.seeds}`);
  const started = performance.now();
  const say = (text) => console.error(`claims   ${`${((performance.now() - started) / 1000).toFixed(0)} s`.padStart(5)}  ${text}`);
  const backend = await nodeBackend();
  const context = { backend, seeds, say, note: values.note };
  const claims = [...(await accuracyClaims(context)), ...(await speedClaims(context)), ...(await peerClaims(context)), ...numberClaims()];
  const env = { ...environment(), ort: backend.runtime, threads: 1 };
  writeFileSync(join(root, 'docs/claims.md'), claimsPage(claims, env, { date: new Date().toISOString().slice(0, 10), seeds, note: values.note }));
  for (const { claim, holds } of claims) console.log(`${holds.padEnd(12)} ${claim}`);
  say('done: docs/claims.md');
}

if (process.argv[1] && basename(process.argv[1]) === 'build-claims.mjs') await main();
