// The node cases of onnx on onnxruntime-web's WebGPU provider (SwiftShader where there is no GPU) in a real browser.
import { it } from 'vitest';
import { hasGpu, judgeNodeCases } from './node-cases';

it.runIf(await hasGpu())('node cases', { timeout: 1_800_000 }, () =>
  judgeNodeCases({
    name: 'onnxruntime-web webgpu in Chromium',
    worker: () => new Worker(new URL('./webgpu.worker.ts', import.meta.url), { type: 'module' }),
    every: 16,
  }),
);
