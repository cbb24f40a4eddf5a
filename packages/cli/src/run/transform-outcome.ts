// How every verb that turns a model into another ends: the JSON of API.md, and in words what changed, what was left and why, and how close it stayed.
import { allGraphs, definedValues, type Model, type Report } from '@modeldiet/onnx-io';
import { formatBytes, formatCount, formatRatio } from '@modeldiet/pipeline';
import type { Warning } from '@modeldiet/tensor';
import type { Paint } from '../terminal/paint';
import { sideBySideText } from './compare';
import { nodeCount, type Opened } from './open';
import type { Tally } from './tally';
import type { Tried } from './try-out';
import type { Written } from './write';

export interface Transformed {
  readonly input: Opened;
  readonly model: Model;
  readonly report: Report;
  readonly written: Written;
  readonly warnings: readonly Warning[];
  readonly tally: Tally;
}

export function transformJson({ input, model, report, written, warnings, tally }: Transformed) {
  return {
    input: { path: input.path, bytes: input.bytes, nodes: nodeCount(input.model) },
    output: { path: written.path, bytes: written.bytes, nodes: nodeCount(model) },
    changed: report.changed,
    skipped: report.skipped,
    ...(report.matched && { matched: report.matched }),
    warnings,
    verified: written.verified,
    ...(written.note !== undefined && { note: written.note }),
    ...(written.compared && { compared: written.compared }),
    ...tally,
  };
}

/** Every name a change may speak of; without them changes of the same kind read the same. */
function namesOf(model: Model): Set<string> {
  const names = new Set<string>();
  for (const graph of allGraphs(model)) for (const value of definedValues(graph)) names.add(value.name);
  return names;
}

/** Names of values that are also words of a sentence. */
const plainWords = new Set(['input', 'output']);

/** '3 MatMul: MatMulInteger, weight ...': changes of the same kind are one line, names left out. */
function grouped(lines: readonly string[], names: ReadonlySet<string>): string[] {
  const counts = new Map<string, number>();
  const anonymous = (line: string): string =>
    line.replace(/[^\s,;]+/g, (word) => (names.has(word) && !plainWords.has(word) ? '\u2026' : word)).replace(/\u2026(?:, \u2026)+/g, '\u2026');
  for (const line of lines.map(anonymous)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([text, count]) => `${String(count).padStart(5)} ${text}`);
}

const shownMatches = 12;
const verifiedText = {
  ran: 'opened and run once before it was put in place',
  opened: 'opened before it was put in place, not run',
  no: 'not tried in a runtime',
} as const satisfies Record<Tried['verified'], string>;

/** `verbose`: every node by its address. */
export function transformText({ input, model, report, written, tally }: Transformed, paint: Paint, verbose: boolean): string {
  const size = `${formatCount(written.bytes)} bytes, ${paint.bold(formatRatio(written.bytes / input.bytes))} of ${formatBytes(input.bytes)}`;
  const lines = [
    `${paint.bold(written.path)}: ${size}; ${nodeCount(input.model)} to ${nodeCount(model)} nodes; ${tally.seconds.toFixed(1)} s`,
    paint.dim(`${verifiedText[written.verified]}${written.note === undefined ? '' : `; ${written.note}`}`),
  ];
  if (report.matched) {
    const more = report.matched.length - shownMatches;
    lines.push('', `selected ${report.matched.length}: ${report.matched.slice(0, shownMatches).join(', ')}${more > 0 ? `, and ${more} more` : ''}`);
  }
  const changed = report.changed.map(({ node, opType, what }) => `${opType}${verbose ? ` ${node}` : ''}: ${what}`);
  const skipped = report.skipped.map(({ node, opType, code, reason }) => `${opType}${verbose ? ` ${node}` : ''}: ${reason} ${paint.dim(`[${code}]`)}`);
  const names = verbose ? new Set<string>() : namesOf(input.model);
  if (changed.length) lines.push('', paint.bold('changed'), ...grouped(changed, names));
  if (skipped.length) lines.push('', paint.bold('left as it was'), ...grouped(skipped, names));
  if (written.compared) {
    const { feeds } = written.compared;
    const how = `on ${feeds}${feeds.startsWith('random:') ? '; real inputs say more: --data' : ''}`;
    lines.push('', `${paint.bold('against the original')} ${paint.dim(how)}`, sideBySideText(written.compared, paint));
  }
  return lines.join('\n');
}
