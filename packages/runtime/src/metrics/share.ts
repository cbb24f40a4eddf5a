// What accuracy and top-k share: rows that are right or wrong, and Wilson's interval of their share.
import { wilsonInterval } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Score } from './metric';

/** The score of rows that are each 1 (right) or 0. Throws `runtime/empty-dataset` for none. */
export function shareScore(rows: readonly number[]): Score {
  if (rows.length === 0) throw fail('empty-dataset');
  const perRow = Float64Array.from(rows);
  const n = perRow.length;
  const { value, low, high } = wilsonInterval(
    perRow.reduce((a, b) => a + b, 0),
    n,
  );
  return { value, n, ci95: [low, high], perRow };
}
