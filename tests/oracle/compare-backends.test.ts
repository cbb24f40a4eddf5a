// compareBackends on what a machine does wrong: 8-bit products that saturate in 16 bits are found at the node that makes them, where this machine has them.
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { compareBackends, ortBackend, probeTarget, referenceBackend } from '@modeldiet/runtime';
import { tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

const backend = ortBackend(ort, { threads: 1 });

/** u8 x s8 products of the largest codes, between nodes that every backend does alike. */
function saturating(): Model {
  const g = graphBuilder();
  const codes = g.op('Cast', [g.op('Abs', [g.input('x', 'float32', [1, 64])], {}, { output: 'abs' })], { to: 2 }, { output: 'codes' });
  const weights = g.constant('w', tensor('int8', new Int8Array(64).fill(127), [64, 1]));
  const sum = g.op('MatMulInteger', [codes, weights], {}, { name: 'product', output: 'sum' });
  g.output(g.op('Cast', [sum], { to: 1 }, { output: 'y' }), 'y', { dtype: 'float32', dims: [1, 1] });
  return g.model();
}

test('saturation is named at its node, on a machine that saturates', async () => {
  const feeds = [{ x: tensor('float32', new Float32Array(64).fill(-255), [1, 64]) }];
  const { firstDiverging, values } = await compareBackends(saturating(), referenceBackend(), backend, { feeds });
  const { saturatesU8S8 } = await probeTarget(backend);
  expect(values.map(({ name }) => name)).toEqual(['abs', 'codes', 'sum', 'y']);
  expect(firstDiverging?.node).toBe(saturatesU8S8 ? 'product' : undefined);
  if (saturatesU8S8) expect(firstDiverging!.sqnrDb).toBeLessThan(10);
});
