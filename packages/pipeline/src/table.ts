// Results as a table of cells: what each column holds, not how it is drawn (report and the command line do that).
import type { Interval, Results, VariantResult } from './results';

/** How a column's numbers are to be read: 'bytes' exactly, 'size' rounded to kB and MB; 'share' is 0..1, 'ratio' is baseline / variant (larger is better). */
export type Unit = 'text' | 'bytes' | 'size' | 'count' | 'ms' | 'share' | 'ratio' | 'flag';

export interface Cell {
  readonly value: string | number | boolean | null;
  readonly ci95?: Interval;
}
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
}
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

interface ColumnRule extends Column {
  /** Where the title depends on how the results came about. */
  readonly titled?: (results: Results) => string;
  readonly cell: (variant: VariantResult, baseline: VariantResult) => Cell;
}

const timing = (batch: string): ColumnRule => ({
  key: `latencyMs.${batch}`,
  title: `latency, batch ${batch}`,
  unit: 'ms',
  cell: ({ latencyMs }) => ({ value: latencyMs[batch]?.median ?? null, ci95: latencyMs[batch]?.ci95 }),
});

const ratio = (a: number | undefined, b: number | undefined): Cell => ({ value: a === undefined || !b ? null : a / b });
const faster = (batch: string): ColumnRule => ({
  key: `faster.${batch}`,
  title: `faster`,
  unit: 'ratio',
  cell: (variant, baseline) => ratio(baseline.latencyMs[batch]?.median, variant.latencyMs[batch]?.median),
});

const before: readonly ColumnRule[] = [
  { key: 'name', title: 'variant', unit: 'text', cell: ({ name }) => ({ value: name }) },
  { key: 'bytes', title: 'bytes', unit: 'bytes', cell: ({ bytes }) => ({ value: bytes }) },
  { key: 'smaller', title: 'smaller', unit: 'ratio', cell: (variant, baseline) => ratio(baseline.bytes, variant.bytes) },
  { key: 'gzipBytes', title: 'gzip bytes', unit: 'bytes', cell: ({ gzipBytes }) => ({ value: gzipBytes }) },
  { key: 'parameters', title: 'parameters', unit: 'count', cell: ({ parameters }) => ({ value: parameters }) },
  { key: 'loadMs', title: 'load', unit: 'ms', cell: ({ loadMs }) => ({ value: loadMs }) },
  { key: 'firstRunMs', title: 'first run', unit: 'ms', cell: ({ firstRunMs }) => ({ value: firstRunMs }) },
  { key: 'peakRssBytes', title: 'peak memory', unit: 'size', cell: ({ peakRssBytes }) => ({ value: peakRssBytes }) },
];
/** 'agreement (top-1; random feeds: unreliable)': what was compared, and on what. */
function agreementTitle({ variants, judgedOn }: Results): string {
  const metric = variants.find(({ agreement }) => agreement)?.agreement?.metric;
  const on = judgedOn?.startsWith('random:') ? 'random feeds: unreliable' : undefined;
  const says = [metric, on].filter((part) => part !== undefined).join('; ');
  return says && judgedOn !== undefined ? `agreement (${says})` : 'agreement';
}

const after: readonly ColumnRule[] = [
  { key: 'accuracy', title: 'accuracy', unit: 'share', cell: ({ accuracy }) => ({ value: accuracy?.value ?? null, ci95: accuracy?.ci95 }) },
  {
    key: 'agreement',
    title: 'agreement',
    titled: agreementTitle,
    unit: 'share',
    cell: ({ agreement }) => ({ value: agreement?.value ?? null, ci95: agreement?.ci95 }),
  },
  { key: 'onFrontier', title: 'frontier', unit: 'flag', cell: ({ onFrontier }) => ({ value: onFrontier }) },
];

/** The batch sizes of the results, ascending. */
export const batchesOf = (results: Results): string[] =>
  [...new Set(results.variants.flatMap((variant) => Object.keys(variant.latencyMs)))].sort((a, b) => Number(a) - Number(b));

export interface TableOptions {
  /** Keys of the columns to keep, in this order; default: all that hold something. */
  readonly columns?: readonly string[];
}

/** One row a variant, in the order of the results; the first variant is the baseline of the ratios. Columns in which every cell is null are left out. */
export function resultsTable(results: Results, options: TableOptions = {}): Table {
  const [baseline] = results.variants;
  const rules = [...before, ...batchesOf(results).flatMap((batch) => [timing(batch), faster(batch)]), ...after];
  const wanted = options.columns ? options.columns.flatMap((key) => rules.filter((rule) => rule.key === key)) : rules;
  const cells = wanted.map((rule) => results.variants.map((variant) => rule.cell(variant, baseline!)));
  const kept = wanted.map((_, i) => i).filter((i) => cells[i]!.some((cell) => cell.value !== null));
  return {
    columns: kept.map((i) => ({ key: wanted[i]!.key, title: wanted[i]!.titled?.(results) ?? wanted[i]!.title, unit: wanted[i]!.unit })),
    rows: results.variants.map((_, row) => kept.map((i) => cells[i]![row]!)),
  };
}
