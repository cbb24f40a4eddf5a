// Tables for the terminal: quiet lines, numbers to the right, no frame.
import { type Cell, type Column, formatCell, formatInterval, type Table } from '@modeldiet/pipeline';
import CliTable from 'cli-table3';
import { type Paint, paintFor } from './paint';

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export interface TextColumn {
  readonly title: string;
  /** Default 'right'. */
  readonly align?: 'left' | 'right';
}

/** Lines of columns; every row has as many cells as there are columns. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[], paint: Paint): string {
  const table = new CliTable({
    head: columns.map((column) => paint.dim(column.title)),
    colAligns: columns.map((column) => column.align ?? 'right'),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const cellText = (cell: Cell, { unit }: Column, paint: Paint): string => {
  const text = formatCell(cell, unit, '●');
  return cell.ci95 ? `${text} ${paint.dim(formatInterval(cell.ci95, unit))}` : text;
};

/** A table of results for a terminal, intervals beside their values; colours as stdout takes them. */
export function resultsText(table: Table, paint: Paint = paintFor(process.stdout, process.env)): string {
  const columns = table.columns.map(({ title, unit }): TextColumn => ({ title, align: unit === 'text' ? 'left' : 'right' }));
  return textTable(
    columns,
    table.rows.map((row) => row.map((cell, i) => cellText(cell, table.columns[i]!, paint))),
    paint,
  );
}
