// ONNX Runtime's WebAssembly, from this site's own files: one thread, so that no special headers are needed.
import { ortBackend } from '@modeldiet/runtime';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, import.meta.url).href };
ort.env.wasm.numThreads = 1;

export const backend = ortBackend(ort);
