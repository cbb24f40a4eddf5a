// Tables of numbers as datasets: one item a row, features in float32 columns, the label in its own.
import { type Dataset, type Feeds, type Tensor, tensor } from '@modeldiet/tensor';
import { csvRows, type Row } from './csv-rows';
import { fromArrays, streamed } from './dataset';
import { fail } from './errors';
import type { Source } from './source';

export interface CsvOptions {
  /** Whether the first row names the columns. Default: yes when one of its cells is not a number. */
  readonly header?: boolean;
  /** The label's column, by name or position (negative from the end). Default: the column named `label`, if there is one; `false`: none. */
  readonly label?: string | number | false;
  /** `class`: int64 indices; `target`: float32. Default: class when the first row's label is a whole number. */
  readonly labelKind?: 'class' | 'target';
  /** Names of the classes, in order of their indices, where labels are words. */
  readonly classes?: readonly string[];
  /** Which columns make which input; default: all but the label make `x`, float32 [1, columns]. */
  readonly inputs?: Readonly<Record<string, readonly (string | number)[]>>;
  readonly delimiter?: string;
  /** Empty cells: an error (default), or NaN. */
  readonly missing?: 'error' | 'nan';
  /** Named in errors. */
  readonly file?: string;
}

/** How cells become columns, settled by the first row. */
interface Plan {
  readonly width: number;
  readonly header?: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly columns: readonly number[] }[];
  /** The columns of all inputs, one after the other. */
  readonly columns: readonly number[];
  readonly label?: { readonly column: number; readonly kind: 'class' | 'target' };
}

/**
 * The rows of a table, read again at each iteration in constant memory; `fromCsvInMemory` gives items in any order. Errors, with file and line: `data/ragged-row`, `data/cell` for what is not
 * a number, `data/label` for a label that is missing or no class, `data/columns` for a column that is not there, `data/empty`, `data/csv`.
 *
 * @example fromCsv('a,b,label\n1,2,0\n3,4,1\n') // x float32 [1, 2], label int64 [1]
 */
export const fromCsv = (source: Source, options: CsvOptions = {}): Dataset =>
  streamed(async function* () {
    for await (const { plan, values, label } of parsed(source, options)) yield itemOf(plan, [values], [label]);
  });

/** The same read once into memory: items in any order, as shuffle and split need. Errors as {@link fromCsv}. */
export async function fromCsvInMemory(source: Source, options: CsvOptions = {}): Promise<Dataset> {
  const rows: Float32Array[] = [];
  const labels: number[] = [];
  let plan: Plan | undefined;
  for await (const row of parsed(source, options)) {
    plan = row.plan;
    rows.push(row.values);
    labels.push(row.label);
  }
  return fromArrays(itemOf(plan!, rows, labels));
}

/** Feeds of these rows: `values` are the cells of all inputs, one after the other. */
function itemOf({ inputs, label }: Plan, rows: readonly Float32Array[], labels: readonly number[]): Feeds {
  const columns: Record<string, Tensor> = {};
  let from = 0;
  for (const { name, columns: of } of inputs) {
    const data = new Float32Array(rows.length * of.length);
    for (const [i, row] of rows.entries()) data.set(row.subarray(from, from + of.length), i * of.length);
    columns[name] = tensor('float32', data, [rows.length, of.length]);
    from += of.length;
  }
  if (label)
    columns.label =
      label.kind === 'class'
        ? tensor('int64', BigInt64Array.from(labels, BigInt), [labels.length])
        : tensor('float32', Float32Array.from(labels), [labels.length]);
  return columns;
}

async function* parsed(source: Source, options: CsvOptions): AsyncGenerator<{ readonly plan: Plan; readonly values: Float32Array; readonly label: number }> {
  let plan: Plan | undefined;
  let header: readonly string[] | undefined;
  for await (const row of csvRows(source, options.delimiter)) {
    if (!plan && !header && (options.header ?? row.cells.some((cell) => !isNumber(cell)))) {
      header = row.cells.map((cell) => cell.trim());
      continue;
    }
    plan ??= planOf(row, header, options);
    yield { plan, ...cellsOf(row, plan, options) };
  }
  if (!plan) throw fail('empty', { where: at(options) }, 'rows of the table');
}

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));
const at = ({ file }: CsvOptions): { file?: string } => (file === undefined ? {} : { file });

function planOf(first: Row, header: readonly string[] | undefined, options: CsvOptions): Plan {
  const width = header?.length ?? first.cells.length;
  const find = (column: string | number): number => {
    const found = typeof column === 'string' ? (header?.indexOf(column) ?? -1) : column < 0 ? column + width : column;
    if (!(found >= 0 && found < width))
      throw fail('columns', { where: { ...at(options), value: String(column) }, expected: header ?? `0 to ${width - 1}`, actual: column }, 'column');
    return found;
  };
  const wanted = options.label ?? (header?.includes('label') ? 'label' : false);
  const label = wanted === false ? undefined : find(wanted);
  const others = Array.from({ length: width }, (_, i) => i).filter((i) => i !== label);
  const inputs = Object.entries(options.inputs ?? { x: others }).map(([name, columns]) => ({ name, columns: columns.map(find) }));
  const kind = options.labelKind ?? (options.classes || Number.isInteger(Number(first.cells[label ?? 0])) ? 'class' : 'target');
  return {
    width,
    inputs,
    columns: inputs.flatMap(({ columns }) => columns),
    ...(header && { header }),
    ...(label === undefined ? {} : { label: { column: label, kind } }),
  };
}

function cellsOf(row: Row, { width, header, columns, label }: Plan, options: CsvOptions): { readonly values: Float32Array; readonly label: number } {
  const { cells, line } = row;
  if (cells.length !== width) throw fail('ragged-row', { where: at(options), expected: `${width} cells`, actual: cells.length }, `line ${line}`);
  const named = (column: number): string => `line ${line}, column ${header ? `'${header[column]}'` : column + 1}`;
  const values = new Float32Array(columns.length);
  for (let i = 0; i < columns.length; i++) {
    const cell = cells[columns[i]!]!;
    const value = Number(cell);
    // NaN is no number or is missing, and the number of an empty cell is 0: both are looked at.
    values[i] = Number.isNaN(value) || (value === 0 && cell.trim() === '') ? oddCell(cell.trim(), options, () => named(columns[i]!)) : value;
  }
  return { values, label: label ? labelOf(cells[label.column]!.trim(), label.kind, options, () => named(label.column)) : 0 };
}

/** What is NaN, and may be. */
function oddCell(cell: string, options: CsvOptions, place: () => string): number {
  if (!(cell === '' && options.missing === 'nan') && !/^nan$/i.test(cell))
    throw fail('cell', { where: at(options), expected: 'a number', actual: cell }, place());
  return Number.NaN;
}

function labelOf(cell: string, kind: 'class' | 'target', options: CsvOptions, place: () => string): number {
  const { classes } = options;
  const value = classes ? classes.indexOf(cell) : cell === '' ? Number.NaN : Number(cell);
  const right = kind === 'class' ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value);
  if (!right) throw fail('label', { where: at(options), expected: classes ?? (kind === 'class' ? 'a class index' : 'a number'), actual: cell }, place());
  return value;
}
