// The node cases of onnx on onnxruntime-web's WebAssembly in a real browser.
import { it } from 'vitest';
import { judgeNodeCases } from './node-cases';

it('node cases', { timeout: 1_800_000 }, () =>
  judgeNodeCases({
    name: 'onnxruntime-web wasm in Chromium',
    worker: () => new Worker(new URL('./wasm.worker.ts', import.meta.url), { type: 'module' }),
    every: 8,
  }),
);
