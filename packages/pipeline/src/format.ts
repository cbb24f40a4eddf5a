// Numbers as people read them: sizes, times, shares, ratios. The same words in HTML, Markdown and the terminal, so they stand beside the table.
import type { Interval } from './results';
import type { Cell, Unit } from './table';

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');
const significant = (x: number, digits: number): string => {
  if (x !== 0 && Math.abs(x) < 1e-4) return String(Number(x.toPrecision(digits)));
  const [whole, rest] = x.toPrecision(digits).includes('e') ? [String(Math.round(x)), undefined] : x.toPrecision(digits).split('.');
  return rest === undefined ? group(whole!) : `${group(whole!)}.${rest}`;
};

/** 307414 -> '307,414'. */
export const formatCount = (n: number): string => (Number.isInteger(n) ? (n < 0 ? `-${group(String(-n))}` : group(String(n))) : significant(n, 4));

const sizes = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const;
/** 307414 -> '307 kB' (decimal units). */
export function formatBytes(n: number): string {
  const [unit, name] = sizes.find(([size]) => n >= size * 0.9995) ?? [1, 'B'];
  return unit === 1 ? `${n} B` : `${significant(n / unit, 3)} ${name}`;
}

/** 0.0512 -> '51.2 µs'. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms < 0.9995) return `${significant(ms * 1000, 3)} µs`;
  return ms < 999.5 ? `${significant(ms, 3)} ms` : `${significant(ms / 1000, 3)} s`;
}

/** 0.97222 -> '97.22 %'. */
export const formatShare = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;

/** 3.8149 -> '3.81x'. */
export const formatRatio = (ratio: number): string => `${ratio < 99.95 ? significant(ratio, 3) : formatCount(Math.round(ratio))}x`;

const units = {
  text: String,
  flag: String,
  bytes: formatCount,
  size: formatBytes,
  count: formatCount,
  ms: formatMs,
  share: formatShare,
  ratio: formatRatio,
} satisfies Record<Unit, (x: number) => string>;

/** One number in its column's unit. 'bytes' are exact, as they are compared; 'size' is rounded. */
export const formatNumber = (value: number, unit: Unit): string => units[unit](value);

/** '49.8-53.1 µs': one unit for both ends, that of the upper one. */
export function formatInterval([lower, upper]: Interval, unit: Unit): string {
  const end = formatNumber(upper, unit);
  const suffix = / (.+)$/.exec(end)?.[1];
  const scaled = suffix === 's' ? lower / 1000 : suffix === 'µs' ? lower * 1000 : lower;
  const start = unit === 'ms' ? significant(scaled, 3) : unit === 'share' ? (lower * 100).toFixed(2) : formatNumber(lower, unit);
  return `${start}\u2013${end}`;
}

/** A cell's value without its interval; nothing for null, a mark for a set flag. */
export function formatCell(cell: Cell, unit: Unit, mark = 'yes'): string {
  if (cell.value === null) return '';
  if (typeof cell.value === 'boolean') return cell.value ? mark : '';
  return typeof cell.value === 'number' ? formatNumber(cell.value, unit) : cell.value;
}
