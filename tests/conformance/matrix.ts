// Outcomes of the node cases as figures: totals, and a row an op.
import type { Outcome } from './run-case';

export interface Totals {
  readonly passed: number;
  readonly skipped: number;
  /** Refusals by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Cases whose result differs, by name: each is a known defect, of the backend or of the case. */
  readonly differs: Readonly<Record<string, string>>;
}

export function totalsOf(outcomes: readonly Outcome[]): Totals {
  const refused: Record<string, number> = {};
  const differs: Record<string, string> = {};
  for (const { status, why = '', name } of outcomes) {
    if (status === 'refused') refused[why] = (refused[why] ?? 0) + 1;
    if (status === 'differs') differs[name] = why;
  }
  const count = (status: Outcome['status']): number => outcomes.filter((outcome) => outcome.status === status).length;
  return { passed: count('passed'), skipped: count('skipped'), refused: Object.fromEntries(Object.entries(refused).sort()), differs };
}

/** For each op the cases that hold it alone, or with ops that have rows of their own: passed of asked. */
export function byOp(outcomes: readonly Outcome[]): Map<string, { passed: number; asked: number }> {
  const rows = new Map<string, { passed: number; asked: number }>();
  for (const { ops, status } of outcomes) {
    if (status === 'skipped') continue;
    for (const op of ops) {
      const row = rows.get(op) ?? { passed: 0, asked: 0 };
      rows.set(op, { passed: row.passed + Number(status === 'passed'), asked: row.asked + 1 });
    }
  }
  return rows;
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** docs/FEATURES.md. */
export function featuresPage(
  results: Readonly<Record<string, readonly Outcome[]>>,
  own: Readonly<Record<string, { readonly passed: number; readonly skipped: readonly { readonly reason: string; readonly cases: readonly string[] }[] }>>,
  missing: readonly string[] = [],
): string {
  const names = Object.keys(results);
  const lines = [
    '# What runs where',
    '',
    'Written by `npm run conformance`; do not edit. Two suites ask every backend the same: ours (`@modeldiet/runtime/conformance`: types in and out, wrong feeds, failures, abort, release, loading) and the node cases of onnx 1.23.2, run through sessions as an app opens them (in Chromium in a worker of a page). WebGPU is SwiftShader here, a GPU in software.',
    ...missing.flatMap((each) => ['', `Left out: ${each}.`]),
    '',
    '## Our suite',
    '',
    '| backend | cases passed | left out, with the reason |',
    '|---|---|---|',
    ...Object.entries(own).map(
      ([name, { passed, skipped }]) => `| ${name} | ${passed} | ${skipped.map(({ reason, cases }) => `${cases.length}: ${reason}`).join('; ') || 'none'} |`,
    ),
    '',
    '## Node cases of onnx',
    '',
    'Refused: a typed error that names what is missing; nothing crashes. Skipped: a random result, or an input that is no tensor. The reference has a kernel for every row of the operator table but ImageDecoder.',
    '',
    '| backend | passed | refused | differs | skipped |',
    '|---|---|---|---|---|',
    ...names.map((name) => {
      const { passed, refused, differs, skipped } = totalsOf(results[name]!);
      return `| ${name} | ${passed} | ${sum(refused)} | ${Object.keys(differs).length} | ${skipped} |`;
    }),
    '',
    `| refused because | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
    ...[...new Set(names.flatMap((name) => Object.keys(totalsOf(results[name]!).refused)))]
      .sort()
      .map((code) => `| \`${code}\` | ${names.map((name) => totalsOf(results[name]!).refused[code] ?? 0).join(' | ')} |`),
    '',
    '## By op',
    '',
    'Cases passed of cases asked; a case with several ops counts for each.',
    '',
    `| op | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
  ];
  const tables = names.map((name) => byOp(results[name]!));
  const ops = [...new Set(tables.flatMap((table) => [...table.keys()]))].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')) || (a < b ? -1 : 1));
  for (const op of ops)
    lines.push(
      `| ${op} | ${tables
        .map((table) => table.get(op))
        .map((row) => (row ? `${row.passed}/${row.asked}` : ''))
        .join(' | ')} |`,
    );
  const differing = [...new Set(names.flatMap((name) => Object.keys(totalsOf(results[name]!).differs)))].sort();
  if (differing.length) {
    lines.push('', '## Cases that differ', '', '| case | where | how |', '|---|---|---|');
    for (const name of differing) {
      const where = names.filter((backend) => totalsOf(results[backend]!).differs[name] !== undefined);
      lines.push(`| ${name} | ${where.join(', ')} | ${totalsOf(results[where[0]!]!).differs[name]} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}
