// Which ceiling a kernel is under: the time its operations need at the machine's best, against the time its bytes need.
import type { MachineRates } from './rates';

export type Bound = 'compute' | 'memory' | null;

/** Below this share of the measured time, neither operations nor bytes explain it: it is overhead. */
const explained = 0.1;

/**
 * `ms` measured, `macs` and `bytes` of one run. null when neither ceiling explains a tenth of the time (call overhead, indexing, a slow kernel) or nothing is known.
 */
export function boundOf(ms: number, macs: number | undefined, bytes: number, rates: MachineRates): Bound {
  const computeMs = (2e3 * (macs ?? 0)) / rates.flopsPerSecond;
  const memoryMs = (1e3 * bytes) / rates.bytesPerSecond;
  if (Math.max(computeMs, memoryMs) < explained * ms || ms === 0) return null;
  return computeMs >= memoryMs ? 'compute' : 'memory';
}
