import { readFileSync } from 'node:fs';
import { loadModel } from '@modeldiet/onnx-io';
import { type Tensor, tensor } from '@modeldiet/tensor';
import { expect, it } from 'vitest';
import { mse } from '../losses/mse';
import { adam } from '../optimizers/adam';
import { backend } from '../testing/finite-differences';
import { openTrainer } from './trainer';

const [rows, length, hidden] = [3, 7, 96];
const ids = tensor(
  'int64',
  BigInt64Array.from({ length: rows * length }, (_, i) => BigInt((i * 37) % 50)),
  [rows, length],
);
const mask: Tensor = tensor('int64', new BigInt64Array(rows * length).fill(1n), [rows, length]);
const label = tensor(
  'float32',
  Float32Array.from({ length: rows * length * hidden }, (_, i) => Math.sin(i)),
  [rows, length, hidden],
);

async function lossesOf(file: string): Promise<number[]> {
  const model = await loadModel(readFileSync(`fixtures/models/${file}`));
  const trainer = await openTrainer(model, { backend, loss: mse(), logits: 'y', optimizer: adam({ lr: 1e-3 }) });
  try {
    const feeds = trainer.bind({ input_ids: ids, attention_mask: mask, label });
    const losses: number[] = [];
    for (let step = 1; step <= 6; step++) losses.push(await trainer.step(feeds, { step, steps: 6 }));
    expect(trainer.graph.parameters.every(({ dims }) => dims!.length > 0)).toBe(true);
    return losses;
  } finally {
    await trainer.release();
  }
}

it('one transformer, four exports: weights as Constant nodes or initializers, masks, embeddings, dynamic axes; they train alike', async () => {
  const first = await lossesOf('bert-eager.ts.onnx');
  expect(first[5]).toBeLessThan(first[0]! * 0.7);
  for (const file of ['bert-eager.dynamo.onnx', 'bert-sdpa.ts.onnx', 'bert-sdpa.dynamo.onnx'])
    (await lossesOf(file)).forEach((loss, i) => {
      expect(loss).toBeCloseTo(first[i]!, 4);
    });
});

it('a convolution has no gradient yet, and is named', async () => {
  await expect(lossesOf('vit.ts.onnx')).rejects.toThrow(
    expect.objectContaining({ code: 'train/no-gradient', message: expect.stringContaining("Conv '/m/conv_proj/Conv'") }),
  );
});
