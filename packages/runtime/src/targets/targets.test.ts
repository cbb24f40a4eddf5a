import { cloneModel, edit, graphBuilder, schemaOps } from '@modeldiet/onnx-io';
import * as ort from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { linear, unknownOp } from '../conformance/models';
import { ortBackend } from '../ort/backend';
import { probeTarget } from '../probe';
import { withSession } from '../session';
import { supportsOn } from '../supports';
import { cpu } from './cpu';
import { wasm } from './wasm';
import { webgpu } from './webgpu';

test('every figure has its source, and every listed op a schema or a domain of ORT', () => {
  const known = new Set(schemaOps());
  for (const target of [cpu(), wasm(), webgpu()]) {
    for (const { source } of [...target.weightFormats, ...target.slower]) expect(source.length).toBeGreaterThan(10);
    for (const { ratio } of target.slower) expect(ratio).toBeGreaterThan(0);
    const plain = [...target.nativeOps].filter((op) => !op.includes(':'));
    expect(plain.length).toBeGreaterThan(80);
    expect(plain.filter((op) => !known.has(op)).filter((op) => !beforeOpset7.has(op))).toEqual([]);
  }
});
/** ORT still carries kernels of ops that ONNX dropped or never finished. */
const beforeOpset7 = new Set([
  'Affine',
  'Crop',
  'DynamicSlice',
  'ImageScaler',
  'ParametricSoftplus',
  'Scale',
  'ScaledTanh',
  'Scatter',
  'Upsample',
  'GRUUnit',
  'GivenTensorFill',
  'SimplifiedLayerNormalization',
]);

test('the newest opset and IR of the CPU target are those of the runtime', async () => {
  const { maxOpset, maxIr } = cpu();
  const backend = ortBackend(ort);
  const at = (opset: number, ir: number) => {
    const model = cloneModel(linear());
    edit.setOpset(model, '', opset);
    edit.setIrVersion(model, ir);
    return model;
  };
  await withSession(backend, at(maxOpset, maxIr), {}, async () => {});
  await expect(backend.createSession(at(maxOpset + 1, maxIr))).rejects.toMatchObject({ code: 'runtime/model-too-new' });
  await expect(backend.createSession(at(maxOpset, maxIr + 1))).rejects.toMatchObject({ code: 'runtime/model-too-new' });
  expect(backend.supports(at(maxOpset + 1, maxIr)).map(({ code }) => code)).toEqual(['runtime/model-too-new']);
  expect(backend.supports(at(maxOpset, maxIr))).toEqual([]);
});

test('supports names the node; a function of the model is its own support', () => {
  expect(supportsOn(cpu(), unknownOp())).toEqual([
    expect.objectContaining({ opType: 'com.acme:Frobnicate', code: 'runtime/no-kernel', reason: 'cpu has no com.acme:Frobnicate' }),
  ]);
  const g = graphBuilder({ opsets: { 'com.acme': 1 } });
  const x = g.input('x', 'float32', ['n']);
  g.function({ domain: 'com.acme', name: 'Twice', inputs: ['v'] }, (body, v) => body.op('Add', [v!, v!]));
  g.output(g.op('com.acme:Twice', [x]), 'y', { dtype: 'float32', dims: ['n'] });
  expect(supportsOn(cpu(), g.model())).toEqual([]);
});

test('what runs elsewhere is told from what cannot run', () => {
  const pooled = (opset: number) => {
    const g = graphBuilder({ opset });
    g.output(g.op('MaxPool', [g.input('x', 'float32', [1, 1, 4, 4])], { kernel_shape: [2, 2] }, { name: 'pool' }), 'y', {});
    return g.model();
  };
  expect(supportsOn(webgpu(), pooled(21))).toEqual([]);
  expect(supportsOn(webgpu(), pooled(22))).toEqual([
    { node: 'pool', opType: 'MaxPool', code: 'runtime/falls-back', reason: 'webgpu has no MaxPool above opset 21: it runs on the CPU, behind copies' },
  ]);
  const g = graphBuilder();
  g.output(g.op('DynamicQuantizeLinear', [g.input('x', 'float32', [4])], {}, { outputs: 3 })[0]!, 'y', {});
  expect(supportsOn(webgpu(), g.model())[0]).toMatchObject({ code: 'runtime/falls-back' });
  expect(supportsOn(webgpu(), unknownOp())[0]).toMatchObject({ code: 'runtime/no-kernel' });
});

test('saturation is a fact of the machine, and the default assumes the worst', async () => {
  expect(cpu().saturatesU8S8).toBe(true);
  expect(cpu({ saturatesU8S8: false }).saturatesU8S8).toBe(false);
  expect((await probeTarget(ortBackend(web))).saturatesU8S8).toBe(false);
  const here = await probeTarget(ortBackend(ort));
  expect(here).toEqual({ ...cpu(), saturatesU8S8: here.saturatesU8S8 });
});

test('what the probe finds is what a product of the machine gives', async () => {
  const { saturatesU8S8 } = await probeTarget(ortBackend(ort));
  const g = graphBuilder();
  const b = g.constant('b', { type: 'int8', dims: [2, 1], data: Int8Array.of(127, 127) });
  g.output(g.op('MatMulInteger', [g.input('a', 'uint8', [1, 2]), b]), 'y', { dtype: 'int32', dims: [1, 1] });
  const [sum] = await withSession(ortBackend(ort), g.model(), {}, async (session) => {
    const { y } = await session.run({ a: { type: 'uint8', dims: [1, 2], data: Uint8Array.of(255, 255) } });
    return [...(y!.data as Int32Array)];
  });
  expect(sum).toBe(saturatesU8S8 ? 32767 : 2 * 255 * 127);
});
