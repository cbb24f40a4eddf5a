// The share of rows whose label is among the k likeliest classes.
import { fail } from '../errors';
import { numbersOf } from '../numbers';
import type { AccuracyOptions } from './accuracy';
import { checkRows, labelOf } from './label';
import { findScores } from './logits';
import type { Metric } from './metric';
import { shareScore } from './share';

/** Top-k accuracy. A class counts as ahead of the label when its score is higher, or equal with a lower index. A row with NaN is wrong. */
export function topK(k: number, options: AccuracyOptions = {}): Metric<'topK'> {
  if (!Number.isInteger(k) || k < 1) throw fail('bad-option', { where: { option: 'k' }, expected: 'a whole number, 1 or more', actual: k });
  const label = options.label ?? 'label';
  return {
    name: 'topK',
    options: { k, ...options },
    better: 'higher',
    labels: [label],
    begin(outputs) {
      const { output, kind, note } = findScores(outputs, options.logits);
      if (kind === 'classes') throw fail('metric-output', { where: { value: output } }, 'top-k needs a score per class, this output is the class itself');
      const right: number[] = [];
      return {
        fetches: [output],
        notes: [note],
        add(results, item) {
          const given = results[output]!;
          const answers = labelOf(item, label);
          const rows = given.dims[0] ?? 1;
          checkRows(rows, answers, { output, column: label });
          const scores = numbersOf(given)!;
          const width = scores.length / Math.max(1, rows);
          for (let row = 0; row < rows; row++) right.push(Number(rankOf(scores, row, width, Number(answers.data[row])) < k));
        },
        score: () => shareScore(right),
      };
    },
  };
}

/** How many classes are ahead of class `wanted`; Infinity when it is no class or the row holds NaN. */
function rankOf(scores: ArrayLike<number>, row: number, width: number, wanted: number): number {
  const own = scores[row * width + wanted];
  if (!(wanted >= 0 && wanted < width) || own === undefined) return Number.POSITIVE_INFINITY;
  let ahead = 0;
  for (let i = 0; i < width; i++) {
    const x = scores[row * width + i]!;
    if (Number.isNaN(x)) return Number.POSITIVE_INFINITY;
    if (x > own || (x === own && i < wanted)) ahead++;
  }
  return ahead;
}
