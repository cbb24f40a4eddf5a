// How closely a variant answers as the baseline does, where there are no labels: the share of equal first choices, else the cosine of the worst output.
import { compareModels, type Session } from '@modeldiet/runtime';
import { type Batches, type LongWork, wilsonInterval } from '@modeldiet/tensor';
import { fail } from './errors';
import type { Score } from './results';

export interface Agreement extends Score {
  readonly metric: 'top-1' | 'cosine';
}

/** The worst output counts. A cosine has no interval: both ends are its value. Throws `pipeline/no-outputs`. */
export async function agreementOf(baseline: Session, variant: Session, feeds: Batches, work: LongWork): Promise<Agreement> {
  const { outputs, batches } = await compareModels(baseline, variant, { feeds, ...work });
  const choices = outputs.flatMap(({ top1Agreement, rows }) => (top1Agreement === null ? [] : [{ share: top1Agreement, rows }]));
  if (choices.length) {
    const { share, rows } = choices.reduce((a, b) => (b.share < a.share ? b : a));
    const { low, high } = wilsonInterval(Math.round(share * rows), rows);
    return { metric: 'top-1', value: share, ci95: [low, high], n: rows };
  }
  const cosines = outputs.flatMap(({ cosine }) => (cosine === null ? [] : [cosine]));
  if (!cosines.length) throw fail('no-outputs');
  const value = Math.min(...cosines);
  return { metric: 'cosine', value, ci95: [value, value], n: batches };
}
