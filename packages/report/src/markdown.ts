// Results as Markdown: one table, its conditions, how it was measured.
import { type Cell, type Column, formatCell, formatInterval, type Results, resultsTable, type Table, type TableOptions } from '@modeldiet/pipeline';
import { conditions } from './conditions';
import { notes } from './notes';
import { escapeMarkdown } from './text/escape';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const border = ({ unit }: Column): string => (unit === 'text' ? '---' : unit === 'flag' ? ':-:' : '--:');

function text(cell: Cell, { unit }: Column): string {
  const interval = cell.ci95 ? ` (${formatInterval(cell.ci95, unit)})` : '';
  return escapeMarkdown(formatCell(cell, unit) + interval);
}

/** The cells of a table as GitHub-flavoured Markdown, numbers to the right, intervals behind their values. */
export function markdownTable({ columns, rows }: Table): string {
  const head = [line(columns.map((column) => escapeMarkdown(column.title))), line(columns.map(border))];
  return [...head, ...rows.map((cells) => line(cells.map((cell, i) => text(cell, columns[i]!))))].join('\n');
}

/** A GitHub-flavoured table, one row a variant, then the conditions and the notes. */
export function toMarkdown(results: Results, options: TableOptions = {}): string {
  const listed = conditions(results.environment).map((condition) => `- ${escapeMarkdown(condition.label)}: ${escapeMarkdown(condition.text)}`);
  const { verdict, chosen, skipped = [] } = results;
  const decided = [...(verdict ? [verdict.says] : []), ...(chosen === undefined ? [] : [`Chosen: ${chosen}.`])].map((text) => escapeMarkdown(text));
  const left = skipped.map(({ technique, code, reason }) => `- ${escapeMarkdown(`${technique} left out: ${reason} (${code})`)}`);
  const said = notes(results).map((note) => `- ${note}`);
  const parts = [
    `## ${escapeMarkdown(results.task)}`,
    decided.join(' '),
    markdownTable(resultsTable(results, options)),
    left.join('\n'),
    listed.join('\n'),
    said.join('\n'),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}
