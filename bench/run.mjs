// `npm run bench -- NAME [arguments]` runs bench/NAME.bench.mjs; without a name it lists them.
// A bench exports `name`, `description` and `run({ args, peers, out })`; it prints its table, and what `run` returns is kept in bench/out/NAME.json.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, platform, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openPeer, peersPython } from './peers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const suffix = '.bench.mjs';

/** @typedef {{ name: string, description: string, run: (context: { args: readonly string[], peers: { open: typeof openPeer, python: string | undefined }, out: string }) => Promise<unknown> }} Bench */

const load = (name) => import(pathToFileURL(join(here, `${name}${suffix}`)).href);
const names = () =>
  readdirSync(here)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();

async function list() {
  console.log('npm run bench -- NAME [arguments]\n');
  for (const name of names()) console.log(`  ${name.padEnd(16)} ${(await load(name)).description}`);
  if (!names().length) console.log('  (no bench yet)');
  console.log(`\npeers: ${peersPython() ?? 'not installed, see bench/peers/README.md'}`);
}

async function run(name, args) {
  const out = join(here, 'out');
  mkdirSync(out, { recursive: true });
  const bench = await load(name);
  const start = performance.now();
  const result = await bench.run({ args, peers: { open: openPeer, python: peersPython() }, out });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem(), platform: platform(), node: process.version };
  if (result !== undefined)
    writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ name, args, date: new Date().toISOString(), machine, result }, null, 2)}\n`);
  console.log(`\n${name}: ${((performance.now() - start) / 1000).toFixed(1)} s${result === undefined ? '' : `, kept in bench/out/${name}.json`}`);
}

const [name, ...args] = process.argv.slice(2);
if (!name) await list();
else if (names().includes(name)) await run(name, args);
else {
  console.error(`no bench named '${name}'; there are: ${names().join(', ')}`);
  process.exitCode = 2;
}
