// onnxruntime-web's native WebGPU provider in a real browser; without a GPU, on SwiftShader.

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { describe, test } from 'vitest';
import { ortBackend } from '../ort/backend';
import { backendConformance, deviations } from './index';

ort.env.wasm.wasmPaths = { wasm: wasmUrl };

const gpu = 'gpu' in navigator && (await (navigator as Navigator & { gpu: { requestAdapter(): Promise<object | null> } }).gpu.requestAdapter()) !== null;

describe.runIf(gpu)('onnxruntime-web, webgpu, in a browser', () => {
  const backend = ortBackend(ort, { executionProviders: ['webgpu'] });
  for (const { name, skipped, run } of backendConformance({ backend, skip: deviations['onnxruntime-web webgpu'] })) test.skipIf(skipped)(name, run);
});
