// compareBackends on float16 graphs: an intermediate beyond 65504 is found at the node that makes it, against the reference in wider numbers.
import { allNodes, edit, keyOf, type Model, materializeModel, opKey } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { convertFloat } from '@modeldiet/quantize';
import { compareBackends, ortBackend, randomFeeds, referenceBackend } from '@modeldiet/runtime';
import { type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

const backend = ortBackend(ort, { threads: 1 });
const judge = referenceBackend({ widen: true });

async function loaded(file: string): Promise<Model> {
  return materializeModel(await readModel(`fixtures/models/${file}`));
}

/** Multiplies the weight of the `index`-th product so that its largest entry is 30000: the product leaves the range of float16, its weight does not. */
function overflowing(model: Model, index: number): string {
  const node = [...allNodes(model)].filter((each) => /^(Conv|Gemm|MatMul)$/.test(opKey(each)) && each.inputs[1]?.initializer)[index]!;
  const weight = node.inputs[1]!;
  const numbers = toFloat64(weight.initializer as Tensor);
  const factor = 30000 / numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scaled = Float32Array.from(numbers, (x) => x * factor);
  edit.setInitializer(weight, tensor('float32', scaled, (weight.initializer as Tensor).dims));
  return keyOf(node);
}

test.each([
  ['resnet.ts.onnx', 3, {}],
  ['bert-sdpa.ts.onnx', 2, { seq: 6 }],
])('%s in float16: the product that overflows is named, and nothing before it', { timeout: 120_000 }, async (file, index, dims) => {
  const whole = await loaded(file);
  const feeds = randomFeeds(whole, { dims });
  const { model: fine } = await convertFloat(whole, { compute: 'float16' });
  expect((await compareBackends(fine, judge, backend, { feeds, minSqnrDb: 30 })).firstDiverging).toBeUndefined();

  const node = overflowing(whole, index);
  const { model } = await convertFloat(whole, { compute: 'float16' });
  const { firstDiverging, values } = await compareBackends(model, judge, backend, { feeds, minSqnrDb: 30 });
  expect(firstDiverging).toMatchObject({ node, sqnrDb: Number.NEGATIVE_INFINITY });
  expect(values.find(({ name }) => name === firstDiverging!.value)!.nonFinite).toBeGreaterThan(0);
  // In float16's own range both overflow alike, but for entries at its very edge: only the wider reference tells.
  const { value } = firstDiverging!;
  const own = await compareBackends(model, referenceBackend(), backend, { feeds, values: [value], minSqnrDb: 30 });
  expect(own.values[0]!.nonFinite).toBeLessThan(values.find(({ name }) => name === value)!.nonFinite / 10);
});
