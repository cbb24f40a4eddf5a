// Variants of one model, all measured in the same way: bytes, opening, latency in turns, accuracy, and which of them are worth having.
import { environment } from '@modeldiet/profiler';
import { type BenchOptions, defaultBatches, type Figures, openBench } from './bench';
import { frontier } from './frontier';
import type { Environment, Results, VariantResult } from './results';
import { checkVariants, type Variant } from './variant';

export interface CompareVariantsOptions extends BenchOptions {
  /** What the results are about, one line. */
  readonly task: string;
  /** Default: what the engine tells; in Node that of `@modeldiet/profiler/node` tells more. */
  readonly environment?: Environment;
}

/** Marks those on the frontier of bytes against accuracy, or agreement, or else speed at the smallest batch. */
export function marked(results: readonly Omit<VariantResult, 'onFrontier'>[], batches: readonly number[]): VariantResult[] {
  const smallest = String(Math.min(...batches));
  const scored = results.some(({ accuracy, agreement }) => accuracy ?? agreement);
  const gain = (result: Omit<VariantResult, 'onFrontier'>): number =>
    scored ? ((result.accuracy ?? result.agreement)?.value ?? Number.NaN) : -(result.latencyMs[smallest]?.median ?? Number.NaN);
  const best = new Set(frontier(results, { cost: ({ bytes }) => bytes, gain }));
  return results.map((result) => ({ ...result, onFrontier: best.has(result) }));
}

/** What the measurement was made under, for the results. */
export const conditionsOf = ({ environment: given, backend, threads = 1 }: Pick<CompareVariantsOptions, 'environment' | 'backend' | 'threads'>) => ({
  ...(given ?? environment()),
  ort: backend.runtime,
  backend: backend.name,
  threads,
});

/**
 * Measures variants of one model side by side; the first is the baseline. Sessions are open at once, so that they can be run in turns, and freed whatever happens.
 * Throws `pipeline/no-variants`, `same-name`, `too-few-rows`, `fixed-batch`, and what sessions, datasets and metrics throw.
 * @example
 * const results = await compareVariants([{ name: 'float32', model }, { name: 'int8', model: small }], { task: 'digits', backend, dataset: test, metric: accuracy() });
 */
export async function compareVariants(variants: readonly Variant[], options: CompareVariantsOptions): Promise<Results> {
  checkVariants(variants);
  const { task, batches = defaultBatches } = options;
  const bench = openBench(options);
  try {
    const figures: Figures[] = [];
    for (const variant of variants) figures.push(await bench.add(variant, variants.length));
    const latency = await bench.time();
    const measured = figures.map((result, i) => ({ ...result, latencyMs: latency[i]! }));
    return { task, environment: conditionsOf(options), variants: marked(measured, batches) };
  } finally {
    await bench.close();
  }
}
