// ONNX Runtime against the forward pass in Python. With the peers of bench/peers it is measured and kept; without them the kept measurement is shown, with its date; without that: not measured.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { formatMs, formatRatio } from '@modeldiet/pipeline';
import { bindFeeds } from '@modeldiet/runtime';
import { median } from '@modeldiet/tensor';
import { openPeer } from '../../bench/peers.mjs';
import { bytesOf, feedsOf, mlp } from './turns.mjs';
import { list, verdict } from './words.mjs';

const kept = new URL('./peers.json', import.meta.url);
const libraries = { sklearn: 'scikit-learn', torch: 'PyTorch (eager)' };
const cases = [
  { sizes: [64, 256, 128, 10], batch: 1, runs: 300 },
  { sizes: [64, 256, 128, 10], batch: 64, runs: 200 },
  { sizes: [64, 1024, 10], batch: 1, runs: 300 },
  { sizes: [64, 1024, 10], batch: 64, runs: 100 },
];
const blocks = 5;

/** Blocks of runs in turns: ours, then each of theirs. */
async function measureCase({ sizes, batch, runs }, backend, peer) {
  const model = mlp(...sizes);
  const session = await backend.createSession(await bytesOf(model), { threads: 1 });
  const feeds = bindFeeds(session.inputs, feedsOf(model, { batch }));
  const times = { ours: [], sklearn: [], torch: [] };
  const versions = {};
  for (let i = 0; i < 50; i++) await session.run(feeds);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < runs; i++) {
      const start = performance.now();
      await session.run(feeds);
      times.ours.push(performance.now() - start);
    }
    for (const library of Object.keys(libraries)) {
      const { ms, version } = await peer.ask({ library, sizes, batch, runs });
      times[library].push(...ms);
      versions[library] = version;
    }
  }
  await session.release();
  return { net: sizes.join('-'), batch, versions, ms: Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)])) };
}

async function measureAll({ backend, say, note }) {
  const peer = openPeer('forward.py');
  if (!peer) return undefined;
  try {
    const rows = [];
    for (const one of cases) {
      say(`against Python: ${one.sizes.join('-')}, batch ${one.batch}`);
      rows.push(await measureCase(one, backend, peer));
    }
    return { date: new Date().toISOString().slice(0, 10), cpu: cpus()[0]?.model ?? 'unknown', runtime: backend.runtime, ...(note && { note }), rows };
  } catch (error) {
    say(`against Python: ${error.message}`);
    return undefined;
  } finally {
    await peer.close();
  }
}

const claim = 'ONNX Runtime is 2 to 5 times faster than the Python model';

/** @returns the row of the page that needs Python */
export async function peerClaims(context) {
  const fresh = await measureAll(context);
  if (fresh) writeFileSync(kept, `${JSON.stringify(fresh, null, 2)}\n`);
  const shown = fresh ?? (existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : undefined);
  if (!shown) return [{ claim, measured: 'not measured: no Python peers here (bench/peers/README.md)', holds: 'not measured', note: '' }];
  const { versions } = shown.rows[0];
  const cell = ({ net, batch, ms }) =>
    `${net} at batch ${batch} ${formatMs(ms.ours)}, ${list(Object.entries(libraries).map(([key, name]) => `${formatRatio(ms[key] / ms.ours)} the speed of ${name}`))}`;
  const ratios = shown.rows.flatMap(({ ms }) => Object.keys(libraries).map((key) => ms[key] / ms.ours));
  return [
    {
      claim,
      measured: shown.rows.map(cell).join('; '),
      holds: verdict(ratios.map((ratio) => ratio >= 2)),
      note: `Held to twice as fast or more. One thread each, forward pass alone, in blocks in turns: ${shown.runtime} from Node, scikit-learn ${versions.sklearn}, PyTorch ${versions.torch}; ${shown.cpu}, ${shown.date}${shown.note ? `, ${shown.note}` : ''}. Most of the gain at batch 1 is the call, not the arithmetic.`,
    },
  ];
}
