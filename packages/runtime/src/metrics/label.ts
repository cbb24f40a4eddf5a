// The answers of an item: a class per row, or a float target.
import type { Feeds, Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';

/** The label column. Throws `runtime/no-label`. */
export function labelOf(item: Feeds, column: string): Tensor {
  const tensor = Object.hasOwn(item, column) ? item[column] : undefined;
  if (!tensor) throw fail('no-label', { where: { value: column }, actual: Object.keys(item) });
  return tensor;
}

/** Rows of a tensor: its first extent; 1 for a scalar. */
export const rowsOf = (tensor: Tensor): number => tensor.dims[0] ?? 1;

export function checkRows(rows: number, answers: Tensor, where: { output: string; column: string }): void {
  const count = rowsOf(answers);
  if (rows !== count)
    throw fail(
      'metric-output',
      { where: { value: where.output }, expected: `${count} rows, as column '${where.column}' has`, actual: rows },
      'outputs and labels have different numbers of rows',
    );
}
