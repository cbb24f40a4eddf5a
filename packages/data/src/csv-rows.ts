// Comma-separated text as rows of cells, in constant memory; papaparse does the quoting.
import Papa from 'papaparse';
import { fail } from './errors';
import { type Source, textOf } from './source';

export interface Row {
  readonly cells: readonly string[];
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
}

/** Rows of the text; empty lines are left out. The delimiter is guessed from the first piece unless given. */
export async function* csvRows(source: Source, delimiter?: string): AsyncGenerator<Row> {
  let rest = '';
  let line = 1;
  let config: { delimiter: string; newline: '\n' | '\r\n' | '\r' } | undefined;
  const parse = function* (text: string, isLast: boolean): Generator<Row> {
    config ??= dialect(text, delimiter);
    const { data, meta, errors } = new Papa.Parser(config).parse(text, 0, !isLast) as Papa.ParseResult<string[]>;
    const broken = errors.find((e) => e.type === 'Quotes');
    // An open quote at the end of a piece may be closed by the next one: only whole rows count.
    if (broken && isLast) throw fail('csv', { where: { offset: broken.index }, actual: broken.message }, `row near line ${line + (broken.row ?? 0)}`);
    // Only a quoted cell can hold a line break.
    const quoted = text.includes('"');
    for (const cells of data) {
      if (cells.length > 1 || cells[0]!.trim() !== '') yield { cells, line };
      line += quoted ? 1 + cells.reduce((n, cell) => n + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0) : 1;
    }
    rest = isLast ? '' : text.slice(meta.cursor);
  };
  for await (const piece of textOf(source)) {
    const text = rest + (rest === '' && line === 1 ? piece.replace(/^\ufeff/, '') : piece);
    rest = text;
    // The first guess needs a whole line and what follows it.
    if (config || /\n|\r./s.test(text)) yield* parse(text, false);
  }
  if (rest !== '') yield* parse(rest, true);
}

function dialect(text: string, delimiter?: string): { delimiter: string; newline: '\n' | '\r\n' | '\r' } {
  const { meta } = Papa.parse<string[]>(text.slice(0, 1 << 16), { preview: 10, ...(delimiter === undefined ? {} : { delimiter }) });
  const newline = /\r\n|\n|\r/.exec(text)?.[0];
  return { delimiter: meta.delimiter, newline: newline === '\r\n' || newline === '\r' ? newline : '\n' };
}
