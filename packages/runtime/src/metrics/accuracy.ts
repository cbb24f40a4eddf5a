// The share of rows whose likeliest class is the label.
import { argmaxRow, numbersOf } from '../numbers';
import { checkRows, labelOf } from './label';
import { findScores } from './logits';
import type { Metric } from './metric';
import { shareScore } from './share';

export interface AccuracyOptions {
  /** The output with one score per class; default: the only float output of rank 2. */
  readonly logits?: string;
  /** The column with the class index (or name, where the model gives names); default 'label'. */
  readonly label?: string;
}

/** Top-1 accuracy, with Wilson's interval. Works on scores [N, classes] and on outputs that are the class itself [N]. A row with NaN is wrong. */
export function accuracy(options: AccuracyOptions = {}): Metric<'accuracy'> {
  const label = options.label ?? 'label';
  return {
    name: 'accuracy',
    options,
    better: 'higher',
    labels: [label],
    begin(outputs) {
      const { output, kind, note } = findScores(outputs, options.logits);
      const right: number[] = [];
      return {
        fetches: [output],
        notes: [note],
        add(results, item) {
          const given = results[output]!;
          const answers = labelOf(item, label);
          const rows = given.dims[0] ?? 1;
          checkRows(rows, answers, { output, column: label });
          if (kind === 'classes') {
            for (let row = 0; row < rows; row++) right.push(Number(String(given.data[row]) === String(answers.data[row])));
            return;
          }
          const scores = numbersOf(given)!;
          const width = scores.length / Math.max(1, rows);
          for (let row = 0; row < rows; row++) right.push(Number(argmaxRow(scores, row, width) === Number(answers.data[row])));
        },
        score: () => shareScore(right),
      };
    },
  };
}
