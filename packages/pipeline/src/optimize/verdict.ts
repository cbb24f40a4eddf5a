// Whether a budget is met, and what binds where it is not: the best value of each limit, and which variant reached it.
import { type Budget, type LimitContext, type LimitName, limitRow, limitsOf, type Weighed } from './budget';

export interface LimitVerdict {
  readonly limit: LimitName;
  readonly allowed: number;
  /** Of the chosen variant; where none was chosen, the best of all. */
  readonly reached: number | null;
  readonly by: string | null;
  readonly met: boolean;
}

/** JSON. */
export interface Verdict {
  readonly met: boolean;
  readonly limits: readonly LimitVerdict[];
  /** The limits that no variant meets; where each is met by some variant and none meets all, those that the nearest one misses. */
  readonly binding: readonly LimitName[];
  /** The same in words. */
  readonly says: string;
}

/** The limits a variant misses, with its value; what is not measured is missed. */
export const missedBy = (variant: Weighed, budget: Budget, context: LimitContext): { readonly limit: LimitName; readonly value: number | null }[] =>
  limitsOf(budget).flatMap(({ limit, allowed }) => {
    const value = limitRow(limit).read(variant, context);
    return value !== null && value <= allowed ? [] : [{ limit, value }];
  });

const words = ({ limit, allowed, reached, by }: LimitVerdict): string => {
  const { says, format } = limitRow(limit);
  const best = reached === null ? 'was not measured' : `the best is ${format(reached)}, by '${by}'`;
  return `${limit} (${says}) may be ${format(allowed)}, ${best}`;
};

/** By how much a variant misses its limits together, as a sum of ratios. */
const excess = (variant: Weighed, budget: Budget, context: LimitContext): number =>
  missedBy(variant, budget, context).reduce((sum, { limit, value }) => sum + (value === null ? 1e9 : value / Math.max(budget[limit]!, 1e-3)), 0);

export function verdictOn(variants: readonly Weighed[], chosen: Weighed | undefined, budget: Budget, context: LimitContext): Verdict {
  const of = chosen ? [chosen] : variants;
  const verdicts = limitsOf(budget).map(({ limit, allowed }): LimitVerdict => {
    let best: { readonly value: number; readonly name: string } | undefined;
    for (const variant of of) {
      const value = limitRow(limit).read(variant, context);
      if (value !== null && (!best || value < best.value)) best = { value, name: variant.figures.name };
    }
    return { limit, allowed, reached: best?.value ?? null, by: best?.name ?? null, met: best !== undefined && best.value <= allowed };
  });
  if (chosen) return { met: true, limits: verdicts, binding: [], says: `'${chosen.figures.name}' meets the budget` };
  const out = verdicts.filter(({ met }) => !met);
  if (out.length)
    return { met: false, limits: verdicts, binding: out.map(({ limit }) => limit), says: `no variant meets the budget: ${out.map(words).join('; ')}` };
  const nearest = variants.reduce((a, b) => (excess(b, budget, context) < excess(a, budget, context) ? b : a));
  const missed = missedBy(nearest, budget, context);
  const named = missed.map(
    ({ limit, value }) => `${limit} ${value === null ? 'not measured' : limitRow(limit).format(value)} of ${limitRow(limit).format(budget[limit]!)}`,
  );
  return {
    met: false,
    limits: verdicts,
    binding: missed.map(({ limit }) => limit),
    says: `each limit is met by some variant, and none meets all: '${nearest.figures.name}' comes nearest, with ${named.join(', ')}`,
  };
}
