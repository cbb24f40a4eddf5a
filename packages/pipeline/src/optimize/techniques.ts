// The techniques that optimize tries: each a plan of steps, the cheapest first. A technique is a row.
import { type Needs, type Step, stepRows } from '../plan/steps';

export interface Technique {
  readonly steps: readonly Step[];
}

/**
 * Multiples of 8 keep vector kernels full. Measured with onnxruntime-node 1.30.0, AVX2, one thread, batch 1, time of the pruned model over that of the original, any number against multiples of 8:
 * blazeface 1.27 against 0.70, PP-OCR cls 1.01 against 0.78, a MobileNet 1.66 against 0.85, a ResNet 0.96 against 0.77 (2026-11).
 */
const channels = { step: 'pruneStructured', multipleOf: 8 } as const;

/** THE TABLE, in the order of what a technique costs to try: what a file alone gives, what takes data, what takes training. */
export const techniques = {
  simplify: { steps: [{ step: 'simplify' }] },
  float16: { steps: [{ step: 'convertFloat', format: 'float16' }] },
  int8: { steps: [{ step: 'quantizeDynamic' }] },
  'int8 per tensor': { steps: [{ step: 'quantizeDynamic', granularity: 'perTensor' }] },
  'simplify + int8': { steps: [{ step: 'simplify' }, { step: 'quantizeDynamic' }] },
  'int4 weights': { steps: [{ step: 'quantizeWeights', bits: 4 }] },
  'static int8': { steps: [{ step: 'quantizeStatic' }] },
  'simplify + static int8': { steps: [{ step: 'simplify' }, { step: 'quantizeStatic' }] },
  'pruned 30 %': { steps: [{ ...channels, amount: 0.3 }] },
  'pruned 30 % + int8': { steps: [{ ...channels, amount: 0.3 }, { step: 'quantizeDynamic' }] },
  'trained int8': { steps: [{ step: 'quantizeTrained' }] },
  'pruned 30 %, tuned': { steps: [{ ...channels, amount: 0.3 }, { step: 'fineTune' }] },
  'pruned 30 %, tuned + int8': { steps: [{ ...channels, amount: 0.3 }, { step: 'fineTune' }, { step: 'quantizeDynamic' }] },
  'pruned 60 %, tuned + int8': { steps: [{ ...channels, amount: 0.6 }, { step: 'fineTune' }, { step: 'quantizeDynamic' }] },
} as const satisfies Record<string, Technique>;
export type TechniqueName = keyof typeof techniques;

const rank = { nothing: 0, data: 1, labels: 2 } as const satisfies Record<Needs, number>;

/** The most that any of its steps needs. */
export const needsOf = ({ steps }: Technique): Needs =>
  steps.map(({ step }) => stepRows[step].needs).reduce<Needs>((most, needs) => (rank[needs] > rank[most] ? needs : most), 'nothing');

/** Techniques in the order they are tried: those of `first`, then by what they need, then as the table has them. */
export function ordered(table: Readonly<Record<string, Technique>>, first: readonly string[] = []): [name: string, technique: Technique][] {
  const place = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return Object.entries(table).sort(([a, left], [b, right]) => place(a) - place(b) || rank[needsOf(left)] - rank[needsOf(right)]);
}
