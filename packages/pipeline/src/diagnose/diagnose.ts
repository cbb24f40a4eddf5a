// Why a model is slow or wrong, in words: its receipt read by rules.
import { allNodes, keyOf, type Model, requireModel } from '@modeldiet/onnx-io';
import { profileModel } from '@modeldiet/profiler';
import { type Backend, probeTarget, randomFeeds, type Target } from '@modeldiet/runtime';
import { type Batches, checkpoint, type Feeds, type LongWork } from '@modeldiet/tensor';
import type { DiagnoseRule, Evidence, Finding } from './finding';
import { diagnoseRules } from './rules';

export interface DiagnoseOptions extends LongWork {
  /** One that traces. */
  readonly backend: Backend;
  readonly feeds: Batches | Feeds;
  /** The float model that this one was made from: what the same nodes cost there. */
  readonly against?: Model;
  /** Where it will run; default: this backend, asked how it multiplies. */
  readonly target?: Target;
  /** Default 1. */
  readonly threads?: number;
  /** Traced runs; default 20. */
  readonly runs?: number;
  readonly rules?: Readonly<Record<string, DiagnoseRule>>;
}

/**
 * Profiles a model and says what costs it speed or exactness, dearest first; empty: no rule found anything. Throws what `profileModel` throws.
 * @example
 * for (const { node, evidence, cure } of await diagnose(model, { backend, feeds: randomFeeds(model) })) console.log(node, evidence, cure);
 */
export async function diagnose(model: Model, options: DiagnoseOptions): Promise<Finding[]> {
  requireModel(model);
  const { backend, feeds, against, threads = 1, runs = 20, rules = diagnoseRules, signal, onProgress, onWarning } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  const settings = { ...work, backend, threads, runs, rates: false } as const;
  const receipt = await profileModel(model, { ...settings, feeds });
  const original = against && (await profileModel(against, { ...settings, feeds }));
  const target = options.target ?? (await probeTarget(backend, { signal }));
  const nodes = new Map([...allNodes(model)].map((node) => [keyOf(node), node] as const));
  const evidence: Evidence = {
    model,
    receipt,
    ...(original && { original }),
    target,
    work,
    nodeOf: ({ node }) => nodes.get(node),
    floatMs: async (single) => {
      const { nodes: kernels } = await profileModel(single, { ...settings, feeds: randomFeeds(single, { seed: 0 }) });
      return kernels.find(({ opType }) => /MatMul|Gemm|Conv/.test(opType))?.ms;
    },
  };
  const found: Finding[] = [];
  const entries = Object.entries(rules);
  for (const [done, [rule, { find }]] of entries.entries()) {
    await checkpoint(work, { phase: 'diagnose', done, total: entries.length, unit: 'steps', item: rule });
    for (const finding of await find(evidence)) found.push({ rule, ...finding });
  }
  return found.sort((a, b) => b.costMs - a.costMs);
}
