// For tests: three clouds in the plane, one class each, and a small model for them.
import { fromArrays } from '@modeldiet/data';
import { constantOf, findValue, linear, type Model, relu, saveModel, sequential } from '@modeldiet/onnx-io';
import { random, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';
import type { TrainOptions } from '../loop/options';
import { adam } from '../optimizers/adam';
import { backend } from './finite-differences';

/** Three clouds in the plane, one class each. */
export function clouds(n: number, seed: number): { readonly x: Tensor<'float32'>; readonly label: Tensor<'int64'> } {
  const r = random(seed);
  const x = new Float32Array(n * 2);
  const label = new BigInt64Array(n);
  for (let i = 0; i < n; i++) {
    const c = i % 3;
    label[i] = BigInt(c);
    x[2 * i] = Math.cos((2 * Math.PI * c) / 3) * 2 + r.normal() * 0.5;
    x[2 * i + 1] = Math.sin((2 * Math.PI * c) / 3) * 2 + r.normal() * 0.5;
  }
  return { x: tensor('float32', x, [n, 2]), label: tensor('int64', label, [n]) };
}
export const mlp = (more: object = {}): Model => sequential([linear(2, 8), relu(), linear(8, 3)], { seed: 3, ...more });
export const dataset = fromArrays(clouds(150, 1));
export const validation = fromArrays(clouds(60, 2));
export const base: TrainOptions = { dataset, backend, optimizer: adam({ lr: 0.02 }), epochs: 6, batchSize: 32, seed: 5 };
export const bytesOf = async (model: Model): Promise<Uint8Array> => (await saveModel(model)).bytes;
export const weight = (model: Model, name: string): Float32Array => toFloat32(constantOf(findValue(model.graph, name)!) as Tensor);
