// Receipts of quantized and fused models: kernels that leave their packed weight out of the trace still tell their work, and go back to the model's nodes.
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { costs } from '@modeldiet/ops';
import { profileModel, type ReceiptNode } from '@modeldiet/profiler';
import { quantizeStatic } from '@modeldiet/quantize';
import { ortBackend, randomFeeds } from '@modeldiet/runtime';
import { fileTrace } from '@modeldiet/runtime/node';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

const backend = ortBackend(ort, { trace: fileTrace() });
const batch = 3;

async function productsOf(model: Model): Promise<readonly ReceiptNode[]> {
  const { nodes } = await profileModel(model, { backend, feeds: randomFeeds(model, { dims: { batch } }), runs: 3, rates: false });
  return nodes.filter(({ opType }) => /Conv|Gemm|MatMul/.test(opType));
}

/** Layers as PyTorch's exporter names them; the batch is open. */
function mlp(): Model {
  const g = graphBuilder();
  let x = g.input('input', 'float32', ['batch', 64]);
  const widths = [64, 32, 16, 10];
  for (let layer = 0; layer < 3; layer++) {
    const [from, to] = [widths[layer]!, widths[layer + 1]!];
    const w = g.constant(`${2 * layer}.weight`, { type: 'float32', dims: [to, from], data: Float32Array.from({ length: to * from }, (_, i) => Math.sin(i)) });
    const b = g.constant(`${2 * layer}.bias`, { type: 'float32', dims: [to], data: new Float32Array(to).fill(0.1) });
    x = g.op('Gemm', [x, w, b], { transB: 1 }, { name: `/${2 * layer}/Gemm`, output: `/${2 * layer}/Gemm_output_0` });
    if (layer < 2) x = g.op('Relu', [x], {}, { name: `/${2 * layer + 1}/Relu`, output: `/${2 * layer + 1}/Relu_output_0` });
  }
  g.output(x, 'logits', { dtype: 'float32', dims: ['batch', 10] });
  return g.model();
}

describe('a convolutional net, static int8, batch open', () => {
  test('every product has its work, and it is the model’s own', { timeout: 120_000 }, async () => {
    const model = await readModel('fixtures/models/mobilenet.ts.onnx');
    const { model: small } = await quantizeStatic(model, { backend, dataset: randomFeeds(model, { count: 4 }) });
    const products = await productsOf(small);
    expect(products.filter(({ opType }) => opType === 'QLinearConv').length).toBeGreaterThan(15);
    expect(products.filter(({ inModel, macs }) => !inModel || macs === undefined)).toEqual([]);
    const want = new Map(costs(small, { dims: { batch } }).byNode.map(({ node, macs }) => [node, macs] as const));
    for (const { node, macs } of products) expect([node, macs]).toEqual([node, want.get(node)]);
    expect(products.reduce((sum, { macs }) => sum + macs!, 0)).toBe(costs(model, { dims: { batch } }).macs);
  });
});

test('Gemm with its Relu: the kernel of another name is the layer’s; the packed weight is counted', async () => {
  const products = (await productsOf(mlp())).toSorted((a, b) => (a.node < b.node ? -1 : 1));
  expect(products.map(({ node, kernel, inModel, macs }) => ({ node, kernel, inModel, macs }))).toEqual([
    { node: '/0/Gemm', kernel: 'fused /0/Gemm', inModel: true, macs: batch * 64 * 32 },
    { node: '/2/Gemm', kernel: 'fused /2/Gemm', inModel: true, macs: batch * 32 * 16 },
    { node: '/4/Gemm', kernel: '/4/Gemm', inModel: true, macs: batch * 16 * 10 },
  ]);
  expect(products.map(({ bytes }) => bytes)).toEqual(
    [
      [64, 32],
      [32, 16],
      [16, 10],
    ].map(([from, to]) => 4 * (batch * (from! + to!) + from! * to! + to!)),
  );
});

test('static int8 of the same: its kernels keep the layers’ names', async () => {
  const { model } = await quantizeStatic(mlp(), { backend, dataset: randomFeeds(mlp(), { count: 4, dims: { batch } }) });
  const products = await productsOf(model);
  expect(products.map(({ node }) => node).toSorted()).toEqual(['/0/Gemm', '/2/Gemm', '/4/Gemm']);
  expect(products.every(({ inModel, opType }) => inModel && opType === 'QGemm')).toBe(true);
});
