// Memory of this process as the system counts it.

export interface MemoryNow {
  /** Resident now, bytes. */
  readonly rssBytes: number;
  /** The most that was ever resident in this process, bytes. */
  readonly peakRssBytes: number;
  readonly heapUsedBytes: number;
  /** ArrayBuffers: weights, feeds, results. */
  readonly arrayBuffersBytes: number;
}

/** The most memory this process ever held, bytes. It never falls: measure variants each in a fresh process. */
export const peakRss = (): number => process.resourceUsage().maxRSS * 1024;

export function memoryNow(): MemoryNow {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rssBytes: rss, peakRssBytes: Math.max(peakRss(), rss), heapUsedBytes: heapUsed, arrayBuffersBytes: arrayBuffers };
}
