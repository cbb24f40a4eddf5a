// The number loops: SIMD kernels, their TypeScript twins, plain loops, @petamoriken/float16, and numpy + ml_dtypes and ONNX Runtime's int4 packer where the Python peers are installed.
// 64 MiB of float32, copies included, one thread each (the packer of ONNX Runtime: as many as it takes), all candidates of a job taking turns.
import {
  chooseQParams,
  dequantizeLinear,
  encodeArray,
  float8e4m3fn,
  int4,
  int8,
  kernelPath,
  perAxis,
  perBlock,
  plain,
  quantizeLinear,
  simd,
} from '@modeldiet/numfmt';
import { random } from '@modeldiet/tensor';
import { getFloat16, setFloat16 } from '@petamoriken/float16';

export const name = 'numfmt';
export const description = 'number loops in GB/s: absmax, int8, int4 blocks, float16, bfloat16, float8, histogram (arguments: part of a job name)';

const rows = 4096;
const count = rows * rows;
const dims = [rows, rows];
const rounds = 7;
/** What takes a call a number runs on this share of the numbers, and its time is multiplied. */
const share = 64;

function naiveInt8(x, out) {
  let top = 0;
  for (let i = 0; i < x.length; i++) top = Math.max(top, Math.abs(x[i]));
  const scale = top / 127;
  for (let i = 0; i < x.length; i++) out[i] = Math.max(-128, Math.min(127, Math.round(x[i] / scale)));
}

/** job -> candidate -> what to run; the first candidate is the one others are compared with. A string is the peer's name for it. */
function jobsOf(x, y) {
  const whole = { outer: 1, channels: 1, inner: count };
  const bytes = new Int8Array(count);
  const halves = new Uint16Array(count);
  const floats = new Float32Array(count);
  const view = new DataView(halves.buffer);
  const one = { scales: Float32Array.of(1 / 127), zeroPoints: Int32Array.of(0), lo: -128, hi: 127 };
  const tensor = chooseQParams(x, { format: int8 });
  const codes = quantizeLinear(x, tensor);
  const blocks = (axis) => () => quantizeLinear(x, chooseQParams(x, { format: int4, granularity: perBlock(32, axis), dims }));
  simd.float32ToFloat16(x, halves);
  return {
    absmax: {
      simd: () => simd.ranges(x, whole),
      plain: () => plain.ranges(x, whole),
      'Math.max loop': () => x.reduce((a, v) => Math.max(a, Math.abs(v)), 0),
      numpy: 'absmax',
    },
    'float32 -> int8, scale known': {
      simd: () => simd.quantize8(x, bytes, whole, one),
      plain: () => plain.quantize8(x, bytes, whole, one),
      numpy: 'int8-known',
    },
    'float32 -> int8, scale found': {
      modeldiet: () => quantizeLinear(x, chooseQParams(x, { format: int8 })),
      'plain loop': () => naiveInt8(x, bytes),
      numpy: 'int8',
    },
    'float32 -> int8, per row': { modeldiet: () => quantizeLinear(x, chooseQParams(x, { format: int8, granularity: perAxis(0), dims })), numpy: 'int8-rows' },
    'float32 -> int8, per column': {
      modeldiet: () => quantizeLinear(x, chooseQParams(x, { format: int8, granularity: perAxis(1), dims })),
      numpy: 'int8-columns',
    },
    'int8 -> float32': { modeldiet: () => dequantizeLinear(codes, tensor), numpy: 'int8-back' },
    'float32 -> int4, blocks of 32 along rows': { modeldiet: blocks(1), 'ONNX Runtime (MatMulNBits)': 'int4', numpy: 'int4-numpy' },
    'float32 -> int4, blocks of 32 along columns': { modeldiet: blocks(0), 'ONNX Runtime (blocked QDQ)': 'int4-qdq' },
    'float32 -> float16': {
      simd: () => simd.float32ToFloat16(x, halves),
      plain: () => plain.float32ToFloat16(x, halves),
      '@petamoriken/float16': () => {
        for (let i = 0; i < count / share; i++) setFloat16(view, i * 2, x[i], true);
      },
      numpy: 'float16',
    },
    'float16 -> float32': {
      simd: () => simd.float16ToFloat32(halves, floats),
      plain: () => plain.float16ToFloat32(halves, floats),
      '@petamoriken/float16': () => {
        for (let i = 0; i < count / share; i++) floats[i] = getFloat16(view, i * 2, true);
      },
      numpy: 'float16-back',
    },
    'float32 -> bfloat16': { simd: () => simd.float32ToBfloat16(x, halves), plain: () => plain.float32ToBfloat16(x, halves), ml_dtypes: 'bfloat16' },
    'float32 -> float8e4m3fn': { modeldiet: () => encodeArray(x, float8e4m3fn), ml_dtypes: 'float8' },
    'histogram, 2048 bins': {
      simd: () => simd.histogram(x, -1, 1, new Uint32Array(2048)),
      plain: () => plain.histogram(x, -1, 1, new Uint32Array(2048)),
      numpy: 'histogram',
    },
    'squared error': { simd: () => simd.squaredError(x, y), plain: () => plain.squaredError(x, y), numpy: 'squared-error' },
  };
}

const median = (xs) => xs.toSorted((a, b) => a - b)[xs.length >> 1];

async function timeOf(what, who, peer) {
  if (typeof what === 'string') return (await peer.ask({ job: what })).ms;
  const start = performance.now();
  what();
  return (performance.now() - start) * (who.startsWith('@') ? share : 1);
}

export async function run({ args, peers }) {
  const rng = random(1);
  const x = Float32Array.from({ length: count }, () => rng.next() * 2 - 1);
  const y = x.map((v) => v + 0.001);
  const peer = peers?.open('numfmt.py', { OMP_NUM_THREADS: '1' });
  await peer?.ask({ prepare: rows });
  const { path, reason } = kernelPath();
  console.log(`kernels: ${path}${reason ? ` (${reason})` : ''}; ${(count * 4) / 2 ** 20} MiB of float32, median of ${rounds} [fastest .. slowest]\n`);
  const results = [];
  for (const [job, candidates] of Object.entries(jobsOf(x, y))) {
    if (args?.length && !args.some((word) => job.includes(word))) continue;
    const times = Object.fromEntries(Object.keys(candidates).map((who) => [who, []]));
    for (let round = -1; round < rounds; round++)
      for (const [who, what] of Object.entries(candidates)) {
        if (typeof what === 'string' && !peer) continue;
        const ms = await timeOf(what, who, peer);
        if (round >= 0) times[who].push(ms);
      }
    const base = median(Object.values(times)[0]);
    for (const [who, all] of Object.entries(times).filter(([, all]) => all.length)) {
      const ms = median(all);
      const row = {
        job,
        who,
        ms,
        min: Math.min(...all),
        max: Math.max(...all),
        gigabytes: (count * 4) / 1e6 / ms,
        millionNumbers: count / 1e3 / ms,
        timesOurs: ms / base,
      };
      results.push(row);
      const spread = `[${row.min.toFixed(1)} .. ${row.max.toFixed(1)}]`;
      console.log(
        `${job.padEnd(44)} ${who.padEnd(28)} ${ms.toFixed(1).padStart(8)} ms ${spread.padEnd(20)} ${row.gigabytes.toFixed(2).padStart(6)} GB/s ${row.millionNumbers.toFixed(0).padStart(6)} M/s  x${row.timesOurs.toFixed(2)}`,
      );
    }
  }
  await peer?.close();
  return results;
}
