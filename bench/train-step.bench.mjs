// One Adam step of an MLP, ours against PyTorch's fused Adam: the same sizes, batch and threads, in turns of a block each in one run.
import { linear, relu, sequential } from '@modeldiet/onnx-io';
import { ortBackend } from '@modeldiet/runtime';
import { random, tensor } from '@modeldiet/tensor';
import { adam, openTrainer } from '@modeldiet/train';
import * as ort from 'onnxruntime-node';

export const name = 'train-step';
export const description = 'one Adam step of two MLPs against PyTorch fused Adam, interleaved (--threads N, --blocks N, --no-spin)';

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
const ms = ({ median: m, p25, p75 }) => `${m.toFixed(3)} ms (${p25.toFixed(3)} to ${p75.toFixed(3)})`;

/** Idle worker threads of the side that just ran go to sleep before the other side is timed. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

async function openOurs({ sizes, batch }, threads, spin) {
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
  const block = async (steps) => {
    const times = [];
    for (let i = 0; i < steps; i++) {
      const start = performance.now();
      await trainer.step(feeds, { step: ++step, steps: Number.MAX_SAFE_INTEGER });
      times.push(performance.now() - start);
    }
    return times;
  };
  await block(Math.max(5, steps(sizes)));
  return { block, release: () => trainer.release() };
}
const steps = (sizes) => (sizes[0] > 500 ? 5 : 200);

async function runCase(c, { threads, blocks, spin, peer }) {
  const ours = await openOurs(c, threads, spin);
  const [mine, theirs, ratios] = [[], [], []];
  let torch;
  try {
    if (peer) await peer.ask({ ...c, threads, steps: c.steps });
    for (let i = 0; i < blocks; i++) {
      await settle();
      const a = await ours.block(c.steps);
      mine.push(...a);
      if (!peer) continue;
      await settle();
      const answer = await peer.ask({ ...c, threads, steps: c.steps });
      torch = answer.torch;
      theirs.push(...answer.ms);
      ratios.push(median(answer.ms) / median(a));
    }
  } finally {
    await ours.release();
  }
  const label = `${c.sizes.join('-')}, batch ${c.batch}, ${threads} thread${threads === 1 ? '' : 's'}`;
  console.log(`${label}\n  modeldiet ${ms(spread(mine))}`);
  if (peer) {
    const ratio = spread(ratios);
    console.log(`  PyTorch ${torch}, fused Adam ${ms(spread(theirs))}`);
    console.log(
      `  ratio ${ratio.median.toFixed(2)} (${ratio.p25.toFixed(2)} to ${ratio.p75.toFixed(2)} over ${blocks} blocks); above 1: ours is faster; aim ${c.aim}`,
    );
  }
  return { ...c, threads, spin, ours: spread(mine), ...(peer && { torch, theirs: spread(theirs), ratio: spread(ratios) }) };
}

export async function run({ args, peers }) {
  const option = (flag, otherwise) => (args.includes(flag) ? Number(args[args.indexOf(flag) + 1]) : otherwise);
  const settings = { threads: option('--threads', 2), blocks: option('--blocks', 15), spin: !args.includes('--no-spin') };
  const peer = peers.open('train_step.py', { OMP_NUM_THREADS: String(settings.threads) });
  try {
    const results = [];
    for (const c of cases) results.push(await runCase(c, { ...settings, peer }));
    return results;
  } finally {
    await peer?.close();
  }
}
