export { environment } from './node/environment';
export type { MemoryNow } from './node/memory';
export { memoryNow, peakRss } from './node/memory';
