// One Adam step of an MLP, ours against PyTorch's fused Adam on the same cores: each side with one thread and with all of them, in turns of a block each in one run; best against best.
import { linear, relu, sequential } from '@modeldiet/onnx-io';
import { ortBackend } from '@modeldiet/runtime';
import { random, tensor } from '@modeldiet/tensor';
import { adam, openTrainer } from '@modeldiet/train';
import * as ort from 'onnxruntime-node';

export const name = 'train-step';
export const description = "one Adam step of two MLPs against PyTorch's fused Adam, interleaved (--threads N, default 2; --blocks N; --spin)";

const cases = [
  { sizes: [64, 256, 10], batch: 64, steps: 400, aim: 2 },
  { sizes: [784, 1024, 1024, 10], batch: 256, steps: 12, aim: 1 },
];

const quantile = (xs, q) => {
  const sorted = [...xs].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  return sorted[Math.floor(at)] + (sorted[Math.ceil(at)] - sorted[Math.floor(at)]) * (at % 1);
};
const median = (xs) => quantile(xs, 0.5);
const spread = (xs) => ({ median: median(xs), p25: quantile(xs, 0.25), p75: quantile(xs, 0.75), n: xs.length });

/** Idle worker threads of the side that just ran go to sleep before the other side is timed. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

/** A side is `{ name, threads, block(steps) -> ms of each step, release() }`. */
async function openOurs({ sizes, batch, steps }, threads, spin) {
  const layers = sizes.slice(1).flatMap((to, i) => [linear(sizes[i], to), ...(i < sizes.length - 2 ? [relu()] : [])]);
  const trainer = await openTrainer(sequential(layers, { seed: 0 }), { backend: ortBackend(ort), optimizer: adam(), threads, spin });
  const r = random(0);
  const input = tensor(
    'float32',
    Float32Array.from({ length: batch * sizes[0] }, () => r.normal()),
    [batch, sizes[0]],
  );
  const label = tensor(
    'int64',
    BigInt64Array.from({ length: batch }, () => BigInt(r.int(sizes.at(-1)))),
    [batch],
  );
  const feeds = trainer.bind({ input, label });
  let step = 0;
  const block = async (count) => {
    const times = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await trainer.step(feeds, { step: ++step, steps: Number.MAX_SAFE_INTEGER });
      times.push(performance.now() - start);
    }
    return times;
  };
  await block(steps);
  return { name: 'modeldiet', threads, block, release: () => trainer.release() };
}

async function openTheirs({ sizes, batch, steps }, threads, peer) {
  const ask = (count) => peer.ask({ sizes, batch, threads, steps: count });
  const { torch } = await ask(steps);
  return { name: `PyTorch ${torch}`, threads, block: async (count) => (await ask(count)).ms, release: async () => {} };
}

/** Blocks of every side in turn; the medians of each side's blocks. */
async function measure(sides, { steps }, blocks) {
  for (const side of sides) Object.assign(side, { all: [], medians: [] });
  for (let i = 0; i < blocks; i++)
    for (const side of sides) {
      await settle();
      const times = await side.block(steps);
      side.all.push(...times);
      side.medians.push(median(times));
    }
}

const best = (sides) => sides.reduce((a, b) => (median(b.all) < median(a.all) ? b : a));

async function runCase(c, { threads, blocks, spin, peer }) {
  const counts = threads > 1 ? [1, threads] : [1];
  const ours = [];
  const theirs = [];
  try {
    for (const count of counts) ours.push(await openOurs(c, count, spin));
    for (const count of peer ? counts : []) theirs.push(await openTheirs(c, count, peer));
    await measure(
      counts.flatMap((_, i) => [ours[i], ...(theirs[i] ? [theirs[i]] : [])]),
      c,
      blocks,
    );
  } finally {
    for (const side of [...ours, ...theirs]) await side.release();
  }
  console.log(`${c.sizes.join('-')}, batch ${c.batch}`);
  const row = (side) => ({ name: side.name, threads: side.threads, ms: spread(side.all) });
  for (const side of [...ours, ...theirs]) {
    const { median: m, p25, p75 } = spread(side.all);
    console.log(`  ${side.name.padEnd(24)} ${side.threads} thread${side.threads > 1 ? 's' : ' '}  ${m.toFixed(3)} ms (${p25.toFixed(3)} to ${p75.toFixed(3)})`);
  }
  const result = { ...c, spin, ours: ours.map(row), theirs: theirs.map(row) };
  if (!theirs.length) return result;
  const [a, b] = [best(ours), best(theirs)];
  const ratio = spread(b.medians.map((m, i) => m / a.medians[i]));
  const range = `${ratio.p25.toFixed(2)} to ${ratio.p75.toFixed(2)} over ${blocks} blocks`;
  console.log(`  best against best: ${ratio.median.toFixed(2)}x (${range}); above 1 ours is faster; aim ${c.aim}`);
  return { ...result, ratio };
}

export async function run({ args, peers }) {
  const option = (flag, otherwise) => (args.includes(flag) ? Number(args[args.indexOf(flag) + 1]) : otherwise);
  const settings = { threads: option('--threads', 2), blocks: option('--blocks', 15), spin: args.includes('--spin') };
  const peer = peers.open('train_step.py', { OMP_NUM_THREADS: String(settings.threads) });
  try {
    const results = [];
    for (const c of cases) results.push(await runCase(c, { ...settings, peer }));
    return results;
  } finally {
    await peer?.close();
  }
}
