// What every JSON of a transform ends with: how long it took and the most memory it held.
import { peakRss } from '@modeldiet/profiler/node';

export interface Tally {
  readonly seconds: number;
  readonly peakRssBytes: number;
}

/** Begins to count; call the result at the end. */
export function beginTally(): () => Tally {
  const start = performance.now();
  return () => ({ seconds: Number(((performance.now() - start) / 1000).toFixed(3)), peakRssBytes: peakRss() });
}
