// How closely a variant answers as the baseline does, where there are no labels: the share of equal first choices, else the cosine of the worst output.
import { compareModels, type Session, type Slot } from '@modeldiet/runtime';
import { type Batches, type LongWork, wilsonInterval } from '@modeldiet/tensor';
import { fail } from './errors';
import type { Score } from './results';

export interface Agreement extends Score {
  readonly metric: 'top-1' | 'cosine';
}

/** One row of scores an example: boxes, images and sequences have more axes, and no first choice. */
const isClassVector = ({ dims }: Slot): boolean => dims === undefined || (dims.length === 2 && dims[1] !== 1);

/** The worst output counts. A cosine has no interval: both ends are its value. Throws `pipeline/no-outputs`. */
export async function agreementOf(baseline: Session, variant: Session, feeds: Batches, work: LongWork): Promise<Agreement> {
  const { outputs, batches } = await compareModels(baseline, variant, { feeds, ...work });
  const classes = new Set(baseline.outputs.filter(isClassVector).map(({ name }) => name));
  const choices = outputs.flatMap(({ name, top1Agreement, rows }) => (top1Agreement === null || !classes.has(name) ? [] : [{ share: top1Agreement, rows }]));
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
