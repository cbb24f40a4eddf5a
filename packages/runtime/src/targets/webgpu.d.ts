import type { Target } from './target';
/** The WebGPU provider. Integer products are not on the GPU: what is no float op and not listed runs on the CPU, silently, with a copy each way. */
export declare function webgpu(): Target;
