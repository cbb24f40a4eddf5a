// Where a function's time goes, by function and by line: V8's sampling profiler through the inspector.
import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fail } from '../errors';
import type { Measured } from '../sampler';

export interface ProfileFunctionOptions {
  /** Time between two samples, microseconds; default 100. */
  readonly intervalUs?: number;
  /** The function is called again until so much time is sampled; default 300. */
  readonly minTimeMs?: number;
  /** At most so many calls; default no limit. */
  readonly maxRuns?: number;
  readonly signal?: AbortSignal;
}

export interface ProfiledFunction {
  /** '(anonymous)' for one without a name; '(garbage collector)', '(program)' (native code outside any call) and '(idle)' (waiting) are V8's own. */
  readonly name: string;
  /** A path, or V8's own name ('node:fs'); '' for native code. */
  readonly file: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** Its own time in a call of the profiled function. */
  readonly selfMs: number;
  /** With what it calls. */
  readonly totalMs: number;
  /** `selfMs` of the whole. */
  readonly share: number;
}

export interface ProfiledLine {
  readonly file: string;
  readonly line: number;
  readonly ms: number;
  readonly share: number;
  /** The line itself, where the file can be read. */
  readonly text?: string;
}

export interface FunctionProfile {
  readonly runs: number;
  readonly samples: number;
  /** Of one call. */
  readonly totalMs: number;
  /** By own time, descending. */
  readonly functions: readonly ProfiledFunction[];
  /** By time, descending. */
  readonly lines: readonly ProfiledLine[];
}

const fileOf = (url: string): string => (url.startsWith('file://') ? fileURLToPath(url) : url);

/** A session of our own: whoever debugs this process keeps theirs. */
function profilerSession(): { post<R>(method: string, params?: object): Promise<R>; close(): void } {
  const session = new Session();
  session.connect();
  const post = <R>(method: string, params?: object): Promise<R> =>
    new Promise((resolve, reject) => {
      session.post(method, params, (error: Error | null, result?: object) => (error ? reject(error) : resolve(result as R)));
    });
  return { post, close: () => session.disconnect() };
}

/** This file's own address, in ESM, CJS and from sources. */
const own = typeof __filename === 'string' ? pathToFileURL(__filename).href : import.meta.url;

/**
 * All frames but the profiler's own. Not only those below the call: what an async function does after an await hangs from the root. V8's rows
 * '(garbage collector)', '(program)' (outside JavaScript) and '(idle)' (waiting) count too: they are part of the call's time.
 */
const counted = ({ callFrame: { functionName, url } }: Profiler.ProfileNode): boolean => functionName !== '(root)' && url !== own && url !== 'node:inspector';

interface Totals {
  name: string;
  file: string;
  line: number;
  self: number;
  total: number;
}

function functionsOf(nodes: readonly Profiler.ProfileNode[]): Totals[] {
  const byId = new Map(nodes.map((node) => [node.id, node] as const));
  const totals = new Map<string, Totals>();
  const keyOf = ({ callFrame: { functionName, url, lineNumber } }: Profiler.ProfileNode): string => `${functionName}\0${url}\0${lineNumber}`;
  // A recursive function counts its subtree once: at the outermost frame.
  const walk = (node: Profiler.ProfileNode, open: ReadonlySet<string>): number => {
    const key = keyOf(node);
    const { functionName, url, lineNumber } = node.callFrame;
    let entry = totals.get(key);
    if (!entry) totals.set(key, (entry = { name: functionName || '(anonymous)', file: fileOf(url), line: lineNumber + 1, self: 0, total: 0 }));
    const inner = open.has(key) ? open : new Set([...open, key]);
    let sum = node.hitCount ?? 0;
    entry.self += sum;
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) sum += walk(child, inner);
    }
    if (!open.has(key)) entry.total += sum;
    return sum;
  };
  const children = new Set(nodes.flatMap((node) => node.children ?? []));
  for (const node of nodes) if (!children.has(node.id)) walk(node, new Set());
  return [...totals.values()];
}

function linesOf(nodes: readonly Profiler.ProfileNode[]): { file: string; line: number; ticks: number }[] {
  const byPlace = new Map<string, { file: string; line: number; ticks: number }>();
  for (const { callFrame, positionTicks = [] } of nodes)
    for (const { line, ticks } of positionTicks) {
      const file = fileOf(callFrame.url);
      const key = `${file}\0${line}`;
      const place = byPlace.get(key) ?? { file, line, ticks: 0 };
      place.ticks += ticks;
      byPlace.set(key, place);
    }
  return [...byPlace.values()];
}

/** Lines of a file, read once; none where it cannot be read. */
function sources(): (file: string, line: number) => string | undefined {
  const known = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = known.get(file);
    if (!lines) {
      try {
        lines = readFileSync(file, 'utf8').split('\n');
      } catch {
        lines = [];
      }
      known.set(file, lines);
    }
    return lines[line - 1]?.trim();
  };
}

/**
 * Calls `fn` (sync or async) under V8's sampling profiler and says where its time went. Times are of one call. Lines are those of the running JavaScript:
 * a file compiled from another language shows its compiled lines. Throws `profiler/bad-option`.
 * @example
 * const { functions, lines } = await profileFunction(() => predict(request));
 */
export async function profileFunction(fn: Measured, options: ProfileFunctionOptions = {}): Promise<FunctionProfile> {
  const { intervalUs = 100, minTimeMs = 300, maxRuns = Number.POSITIVE_INFINITY, signal } = options;
  if (!(intervalUs >= 1)) throw fail('bad-option', { where: { option: 'intervalUs' }, expected: '1 or more', actual: intervalUs });
  if (!(maxRuns >= 1)) throw fail('bad-option', { where: { option: 'maxRuns' }, expected: '1 or more', actual: maxRuns });
  const session = profilerSession();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: intervalUs });
    await session.post('Profiler.start');
    let runs = 0;
    let elapsedMs = 0;
    do {
      signal?.throwIfAborted();
      const from = performance.now();
      await fn();
      elapsedMs += performance.now() - from;
      runs++;
    } while (elapsedMs < minTimeMs && runs < maxRuns);
    const { profile } = await session.post<{ profile: Profiler.Profile }>('Profiler.stop');
    const nodes = profile.nodes.filter(counted);
    const samples = nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
    const totalMs = elapsedMs / runs;
    const msOf = (ticks: number): number => (samples > 0 ? (ticks / samples) * totalMs : 0);
    const textOf = sources();
    return {
      runs,
      samples,
      totalMs,
      functions: functionsOf(nodes)
        .map(({ name, file, line, self, total }) => ({ name, file, line, selfMs: msOf(self), totalMs: msOf(total), share: samples > 0 ? self / samples : 0 }))
        .sort((a, b) => b.selfMs - a.selfMs || b.totalMs - a.totalMs),
      lines: linesOf(nodes)
        .map(({ file, line, ticks }) => {
          const text = textOf(file, line);
          return { file, line, ms: msOf(ticks), share: samples > 0 ? ticks / samples : 0, ...(text !== undefined && { text }) };
        })
        .sort((a, b) => b.ms - a.ms),
    };
  } finally {
    session.close();
  }
}
