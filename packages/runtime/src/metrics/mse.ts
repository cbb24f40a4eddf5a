// Mean squared error of a float output against a target column.
import { meanInterval } from '@modeldiet/tensor';
import type { Slot } from '../backend';
import { fail } from '../errors';
import { isFloat, numbersOf } from '../numbers';
import { labelOf, rowsOf } from './label';
import type { Metric } from './metric';

export interface MseOptions {
  /** The output; default: the only float one. */
  readonly output?: string;
  /** The column with the targets; default 'label'. */
  readonly target?: string;
}

function findOutput(outputs: readonly Slot[], named: string | undefined): string {
  const fitting = outputs.filter(({ name, dtype }) => isFloat(dtype) && (named === undefined || name === named));
  if (fitting.length === 1) return fitting[0]!.name;
  const actual = outputs.map(({ name, dtype }) => `${name}: ${dtype ?? 'not a tensor'}`);
  throw fail(
    'metric-output',
    { where: { option: 'output' }, actual },
    named === undefined ? 'no single output is float' : `no float output is named '${named}'`,
  );
}

/** Mean squared error per row (the mean over the row's entries), then over rows; Student's t interval on the rows' mean. */
export function mse(options: MseOptions = {}): Metric<'mse'> {
  const target = options.target ?? 'label';
  return {
    name: 'mse',
    options,
    better: 'lower',
    labels: [target],
    begin(outputs) {
      const output = findOutput(outputs, options.output);
      const errors: number[] = [];
      return {
        fetches: [output],
        notes: [`output: '${output}'`],
        add(results, item) {
          const given = numbersOf(results[output]!)!;
          const column = labelOf(item, target);
          const wanted = numbersOf(column);
          if (!wanted || wanted.length !== given.length)
            throw fail('metric-output', {
              where: { value: output },
              expected: `${given.length} numbers in column '${target}'`,
              actual: wanted ? wanted.length : column.type,
            });
          const rows = Math.max(1, rowsOf(column));
          const width = given.length / rows;
          for (let row = 0; row < rows; row++) {
            let sum = 0;
            for (let i = row * width; i < (row + 1) * width; i++) sum += (given[i]! - wanted[i]!) ** 2;
            errors.push(sum / Math.max(1, width));
          }
        },
        score() {
          const perRow = Float64Array.from(errors);
          if (perRow.length === 0) throw fail('empty-dataset');
          const { value, low, high } = meanInterval(perRow);
          return { value, n: perRow.length, ci95: [low, high], perRow };
        },
      };
    },
  };
}
