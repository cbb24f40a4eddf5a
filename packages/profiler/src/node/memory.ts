// Memory of this process as the system counts it.
import { readFileSync, writeFileSync } from 'node:fs';
import { collectGarbage } from './gc';

export interface MemoryNow {
  /** Resident now, bytes. */
  readonly rssBytes: number;
  /** The most that was ever resident in this process, bytes. */
  readonly peakRssBytes: number;
  readonly heapUsedBytes: number;
  /** ArrayBuffers: weights, feeds, results. */
  readonly arrayBuffersBytes: number;
}

/** Linux's own count of this process. `maxRSS` would do but for what a child inherits: the peak of its parent before exec. */
function highWater(): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** The most memory this process ever held, bytes. It never falls: measure variants each in a fresh process. */
export const peakRss = (): number => highWater() ?? process.resourceUsage().maxRSS * 1024;

export function memoryNow(): MemoryNow {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rssBytes: rss, peakRssBytes: Math.max(peakRss(), rss), heapUsedBytes: heapUsed, arrayBuffersBytes: arrayBuffers };
}

/** Sets the high-water mark back to now, where the system can (Linux). */
function resetHighWater(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return highWater() !== undefined;
  } catch {
    return false;
  }
}

export interface FunctionMemory<R> {
  readonly result: R;
  /** Before, after collecting garbage. */
  readonly before: MemoryNow;
  /** After, garbage included. */
  readonly after: MemoryNow;
  /** After, garbage collected: what the function keeps alive, its result included. */
  readonly kept: MemoryNow;
  /** The most that was resident above the start while it ran, bytes. */
  readonly peakBytes: number;
  /** `exact`: the system's high-water mark of this call alone (Linux). `lower bound`: only a rise above the process's earlier peak could be seen. */
  readonly peakIs: 'exact' | 'lower bound';
}

/**
 * Runs `fn` once (sync or async) and says what memory it took: at most, after, and kept. One call, since the second finds memory the first left.
 * @example
 * const { peakBytes } = await measureMemory(() => Float64Array.from(rows.flat()));
 */
export async function measureMemory<R>(fn: () => R | Promise<R>): Promise<FunctionMemory<R>> {
  collectGarbage();
  const exact = resetHighWater();
  const before = memoryNow();
  const result = await fn();
  const after = memoryNow();
  const peakBytes = Math.max(0, Math.max(after.peakRssBytes, after.rssBytes) - (exact ? before.rssBytes : before.peakRssBytes));
  collectGarbage();
  return { result, before, after, kept: memoryNow(), peakBytes, peakIs: exact ? 'exact' : 'lower bound' };
}
