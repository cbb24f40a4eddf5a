import type { TraceEvent } from '../backend';
/** The kernels of every run, in time order; `args` keeps ORT's own (shapes, sizes in bytes, peak memory). Events outside nodes are `opType` ''. */
export declare function parseTrace(text: string): TraceEvent[];
