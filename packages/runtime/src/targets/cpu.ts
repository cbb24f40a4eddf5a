// ONNX Runtime 1.30 on a CPU, through onnxruntime-node.
import { cpuOps } from './cpu-ops.generated';
import { nBits, opSet } from './make';
import type { Target } from './target';

const measured = 'measured: onnxruntime-node 1.30.0, one thread, AMD EPYC AVX2 without VNNI, 2026-11';
const ops = opSet(cpuOps);

/**
 * The CPU provider. Assumes an x86 without VNNI, where u8 x s8 products saturate in 16 bits, so that what is made for it is right on every machine;
 * `cpu({ saturatesU8S8: false })` when the machine that will run the model is known to have VNNI, or is an Arm; {@link probeTarget} finds out.
 */
export function cpu(options: { readonly saturatesU8S8?: boolean } = {}): Target {
  return {
    name: 'cpu',
    maxOpset: 26,
    maxIr: 13,
    saturatesU8S8: options.saturatesU8S8 ?? true,
    float16: 'emulated',
    nativeOps: ops,
    weightFormats: [
      nBits(`accuracy_level 4 computes in int8; without it the kernel dequantizes and is several times slower (${measured})`, 4),
      {
        op: 'com.microsoft:GatherBlockQuantized',
        bits: [4, 8],
        blockSizes: [16, 32, 64, 128, 256],
        source: 'ONNX Runtime contrib operators, GatherBlockQuantized',
      },
      { op: 'DequantizeLinear', bits: [4, 8], blockSizes: [16, 32, 64, 128, 256], source: 'ONNX 21: blocked DequantizeLinear, int4' },
    ],
    slower: [
      { pattern: 'MatMulInteger u8 x s8 by explicit s8 activations', ratio: 0.09, source: `s8 x s8, batch 1, K = N = 1024 (${measured})` },
      { pattern: 'MatMulNBits 8 bits without accuracy_level 4', ratio: 0.04, source: `batch 1, K = N = 1024 (${measured})` },
      {
        pattern: 'DequantizeLinear -> MatMul -> Relu | Clip | Add',
        ratio: 0.14,
        source: `the fused kernel is lost: 6 to 8 times slower than float32 (${measured})`,
      },
      { pattern: 'depthwise Conv in int8', ratio: 0.65, source: `0.6 to 0.7 of float32's speed (${measured})` },
      { pattern: 'Conv with 3 input channels in int8', ratio: 0.65, source: `0.6 to 0.7 of float32's speed (${measured})` },
      { pattern: 'Conv per channel u8 x u8', ratio: 0.64, source: `static conv nets, batch 64: 0.57 to 0.71 (${measured})` },
      { pattern: 'dynamic int8 MatMul of 64 x 1024 x 10 at batch 1', ratio: 0.93, source: `call overhead: 53 to 56 against 51 us (${measured})` },
      { pattern: 'float16 compute', ratio: 1, source: `float16 is computed in float32 behind Casts (${measured})` },
    ],
  };
}
