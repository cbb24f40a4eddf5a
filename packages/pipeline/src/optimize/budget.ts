// A budget: what a model may cost and lose. A limit is a row: what it is called, how it is read from a variant's figures, what may be asked of it.

import { fail } from '../errors';
import { formatBytes, formatMs, formatShare } from '../format';
import type { VariantResult } from '../results';

/** The most that each may be; what is absent is not limited. Sizes are bytes, times milliseconds, shares 0 to 1. */
export interface Budget {
  /** The model's files together. */
  readonly sizeBytes?: number;
  readonly gzipBytes?: number;
  /** Its largest file, and that of the runtime it is downloaded with. */
  readonly largestFileBytes?: number;
  /** The model gzipped, and the runtime it is downloaded with. */
  readonly downloadBytes?: number;
  /** Median of a run at the smallest batch. */
  readonly latencyMs?: number;
  /** The most memory of a process that opens and runs it, the runtime's own included. */
  readonly memoryBytes?: number;
  /** What the metric loses against the original (accuracy in shares: 0.01 is one point); without labels 1 - agreement with it. */
  readonly drop?: number;
}
export type LimitName = keyof Budget;

/** The runtime that is downloaded beside a model. */
export interface RuntimeFiles {
  /** 'onnxruntime-web 1.30.0'. */
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** A variant as limits read it. */
export interface Weighed {
  readonly figures: Omit<VariantResult, 'latencyMs' | 'onFrontier'>;
  readonly largestFileBytes: number;
  /** At the smallest batch; null: not measured yet. */
  readonly latencyMs: number | null;
}

export interface LimitContext {
  readonly original: Weighed;
  readonly runtimeFiles?: RuntimeFiles;
  /** Of the metric; agreement: 'higher'. */
  readonly better: 'higher' | 'lower';
}

interface LimitRow {
  readonly says: string;
  readonly format: (value: number) => string;
  /** null: not measured. */
  readonly read: (variant: Weighed, context: LimitContext) => number | null;
  /** Zero can be met, and one is the most that makes sense. */
  readonly share?: true;
}

/** What the metric lost; negative where it gained. */
export function dropOf({ figures: { accuracy, agreement } }: Weighed, { original, better }: LimitContext): number | null {
  if (accuracy && original.figures.accuracy) {
    const lost = original.figures.accuracy.value - accuracy.value;
    return better === 'higher' ? lost : -lost;
  }
  return agreement ? 1 - agreement.value : null;
}

/** THE TABLE. */
export const limits = {
  sizeBytes: { says: "the model's files", format: formatBytes, read: ({ figures }) => figures.bytes },
  gzipBytes: { says: "the model's files, gzipped", format: formatBytes, read: ({ figures }) => figures.gzipBytes },
  largestFileBytes: {
    says: 'the largest file',
    format: formatBytes,
    read: ({ largestFileBytes }, { runtimeFiles }) => Math.max(largestFileBytes, runtimeFiles?.bytes ?? 0),
  },
  downloadBytes: {
    says: 'the model gzipped, and the runtime it is downloaded with',
    format: formatBytes,
    read: ({ figures }, { runtimeFiles }) => figures.gzipBytes + (runtimeFiles?.gzipBytes ?? 0),
  },
  drop: { says: 'what the metric loses', format: formatShare, read: dropOf, share: true },
  memoryBytes: { says: 'the most memory of its process', format: formatBytes, read: ({ figures }) => figures.peakRssBytes },
  latencyMs: { says: 'median of a run', format: formatMs, read: ({ latencyMs }) => latencyMs },
} as const satisfies Record<LimitName, LimitRow>;

export const limitRow = (name: LimitName): LimitRow => limits[name];
export const limitNames = Object.keys(limits) as readonly LimitName[];

/** The limits that a budget sets, those that cost nothing to read first. */
export const limitsOf = (budget: Budget): { readonly limit: LimitName; readonly allowed: number }[] =>
  limitNames.flatMap((limit) => {
    const allowed = budget[limit];
    return allowed === undefined ? [] : [{ limit, allowed }];
  });

/** What a budget may be checked against before anything is measured. */
export interface BudgetSetting {
  readonly runtimeFiles?: RuntimeFiles;
  /** Whether memory is measured in processes of their own. */
  readonly ownProcess: boolean;
}

/**
 * Throws `pipeline/budget` for an unknown limit, one that is no positive number (a share: 0 up to, and without, 1), an empty budget; `pipeline/budget-impossible` for one that no model can meet;
 * `pipeline/not-measured` for memory where nothing measures it.
 */
export function checkBudget(budget: Budget, { runtimeFiles, ownProcess }: BudgetSetting): void {
  const where = (limit: string) => ({ where: { option: `budget.${limit}` } });
  for (const name of Object.keys(budget))
    if (!(name in limits)) throw fail('budget', { ...where(name), expected: limitNames, actual: name }, `there is no limit '${name}'`);
  const set = limitsOf(budget);
  if (set.length === 0) throw fail('budget', { where: { option: 'budget' }, expected: limitNames }, 'the budget limits nothing');
  for (const { limit, allowed } of set) {
    const { share } = limitRow(limit);
    const fits = typeof allowed === 'number' && Number.isFinite(allowed) && (share ? allowed >= 0 && allowed < 1 : allowed > 0);
    if (!fits) throw fail('budget', { ...where(limit), expected: share ? '0 <= share < 1' : 'a finite number above 0', actual: allowed });
  }
  if (runtimeFiles) {
    const own = { largestFileBytes: runtimeFiles.bytes, downloadBytes: runtimeFiles.gzipBytes } as const;
    for (const [limit, least] of Object.entries(own) as ['largestFileBytes' | 'downloadBytes', number][]) {
      const allowed = budget[limit];
      if (allowed !== undefined && allowed <= least)
        throw fail('budget-impossible', { ...where(limit), expected: `more than ${least}`, actual: allowed }, `${runtimeFiles.name} alone takes all of it`);
    }
  }
  if (budget.memoryBytes !== undefined && !ownProcess)
    throw fail(
      'not-measured',
      { ...where('memoryBytes'), expected: 'coldStart: freshProcess(...) of @modeldiet/pipeline/node' },
      'memory is measured in a process of its own',
    );
}
