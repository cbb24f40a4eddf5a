// ONNX Runtime 1.30's WebGPU provider (`onnxruntime-web/webgpu`, or onnxruntime-node with executionProviders ['webgpu']).
import { cpuOps } from './cpu-ops.generated';
import { nBits, opSet } from './make';
import type { Target } from './target';
import { webgpuOps, webgpuUntil21 } from './webgpu-ops';

const measured = 'measured: onnxruntime 1.30.0 webgpu on SwiftShader, 2026-11';
const ops = opSet(webgpuOps);
const until: ReadonlyMap<string, number> = new Map(webgpuUntil21.split(' ').map((op) => [op, 21]));
const cpuOpSet = opSet(cpuOps);

/**
 * The WebGPU provider. Integer products are not on the GPU, nor are pools, ConvTranspose, LSTM and some others above opset 21: what has no kernel
 * runs on the CPU, silently, with a copy each way. Which patterns are slower depends on the GPU, and no row says so without one.
 */
export function webgpu(): Target {
  return {
    name: 'webgpu',
    maxOpset: 26,
    maxIr: 13,
    saturatesU8S8: false,
    float16: 'native',
    nativeOps: ops,
    nativeUntil: until,
    fallbackOps: cpuOpSet,
    weightFormats: [
      nBits(`bits 2, 4, 8 run on the GPU (${measured})`),
      { op: 'com.microsoft:GatherBlockQuantized', bits: [4, 8], blockSizes: [16, 32, 64, 128, 256], source: measured },
      {
        op: 'DequantizeLinear',
        bits: [4, 8],
        blockSizes: [16, 32, 64, 128, 256],
        source: `the GPU dequantizes; the product that follows is in float (${measured})`,
      },
    ],
    slower: [],
  };
}
