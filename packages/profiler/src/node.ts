export { environment } from './node/environment';
export { collectGarbage } from './node/gc';
export type { FunctionMemory, MemoryNow } from './node/memory';
export { measureMemory, memoryNow, peakRss } from './node/memory';
export type { FunctionProfile, ProfiledFunction, ProfiledLine, ProfileFunctionOptions } from './node/profile-function';
export { profileFunction } from './node/profile-function';
