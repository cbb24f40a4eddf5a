// A format by its name. Only what takes names imports this: it holds the whole table.
import { fail } from './errors';
import type { FormatName, NumberFormat } from './format';
import { formats } from './formats';

/** The row, or the row of this name. Error: `numfmt/unknown-format`. */
export function formatNamed(format: NumberFormat | FormatName): NumberFormat {
  if (typeof format !== 'string') return format;
  const row: NumberFormat | undefined = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!row) throw fail('unknown-format', { expected: Object.keys(formats), actual: format });
  return row;
}
