// The real modules are assignable to our structural type, with no cast: this file compiling is half of the test.
import * as common from 'onnxruntime-common';
import * as nodeModule from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import * as webWasm from 'onnxruntime-web/wasm';
import { expect, test } from 'vitest';
import { flavorOf, type OrtModule, versionOf } from './module';

const modules: Readonly<Record<string, OrtModule>> = { common, node: nodeModule, web, webWasm };

test('every module of ONNX Runtime is an OrtModule', () => {
  for (const ort of Object.values(modules)) {
    expect(ort.InferenceSession.create).toBeTypeOf('function');
    expect(versionOf(ort)).toMatch(/^\d+\.\d+\.\d+/);
  }
});

test('the flavor is told by the versions', () => {
  expect(flavorOf(nodeModule)).toBe('node');
  expect(flavorOf(webWasm)).toBe('web');
});
