import { describe, expect, it } from 'vitest';
import { type Arena, openArena } from '../arena';
import { adam, adamW } from '../optimizers/adam';
import type { Optimizer } from '../optimizers/optimizer';
import { cosine } from '../optimizers/schedule';
import { sgd } from '../optimizers/sgd';
import { wasm } from './optimize.wasm';

const rows: readonly [string, Optimizer][] = [
  ['adam', adam({ lr: 3e-3 })],
  ['adam with L2', adam({ lr: 1e-2, weightDecay: 0.1, beta1: 0.8, eps: 1e-6 })],
  ['adamW with a schedule', adamW({ lr: 1e-2, schedule: cosine({ warmup: 2 }) })],
  ['sgd', sgd({ lr: 0.1 })],
  ['sgd with L2', sgd({ lr: 0.1, weightDecay: 0.01 })],
  ['momentum', sgd({ lr: 0.1, momentum: 0.9, weightDecay: 0.01 })],
  ['Nesterov', sgd({ lr: 0.1, momentum: 0.9, nesterov: true })],
];

/** A small generator, so that both arenas see the same numbers: mostly of order 1, some huge, some subnormal, some zero. */
function* numbers(seed: number): Generator<number> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const u = x / 2 ** 32 - 0.5;
    yield Math.fround(x % 11 === 0 ? 0 : x % 13 === 0 ? u * 1e18 : x % 17 === 0 ? u * 1e-40 : u);
  }
}

function run(optimizer: Optimizer, kernels: 'plain' | 'simd', masked = false): Arena {
  const parameters = [
    { name: 'w', dims: [7, 5] },
    { name: 'b', dims: [3] },
    { name: 'one', dims: [1, 1] },
  ];
  const arena = openArena({ parameters, state: optimizer.state, kernels, masked });
  const source = numbers(7);
  for (const { parameter } of arena.slices) for (let i = 0; i < parameter.length; i++) parameter[i] = source.next().value as number;
  if (masked) for (const { mask } of arena.slices) for (let i = 0; i < mask!.length; i += 3) mask![i] = 0;
  for (let step = 1; step <= 9; step++) {
    for (const { gradient } of arena.slices) for (let i = 0; i < gradient.length; i++) gradient[i] = source.next().value as number;
    optimizer.fused(arena.kernels, arena.regions, { step, steps: 9 });
    if (masked) arena.kernels.mask(arena.regions);
  }
  return arena;
}
const bits = (x: Float32Array): number[] => Array.from(new Uint32Array(x.buffer, x.byteOffset, x.length));

describe('kernels', () => {
  it.each(rows)('%s: plain and SIMD agree bit for bit', (_, optimizer) => {
    const [a, b] = [run(optimizer, 'plain'), run(optimizer, 'simd')];
    expect(a.kernels.name).toBe('plain');
    expect(b.kernels.name).toBe('simd');
    expect(bits(a.regions.parameters)).toEqual(bits(b.regions.parameters));
    a.regions.state.forEach((state, i) => {
      expect(bits(state)).toEqual(bits(b.regions.state[i]!));
    });
    expect(a.regions.parameters.some((x) => x !== 0 && Number.isFinite(x))).toBe(true);
  });
  it('a mask holds parameters at +0, bit for bit', () => {
    const [a, b] = [run(adam(), 'plain', true), run(adam(), 'simd', true)];
    expect(bits(a.regions.parameters)).toEqual(bits(b.regions.parameters));
    const { parameter } = a.slices[0]!;
    expect(bits(parameter).filter((_, i) => i % 3 === 0)).toEqual(Array.from({ length: 12 }, () => 0));
    expect(parameter[1]).not.toBe(0);
  });
  it('is small', () => {
    expect(atob(wasm).length).toBeLessThanOrEqual(4096);
  });
});

/** The papers' formulas in double precision. */
describe('optimizers', () => {
  const gradients = [0.5, -0.25, 1, 0.125, -2];
  const follow = (optimizer: Optimizer): number => {
    const arena = openArena({ parameters: [{ name: 'p', dims: [1] }], state: optimizer.state });
    arena.slices[0]!.parameter[0] = 1;
    gradients.forEach((g, i) => {
      arena.slices[0]!.gradient[0] = g;
      optimizer.fused(arena.kernels, arena.regions, { step: i + 1, steps: gradients.length });
    });
    return arena.slices[0]!.parameter[0]!;
  };
  it('adam and adamW', () => {
    for (const [optimizer, l2, decay] of [
      [adam({ lr: 0.1 }), 0, 0],
      [adam({ lr: 0.1, weightDecay: 0.3 }), 0.3, 0],
      [adamW({ lr: 0.1, weightDecay: 0.3 }), 0, 0.3],
    ] as const) {
      let [p, m, v] = [1, 0, 0];
      gradients.forEach((gradient, i) => {
        const g = gradient + l2 * p;
        p -= 0.1 * decay * p;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        p -= (0.1 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
      });
      expect(follow(optimizer)).toBeCloseTo(p, 5);
    }
  });
  it('sgd', () => {
    let [p, b, q, c] = [1, 0, 1, 0];
    for (const gradient of gradients) {
      b = 0.9 * b + gradient + 0.1 * p;
      p -= 0.05 * b;
      c = 0.9 * c + gradient;
      q -= 0.05 * (gradient + 0.9 * c);
    }
    expect(follow(sgd({ lr: 0.05, momentum: 0.9, weightDecay: 0.1 }))).toBeCloseTo(p, 5);
    expect(follow(sgd({ lr: 0.05, momentum: 0.9, nesterov: true }))).toBeCloseTo(q, 5);
    expect(follow(sgd({ lr: 0.05 }))).toBeCloseTo(1 - 0.05 * gradients.reduce((x, y) => x + y), 6);
  });
  it('name and options are their JSON', () => {
    expect(JSON.parse(JSON.stringify(adam({ lr: 0.1, schedule: cosine() })))).toMatchObject({
      name: 'adam',
      options: { lr: 0.1, beta1: 0.9, schedule: { name: 'cosine' } },
    });
    expect(Object.isFrozen(sgd())).toBe(true);
  });
  it('refuses options out of range', () => {
    const refused = expect.objectContaining({ code: 'train/option' });
    for (const call of [
      () => adam({ lr: 0 }),
      () => adam({ lr: Number.NaN }),
      () => adam({ beta1: 1 }),
      () => adam({ eps: 0 }),
      () => adamW({ weightDecay: -1 }),
      () => sgd({ nesterov: true }),
      () => sgd({ momentum: 1 }),
      () => cosine({ warmup: -1 }),
      () => cosine({ to: 2 }),
    ])
      expect(call).toThrow(refused);
  });
  it('cosine rises, then falls to its end', () => {
    const schedule = cosine({ warmup: 4, to: 0.1 });
    const factors = Array.from({ length: 20 }, (_, i) => schedule.factor({ step: i + 1, steps: 20 }));
    expect(factors[0]).toBeCloseTo(0.2);
    expect(Math.max(...factors)).toBe(1);
    expect(factors.at(-1)).toBeGreaterThanOrEqual(0.1);
    expect(factors.at(-1)).toBeLessThan(0.12);
  });
});
