// Results as Markdown: one table, its conditions, how it was measured.
import { formatCell, formatInterval, type Results, resultsTable, type TableOptions } from '@modeldiet/pipeline';
import { conditions } from './conditions';
import { notes } from './notes';
import { escapeMarkdown } from './text/escape';

/** A GitHub-flavoured table, one row a variant, then the conditions and the notes. */
export function toMarkdown(results: Results, options: TableOptions = {}): string {
  const { columns, rows } = resultsTable(results, options);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns.map((column) => escapeMarkdown(column.title))),
    line(columns.map((column) => (column.unit === 'text' ? '---' : column.unit === 'flag' ? ':-:' : '--:'))),
    ...rows.map((cells) =>
      line(
        cells.map((cell, i) => {
          const { unit } = columns[i]!;
          const interval = cell.ci95 ? ` (${formatInterval(cell.ci95, unit)})` : '';
          return escapeMarkdown(formatCell(cell, unit) + interval);
        }),
      ),
    ),
  ];
  const listed = conditions(results.environment).map(({ label, text }) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(text)}`);
  const said = notes(results).map((note) => `- ${note}`);
  return `${[`## ${escapeMarkdown(results.task)}`, table.join('\n'), listed.join('\n'), said.join('\n')].filter(Boolean).join('\n\n')}\n`;
}
