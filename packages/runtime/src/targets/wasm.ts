// ONNX Runtime 1.30 in WebAssembly (onnxruntime-web), in a browser or in Node.
import { cpuOps } from './cpu-ops.generated';
import { nBits, opSet } from './make';
import type { Target } from './target';

const measured = 'measured: onnxruntime-web 1.30.0 wasm, one thread, 2026-11';
const ops = opSet(cpuOps);

/** The WebAssembly provider: the CPU kernels compiled with SIMD. u8 x s8 is exact there (i16x8 products are added in 32 bits). */
export function wasm(): Target {
  return {
    name: 'wasm',
    maxOpset: 26,
    maxIr: 13,
    saturatesU8S8: false,
    float16: 'emulated',
    nativeOps: ops,
    weightFormats: [nBits(`runs, but 14 to 22 times slower than float32 at batch 1: for download size only (${measured})`)],
    slower: [
      { pattern: 'MatMulNBits', ratio: 0.06, source: `14 to 22 times slower than float32 at batch 1 (${measured})` },
      {
        pattern: 'dynamic int8 MatMul at batch 1',
        ratio: 0.68,
        source: `K = N = 1024: 0.16 against 0.24 ms; at 256 0.52; at batch 32 it is 5.5 and 1.9 times faster (${measured})`,
      },
    ],
  };
}
