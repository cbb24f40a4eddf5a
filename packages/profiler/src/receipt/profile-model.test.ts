import { isModelDietError } from '@modeldiet/numfmt';
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { costs } from '@modeldiet/ops';
import { type Backend, ortBackend, randomFeeds } from '@modeldiet/runtime';
import { fileTrace } from '@modeldiet/runtime/node';
import type { Tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { fitLine, sweepBatch } from '../sweep-batch';
import { originsOf } from './origin';
import { profileModel } from './profile-model';
import type { MachineRates } from './rates';
import { boundOf } from './roofline';
import { bytesOf, macsOf } from './work';

const models = new URL('../../../../fixtures/models/', import.meta.url).pathname;
const backend: Backend = ortBackend(ort, { trace: fileTrace() });
const rates: MachineRates = { flopsPerSecond: 50e9, bytesPerSecond: 10e9 };
const codeOf = (job: Promise<unknown>): Promise<string> =>
  job.then(
    () => 'nothing',
    (e: unknown) => (isModelDietError(e) ? e.code : String(e)),
  );

function mlp(width = 512): Model {
  const g = graphBuilder();
  const weights = (rows: number, columns: number): Tensor => ({ type: 'float32', dims: [rows, columns], data: new Float32Array(rows * columns).fill(0.01) });
  const x = g.input('x', 'float32', ['batch', width]);
  const hidden = g.op('Relu', [g.op('MatMul', [x, g.constant('w1', weights(width, width))], {}, { name: 'first' })], {}, { name: 'relu' });
  g.output(g.op('MatMul', [hidden, g.constant('w2', weights(width, 10))], {}, { name: 'second' }), 'y', { dtype: 'float32', dims: ['batch', 10] });
  return g.model();
}

describe('profileModel', () => {
  test('a receipt names every node, its share, its work; shares add up', async () => {
    const model = mlp();
    const receipt = await profileModel(model, { backend, feeds: randomFeeds(model, { dims: { batch: 64 } }), runs: 10, rates, optimize: 'none' });
    expect(receipt.nodes.map(({ node }) => node).toSorted()).toEqual(['first', 'relu', 'second']);
    expect(receipt.nodes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    const first = receipt.nodes.find(({ node }) => node === 'first')!;
    expect(first).toMatchObject({ opType: 'MatMul', provider: 'CPUExecutionProvider', calls: 1, macs: 64 * 512 * 512, inModel: true });
    expect(first.bytes).toBe(4 * (64 * 512 + 512 * 512 + 64 * 512));
    expect(receipt.nodes[0]).toBe(first);
    expect(receipt.runs).toBe(10);
    expect(receipt.events).toHaveLength(30);
    expect(receipt.kernelMs).toBeLessThanOrEqual(receipt.totalMs * 1.1);
    expect(receipt.totalMs).toBeLessThan(receipt.latencyMs.median * 10);
    expect(receipt.byProvider.CPUExecutionProvider).toMatchObject({ nodes: 3 });
    expect(receipt.byOpType.map(({ opType }) => opType)).toEqual(['MatMul', 'Relu']);
    expect(receipt.rates).toBe(rates);
  });

  test('the rates are measured once where none are given, and without them nothing is bound', async () => {
    const model = mlp(256);
    const feeds = randomFeeds(model);
    const { rates: measured, nodes } = await profileModel(model, { backend, feeds, runs: 3 });
    expect(measured!.flopsPerSecond).toBeGreaterThan(1e9);
    expect(measured!.bytesPerSecond).toBeGreaterThan(1e8);
    // A product of a vector is bound by its weights' bytes, whatever the machine.
    expect(['memory', null]).toContain(nodes.find(({ node }) => node === 'first')!.bound);
    expect((await profileModel(model, { backend, feeds, runs: 3 })).rates).toBe(measured);
    const without = await profileModel(model, { backend, feeds, runs: 3, rates: false });
    expect(without).not.toHaveProperty('rates');
    expect(without.nodes.every(({ bound }) => bound === null)).toBe(true);
  });

  test.each([
    ['resnet.dynamo.onnx', 0.99],
    ['mobilenet.ts.onnx', 0.99],
    ['face_detection_front_128x128_barracuda.onnx', 0.99],
  ])('%s: fused convolutions go back to the nodes they came from', async (file, share) => {
    const model = await readModel(models + file);
    const { nodes } = await profileModel(model, { backend, feeds: randomFeeds(model), runs: 3, rates });
    const products = nodes.filter(({ opType }) => /Conv|Gemm|MatMul/.test(opType));
    expect(products.length).toBeGreaterThan(5);
    expect(products.every(({ inModel }) => inModel)).toBe(true);
    expect(new Set(products.map(({ node }) => node)).size).toBe(products.length);
    // The MACs told by the events are those the model's own shapes say.
    const total = costs(model, { dims: {} }).macs;
    const seen = products.reduce((sum, { macs }) => sum + (macs ?? 0), 0);
    if (typeof total === 'number') {
      expect(seen / total).toBeGreaterThan(share);
      expect(seen / total).toBeLessThan(1.01);
    }
  });

  test('a loop counts its calls', async () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [8]);
    const body = g.subgraph('body', (b) => {
      b.input('i', 'int64', []);
      const more = b.input('more', 'bool', []);
      const v = b.input('v', 'float32', [8]);
      return [b.op('Identity', [more], {}, { name: 'again' }), b.op('Sin', [v], {}, { name: 'inner' })];
    });
    g.output(g.op('Loop', [g.constant('trips', { type: 'int64', dims: [], data: BigInt64Array.of(5n) }), null, x], { body }, { name: 'loop' }), 'y', {
      dtype: 'float32',
      dims: [8],
    });
    const { nodes } = await profileModel(g.model(), { backend, feeds: randomFeeds(g.model()), runs: 4, rates });
    expect(nodes.find(({ opType }) => opType === 'Sin')).toMatchObject({ calls: 5, inModel: true });
  });

  test('no feeds, no runs', async () => {
    expect(await codeOf(profileModel(mlp(8), { backend, feeds: [] }))).toBe('profiler/no-feeds');
    expect(await codeOf(profileModel(mlp(8), { backend, feeds: randomFeeds(mlp(8)), runs: 0 }))).toBe('profiler/bad-option');
    const mute: Backend = { ...backend, createSession: async (...args) => ({ ...(await backend.createSession(...args)), trace: async () => [] }) };
    expect(await codeOf(profileModel(mlp(8), { backend: mute, feeds: randomFeeds(mlp(8)), rates: false }))).toBe('profiler/no-trace');
  });
});

describe('what an event says', () => {
  const event = (opType: string, inputs: number[][], output: number[], more: object = {}) =>
    ({
      node: 'n',
      opType,
      provider: 'p',
      startUs: 0,
      durationUs: 1,
      args: { input_type_shape: inputs.map((dims) => ({ float: dims })), output_type_shape: [{ float: output }], ...more },
    }) as const;

  test.each<[string, number[][], number[], number | undefined]>([
    [
      'MatMul',
      [
        [2, 5, 7],
        [7, 3],
      ],
      [2, 5, 3],
      2 * 5 * 3 * 7,
    ],
    ['MatMul', [[5, 7]], [5, 3], 5 * 3 * 7],
    [
      'Gemm',
      [
        [7, 5],
        [7, 3],
      ],
      [5, 3],
      5 * 3 * 7,
    ],
    ['Conv', [[1, 3, 32, 32], [16, 3, 3, 3], [16]], [1, 16, 30, 30], 16 * 900 * 27],
    [
      'FusedConv',
      [
        [1, 32, 8, 8],
        [32, 1, 3, 3],
      ],
      [1, 32, 8, 8],
      32 * 64 * 9,
    ],
    [
      'ConvTranspose',
      [
        [1, 4, 8, 8],
        [4, 6, 3, 3],
      ],
      [1, 6, 17, 17],
      4 * 64 * 6 * 9,
    ],
    ['Relu', [[5]], [5], undefined],
  ])('MACs of %s %j', (opType, inputs, output, macs) => {
    expect(macsOf(event(opType, inputs, output))).toBe(macs);
  });

  test('a filter that was packed beforehand comes from the model; what is added on top is not taken for it', () => {
    const packed = event('QLinearConv', [[2, 8, 8, 4], [], [], [6]], [2, 6, 6, 6]);
    expect(macsOf(packed)).toBeUndefined();
    expect(macsOf(packed, [6, 4, 3, 3])).toBe(2 * 36 * 6 * 36);
    const added = event('FusedConv', [[1, 4, 8, 8], [6], [1, 6, 6, 6]], [1, 6, 6, 6]);
    expect(macsOf(added, [6, 4, 3, 3])).toBe(36 * 6 * 36);
  });

  test('bytes add activations, outputs and weights; packed weights stand in', () => {
    expect(bytesOf(event('MatMul', [], [], { activation_size: '8', output_size: '4', parameter_size: '0' }), 100)).toBe(112);
    expect(bytesOf(event('MatMul', [], [], { activation_size: '8', output_size: '4', parameter_size: '100' }), 100)).toBe(112);
  });

  test('what bounds a kernel', () => {
    expect(boundOf(1, 25e6, 1e5, rates)).toBe('compute');
    expect(boundOf(1, 1e5, 10e6, rates)).toBe('memory');
    expect(boundOf(1, undefined, 10e6, rates)).toBe('memory');
    expect(boundOf(1, 1e3, 1e3, rates)).toBe(null);
  });

  test('names of fused kernels lead to their product', () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [1, 3, 8, 8]);
    const w: Tensor = { type: 'float32', dims: [4, 3, 3, 3], data: new Float32Array(108) };
    const relu = g.op('Relu', [g.op('Conv', [x, g.constant('w', w)], {}, { name: 'conv', output: 'c' })], {}, { name: 'act', output: 'r' });
    g.output(relu, 'r', {});
    const origin = originsOf(g.model());
    expect(origin('r_nchwc', 'Conv')?.name).toBe('conv');
    expect(origin('act', 'Relu')?.name).toBe('act');
    expect(origin('conv', 'Conv')?.name).toBe('conv');
    expect(origin('conv/SomeFusion', 'Conv')?.name).toBe('conv');
    expect(origin('conv/SomeFusion/_token_3', 'Conv')?.name).toBe('conv');
    expect(origin('fused conv', 'FusedConv')?.name).toBe('conv');
    expect(origin('fused conv_nchwc_token_7', 'Conv')?.name).toBe('conv');
    expect(origin('ReorderOutput', 'ReorderOutput')).toBeUndefined();
  });
});

describe('sweepBatch', () => {
  test('rows, throughput, fit and knee agree with one another; batches answer as items do', async () => {
    const model = mlp(64);
    const { rows, fit, knee, agreement } = await sweepBatch(model, { backend, batches: [1, 4, 16], maxTimeMs: 200, minTimeMs: 20, maxSamples: 200 });
    expect(rows.map(({ batch }) => batch)).toEqual([1, 4, 16]);
    for (const { batch, latencyMs, throughput } of rows) expect(throughput).toBeCloseTo((1e3 * batch) / latencyMs.median, 6);
    expect(fit.setupMs + 16 * fit.perItemMs).toBeGreaterThan(0);
    expect([1, 4, 16]).toContain(knee);
    expect(agreement!.batch).toBe(4);
    expect(agreement!.outputs).toEqual([{ name: 'y', sqnrDb: expect.any(Number), maxAbsDiff: expect.any(Number) }]);
    expect(agreement!.outputs[0]!.sqnrDb).toBeGreaterThan(100);
  });

  test('the fit finds a known line', () => {
    const { setupMs, perItemMs, r2 } = fitLine([1, 2, 4, 8, 64, 512].map((batch) => [batch, 0.05 + 0.002 * batch] as const));
    expect(setupMs).toBeCloseTo(0.05, 10);
    expect(perItemMs).toBeCloseTo(0.002, 12);
    expect(r2).toBeCloseTo(1, 10);
    expect(fitLine([[1, 3]])).toEqual({ setupMs: 3, perItemMs: 0, r2: 1 });
  });

  test('one size alone, a fixed batch, sizes that are none', async () => {
    expect((await sweepBatch(mlp(8), { backend, batches: [2], maxTimeMs: 30, minTimeMs: 0, maxSamples: 20 })).rows).toHaveLength(1);
    const g = graphBuilder();
    g.output(g.op('Relu', [g.input('x', 'float32', [1, 3])]), 'y', {});
    expect(await codeOf(sweepBatch(g.model(), { backend, batches: [1, 2] }))).toBe('profiler/no-batch-axis');
    expect(await codeOf(sweepBatch(mlp(8), { backend, batches: [0] }))).toBe('profiler/bad-option');
  });
});
