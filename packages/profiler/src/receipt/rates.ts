// What this machine can do through this backend: a large product, and a large copy. The two ceilings of the roofline (Williams, Waterman, Patterson, 2009).
import { type Dim, graphBuilder, type Model } from '@modeldiet/onnx-io';
import { type Backend, type SessionOptions, withSession } from '@modeldiet/runtime';
import type { Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';

export interface MachineRates {
  /** Of a float32 product of 512 x 512 matrices; 2 operations a multiply-accumulate. */
  readonly flopsPerSecond: number;
  /** Read and written, of 64 MiB that no cache holds. */
  readonly bytesPerSecond: number;
}

const side = 512;
const entries = 2 ** 24;
const runs = 5;

function single(opType: 'MatMul' | 'Neg', dims: readonly Dim[]): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', dims);
  const w = { type: 'float32', dims: [side, side], data: new Float32Array(side * side).fill(0.5) } as const;
  const y = opType === 'MatMul' ? g.op('MatMul', [x, g.constant('w', w)], {}, { name: 'probe' }) : g.op('Neg', [x], {}, { name: 'probe' });
  // A small output: what the runtime hands out is copied, which is not what is asked here.
  g.output(g.op('ReduceMax', [y], { keepdims: 0 }), 'y', { dtype: 'float32', dims: [] });
  return g.model();
}

/** The shortest time of the kernel in seconds, by the runtime's own trace. */
async function fastest(backend: Backend, model: Model, x: Tensor, options: SessionOptions): Promise<number> {
  return withSession(backend, model, { ...options, trace: true, optimize: 'basic' }, async (session) => {
    for (let i = 0; i < runs; i++) await session.run({ x }, { signal: options.signal });
    const times = (await session.trace!()).filter(({ node }) => node === 'probe').map(({ durationUs }) => durationUs);
    const least = Math.min(...times);
    if (!Number.isFinite(least) || least <= 0) throw fail('no-trace', { actual: times });
    return least / 1e6;
  });
}

/** Measures both rates; some hundred milliseconds. Needs a backend that traces. */
export async function machineRates(backend: Backend, options: SessionOptions = {}): Promise<MachineRates> {
  const matrix: Tensor = { type: 'float32', dims: [side, side], data: new Float32Array(side * side).fill(0.25) };
  const vector: Tensor = { type: 'float32', dims: [entries], data: new Float32Array(entries).fill(1) };
  const product = await fastest(backend, single('MatMul', [side, side]), matrix, options);
  const copy = await fastest(backend, single('Neg', [entries]), vector, options);
  return { flopsPerSecond: (2 * side ** 3) / product, bytesPerSecond: (2 * 4 * entries) / copy };
}
