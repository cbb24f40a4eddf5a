// WebAssembly with two threads: a module of its own (each browser test file is a page of its own), isolated by its headers.

import moduleUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { expect, test } from 'vitest';
import { ortBackend } from '../ort/backend';
import { withSession } from '../session';
import { near, rejects } from './check';
import { linear, linearOf } from './models';

ort.env.wasm.wasmPaths = { wasm: wasmUrl, mjs: moduleUrl };

test('two threads run; another count in the same page is an error, not a surprise', async () => {
  expect(crossOriginIsolated).toBe(true);
  const backend = ortBackend(ort, { threads: 2 });
  await withSession(backend, linear(), {}, async (session) => {
    near((await session.run({ x: { type: 'float32', dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) } })).y, linearOf([1, 2, 3, 4]), 1e-5, 'y');
  });
  expect(ort.env.wasm.numThreads).toBe(2);
  await rejects(backend.createSession(linear(), { threads: 1 }), 'runtime/bad-threads');
});
