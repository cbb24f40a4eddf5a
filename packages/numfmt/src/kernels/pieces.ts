// Cuts a layout into pieces that fit the kernels' memory. Long runs of a channel go as rows (one scale each), short ones as columns (a scale for each number).
import type { Layout } from './kernels';

/** Numbers a piece of rows holds at most (256 KiB of float32), and columns. */
export const rowChunk = 65536;
export const columnChunk = 16384;
/** Columns are repeated until there are so many: a piece pays its call. */
const enough = 2048;
/** Below this many numbers a run is too short for a row. */
const shortest = 16;
/** Rows a piece holds at most. */
export const mostRows = rowChunk / shortest;

export interface Pieces {
  /** `rows` runs of `inner` numbers from `at` on; the first belongs to `channel`, the next to the next one, around. */
  rows(at: number, rows: number, inner: number, channel: number): void;
  /** Before pieces of columns: number k of a piece belongs to channel `floor(((from + k) % period) / inner)`. */
  columns(from: number, width: number): void;
  /** `count` numbers from `at` on, the first of them in column 0 of what `columns` said. */
  column(at: number, count: number): void;
}

export function eachPiece({ outer, channels, inner }: Layout, visit: Pieces): void {
  if (outer * channels * inner === 0) return;
  if (inner > rowChunk) {
    for (let row = 0; row < outer * channels; row++)
      for (let at = 0; at < inner; at += rowChunk) visit.rows(row * inner + at, 1, Math.min(rowChunk, inner - at), row % channels);
  } else if (inner >= shortest) {
    const most = Math.floor(rowChunk / inner);
    for (let row = 0; row < outer * channels; row += most) visit.rows(row * inner, Math.min(most, outer * channels - row), inner, row % channels);
  } else eachColumnPiece(outer, channels * inner, visit);
}

function eachColumnPiece(outer: number, period: number, visit: Pieces): void {
  if (period <= columnChunk) {
    const width = Math.min(Math.ceil(enough / period), outer) * period;
    visit.columns(0, width);
    for (let at = 0; at < outer * period; at += width) visit.column(at, Math.min(width, outer * period - at));
  } else
    for (let from = 0; from < period; from += columnChunk) {
      const width = Math.min(columnChunk, period - from);
      visit.columns(from, width);
      for (let o = 0; o < outer; o++) visit.column(o * period + from, width);
    }
}
