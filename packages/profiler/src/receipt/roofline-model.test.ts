// The roofline's arithmetic on real traces, under ceilings that are given.
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { ortBackend } from '@modeldiet/runtime';
import { fileTrace } from '@modeldiet/runtime/node';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { roofline } from './roofline-model';

const backend = ortBackend(ort, { trace: fileTrace() });
const rates = { flopsPerSecond: 2e10, bytesPerSecond: 1e10 };

function product(n: number): Model {
  const g = graphBuilder();
  const w = g.constant('w', { type: 'float32', dims: [n, n], data: new Float32Array(n * n).fill(0.01) });
  const y = g.op('MatMul', [g.input('x', 'float32', ['batch', n]), w], {}, { name: 'product' });
  g.output(g.op('Erf', [y], {}, { name: 'map' }), 'y', { dtype: 'float32', dims: ['batch', n] });
  return g.model();
}

test('places every kernel by its operations a byte and its time', async () => {
  const [batch, n] = [64, 256];
  const { nodes, whole, ridge, ...rest } = await roofline(product(n), { backend, dims: { batch }, rates, runs: 5 });
  expect([rest.rates, rest.threads, ridge]).toEqual([rates, 1, 2]);
  const of = (name: string) => nodes.find(({ node }) => node === name)!;
  const flops = 2 * batch * n * n;
  expect(of('product')).toMatchObject({ opType: 'MatMul', flops });
  expect(of('map')).toMatchObject({ opType: 'Erf', flops: 0, intensity: 0, flopsPerSecond: 0 });
  // Input, weights and output are read and written at least once.
  expect(of('product').bytes).toBeGreaterThanOrEqual(4 * (2 * batch * n + n * n));
  for (const each of nodes) {
    expect(each.intensity).toBeCloseTo(each.flops / each.bytes, 9);
    expect(each.bytesPerSecond).toBeCloseTo((1e3 * each.bytes) / each.ms, 3);
    expect(each.efficiency).toBeCloseTo((1e3 * Math.max(each.flops / rates.flopsPerSecond, each.bytes / rates.bytesPerSecond)) / each.ms, 9);
  }
  expect(whole.flops).toBe(flops);
  expect(whole.ms).toBeCloseTo(
    nodes.reduce((sum, { ms }) => sum + ms, 0),
    9,
  );
});

test('feeds are made up where none are given: one row; another dim that is open needs a number', async () => {
  expect((await roofline(product(8), { backend, rates, runs: 1 })).whole.flops).toBe(2 * 8 * 8);
  const g = graphBuilder();
  g.output(g.op('Erf', [g.input('x', 'float32', ['batch', 'length'])]), 'y', { dtype: 'float32', dims: ['batch', 'length'] });
  await expect(roofline(g.model(), { backend, rates })).rejects.toMatchObject({ code: 'runtime/unbound-dim' });
  expect((await roofline(g.model(), { backend, rates, runs: 1, dims: { length: 5 } })).nodes).toHaveLength(1);
});
