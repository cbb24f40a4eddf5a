// onnxruntime-web's WebAssembly in a real browser.

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { ortBackend } from '../ort/backend';
import { backendConformance } from './index';

ort.env.wasm.wasmPaths = { wasm: wasmUrl };

describe('onnxruntime-web, wasm, in a browser', () => {
  const backend = ortBackend(ort);
  for (const { name, skipped, run } of backendConformance({ backend })) test.skipIf(skipped)(name, run);

  test('names itself', () => {
    expect(backend).toMatchObject({ name: 'wasm', runtime: 'onnxruntime-web 1.30.0', target: { name: 'wasm' } });
  });
});
