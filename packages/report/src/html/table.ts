// The table of variants in HTML: row headers, intervals under their values, the frontier as a badge.
import { type Cell, type Column, formatCell, formatInterval, type Results, resultsTable, type Unit } from '@modeldiet/pipeline';
import { escapeXml } from '../text/escape';

function td(cell: Cell, { unit }: Column): string {
  if (cell.value === null) return '<td><span aria-label="not measured">\u2013</span></td>';
  const interval = cell.ci95 ? `<span class="interval">${escapeXml(formatInterval(cell.ci95, unit))}</span>` : '';
  return `<td>${escapeXml(formatCell(cell, unit))}${interval}</td>`;
}

const badge = (text: string): string => ` <span class="badge">${text}</span>`;

/** The frontier column becomes a badge at the name, as the table is wide enough; what a budget chose has one too. */
export function htmlTable(results: Results): string {
  const { columns, rows } = resultsTable(results);
  const shown = columns.flatMap((column, i) => (column.unit === 'text' || column.unit === 'flag' ? [] : [i]));
  const at = (unit: Unit): number => columns.findIndex((column) => column.unit === unit);
  const head = shown.map((i) => `<th scope="col">${escapeXml(columns[i]!.title)}</th>`).join('');
  const body = rows
    .map((cells) => {
      const name = formatCell(cells[at('text')]!, 'text');
      const badges = [cells[at('flag')]?.value ? badge('frontier') : '', name === results.chosen ? badge('chosen') : ''].join('');
      return `<tr><th scope="row">${escapeXml(name)}${badges}</th>${shown.map((i) => td(cells[i]!, columns[i]!)).join('')}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" role="region" aria-label="variants" tabindex="0"><table><thead><tr><th scope="col">variant</th>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}
