// The digits and the models that are trained on them, shared by the lessons: a trained model is kept in the out folder and read again for the same settings.
import { mkdirSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { batch } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { linear, relu, scale, sequential } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import { accuracy, evaluate } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { adam, train } from '@modeldiet/train';

/**
 * Pixels 0..16 to 0..1, then linear layers with a Relu between: widths [64, 128, 10] is 64-128-10.
 * @param {readonly number[]} widths
 * @param {number} seed
 */
export function mlp(widths, seed) {
  const layers = widths.slice(1).flatMap((to, i) => [relu(), linear(widths[i], to)]);
  return sequential([scale(1 / 16), ...layers.slice(1)], { seed });
}

/**
 * A classifier of the digits, trained on the 1,077 for that, its best epoch chosen on the 360 for that.
 * @param {import('./stage.mjs').Stage} on
 * @param {{ widths?: readonly number[], seed?: number, epochs?: number }} [settings]
 */
export async function trained(on, { widths = [64, 1024, 10], seed = 1, epochs = 30 } = {}) {
  const backend = await nodeBackend();
  const { train: dataset, validation, test } = digitsSplit({ seed });
  const cache = join(on.folder, '..', 'trained');
  mkdirSync(cache, { recursive: true });
  const runtime = backend.runtime.replaceAll(' ', '-');
  const path = join(cache, `${widths.join('-')}-seed-${seed}-epochs-${epochs}-${runtime}.onnx`);
  const known = await access(path).then(
    () => true,
    () => false,
  );
  if (!known) {
    on.say(`training ${widths.join('-')}, seed ${seed} ...`);
    const { model } = await train(mlp(widths, seed), { dataset, validation, backend, optimizer: adam({ lr: 0.003 }), epochs, patience: 8, seed });
    await writeModel(model, path);
  }
  return { model: await readModel(path), path, backend, dataset, validation, test };
}

/** Which of the examples a model gets right, and the share of them with its interval. */
export const score = (model, { dataset, backend }) => evaluate(model, { dataset: batch(dataset, 64), metric: accuracy(), backend });

/** The first `count` examples as one batch of raw numbers. */
export async function firstRows(dataset, count) {
  for await (const feeds of batch(dataset, count)) return feeds;
  throw new Error('an empty dataset');
}

export const percent = (share, digits = 2) => `${(100 * share).toFixed(digits)} %`;
