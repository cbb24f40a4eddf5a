// onnxruntime-web's WebAssembly in a worker: one that hangs is ended, and another takes its place.
import { ortBackend, serveBackend } from '@modeldiet/runtime';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.wasmPaths = { wasm: wasmUrl };
ort.env.wasm.numThreads = 1;
serveBackend(ortBackend(ort), self);
