export { formatBytes, formatCell, formatCount, formatInterval, formatMs, formatNumber, formatRatio, formatShare } from './format';
export type { Tradeoff } from './frontier';
export { frontier } from './frontier';
export { gzipBytes } from './gzip';
export type { Environment, Interval, Results, Score, Timing, VariantResult } from './results';
export type { Cell, Column, Table, TableOptions, Unit } from './table';
export { batchesOf, resultsTable } from './table';
