// --budget 'size=1MB,latency=2ms,memory=200MB,drop=1%'. Grammar: clause (',' clause)*, clause = limit '=' number unit?
import type { Budget, LimitName } from '@modeldiet/pipeline';
import { fail } from '../errors';
import { didYouMean } from './suggest';

type Units = Readonly<Record<string, number>>;

/** Keys in lower case. Without a unit: bytes. */
const bytes: Units = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };
/** Without a unit: milliseconds. */
const times: Units = { '': 1, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3 };
const shares: Units = { '': 1, '%': 0.01 };

interface Word {
  readonly limit: LimitName;
  readonly units: Units;
  readonly says: string;
}

/** A word is a row. */
export const budgetWords = {
  size: { limit: 'sizeBytes', units: bytes, says: "the model's files" },
  gzip: { limit: 'gzipBytes', units: bytes, says: 'gzipped' },
  file: { limit: 'largestFileBytes', units: bytes, says: 'the largest file' },
  download: { limit: 'downloadBytes', units: bytes, says: "gzipped, with the runtime's" },
  latency: { limit: 'latencyMs', units: times, says: 'a run' },
  memory: { limit: 'memoryBytes', units: bytes, says: 'of the process' },
  drop: { limit: 'drop', units: shares, says: 'of the metric' },
} as const satisfies Record<string, Word>;

/** Whether the values make sense is `optimize`'s to say. Throws `cli/budget-syntax`. */
export function readBudget(text: string): Budget {
  const where = { option: '--budget' };
  const names = Object.keys(budgetWords);
  const budget: { -readonly [K in LimitName]?: number } = {};
  for (const clause of text.split(',')) {
    const [, name, digits, unit] = /^\s*([A-Za-z]+)\s*(?:=|<=)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%|[A-Za-zµ]*)\s*$/.exec(clause) ?? [];
    if (name === undefined) throw fail('budget-syntax', { where, expected: "clauses like 'size=1MB' or 'drop=1%', joined by commas", actual: clause });
    if (!Object.hasOwn(budgetWords, name))
      throw fail('budget-syntax', { where, expected: names.join(', '), actual: name }, `there is no limit '${name}'${didYouMean(name, names)}`);
    const { limit, units } = budgetWords[name as keyof typeof budgetWords] as Word;
    const factor = units[unit!.toLowerCase()];
    if (factor === undefined)
      throw fail('budget-syntax', { where, expected: Object.keys(units).filter(Boolean).join(', '), actual: unit }, `${name} has no such unit`);
    if (budget[limit] !== undefined) throw fail('budget-syntax', { where, actual: clause.trim() }, `${name} is limited twice`);
    budget[limit] = Number(digits) * factor;
  }
  return budget;
}
