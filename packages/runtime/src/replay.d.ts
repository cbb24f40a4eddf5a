import type { Batches } from '@modeldiet/tensor';
/** The same items, again and again. Arrays and datasets are used as they are; what can be iterated only once is collected. */
export declare function replayable(batches: Batches): Promise<Batches>;
