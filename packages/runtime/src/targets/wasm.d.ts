import type { Target } from './target';
/** The WebAssembly provider: the CPU kernels compiled with SIMD. u8 x s8 is exact there (i16x8 products are added in 32 bits). */
export declare function wasm(): Target;
