// onnxruntime-node on the CPU, and onnxruntime-web's WebAssembly in Node.
import * as nodeModule from 'onnxruntime-node';
import * as webModule from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { fileTrace } from '../node/file-trace';
import { ortBackend } from '../ort/backend';
import { backendConformance, deviations } from './index';

describe('onnxruntime-node, cpu', () => {
  const backend = ortBackend(nodeModule, { trace: fileTrace() });
  for (const { name, skipped, run } of backendConformance({ backend, skip: deviations['onnxruntime-node cpu'] })) test.skipIf(skipped)(name, run);
});

describe('onnxruntime-web, wasm, in Node', () => {
  const backend = ortBackend(webModule, { trace: fileTrace() });
  for (const { name, skipped, run } of backendConformance({ backend })) test.skipIf(skipped)(name, run);
});

test('a skip that names no case is an error', () => {
  expect(() => backendConformance({ backend: ortBackend(nodeModule), skip: [{ reason: 'x', cases: ['no/such'] }] })).toThrow("'no/such'");
});
