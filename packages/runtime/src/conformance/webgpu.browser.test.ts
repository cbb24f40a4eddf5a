// onnxruntime-web's native WebGPU provider in a real browser; without a GPU, on SwiftShader.

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { describe, test } from 'vitest';
import { ortBackend } from '../ort/backend';
import { backendConformance } from './index';

ort.env.wasm.wasmPaths = { wasm: wasmUrl };

/** What onnxruntime-web 1.30.0 does not do on this provider. */
const skip = [
  {
    reason: 'the WebGPU session has no kernel for casts of 4-bit integers',
    cases: ['dtypes/int4 input', 'dtypes/uint4 input', 'dtypes/int4 output is listed, not fetched, and the process lives'],
  },
  { reason: 'a run whose kernel throws never settles', cases: ['run/a failure inside is an error of that run alone'] },
];

const gpu = 'gpu' in navigator && (await (navigator as Navigator & { gpu: { requestAdapter(): Promise<object | null> } }).gpu.requestAdapter()) !== null;

describe.runIf(gpu)('onnxruntime-web, webgpu, in a browser', () => {
  const backend = ortBackend(ort, { executionProviders: ['webgpu'] });
  for (const { name, skipped, run } of backendConformance({ backend, skip })) test.skipIf(skipped)(name, run);
});
