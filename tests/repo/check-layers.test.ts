// The layer check itself: every rule is fed a house that breaks it, and this repository is fed to all of them.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configProblems, layerProblems, pathsOf, readPackages, referencesOf } from '../../scripts/check-layers.mjs';
import { npmName } from '../../scripts/layers.mjs';

const pkg = (folder: string, files: Record<string, string>, dependencies: Record<string, string> = {}) => ({
  folder,
  manifest: { name: npmName(folder), exports: { '.': {}, './node': {} }, dependencies },
  files,
});
const on = (...folders: string[]) => Object.fromEntries(folders.map((folder) => [npmName(folder), '^0.0.0']));

describe('layerProblems', () => {
  it.each([
    [
      'a lower package that imports a higher one',
      pkg('tensor', { 'src/index.ts': "import { loadModel } from '@modeldiet/onnx-io';" }, on('onnx-io')),
      'which is not below tensor',
    ],
    ['a type import upwards', pkg('numfmt', { 'src/index.ts': "import type { Tensor } from '@modeldiet/tensor';" }, on('tensor')), 'which is not below numfmt'],
    ['a re-export upwards', pkg('ops', { 'src/index.ts': "export * from '@modeldiet/runtime';" }, on('runtime')), 'which is not below ops'],
    ['a dynamic import upwards', pkg('ops', { 'src/index.ts': "await import('@modeldiet/runtime');" }, on('runtime')), 'which is not below ops'],
    [
      'a neighbour without an arrow',
      pkg('quantize', { 'src/index.ts': "import { train } from '@modeldiet/train';" }, on('train')),
      'which is not below quantize',
    ],
    ['the wrong way along an arrow', pkg('onnx-io', { 'src/index.ts': "import { costs } from '@modeldiet/ops';" }, on('ops')), 'which is not below onnx-io'],
    ['a dependency upwards without an import', pkg('data', {}, on('train')), 'which is not below data'],
    ['a missing dependency', pkg('ops', { 'src/index.ts': "import { tensor } from '@modeldiet/tensor';" }), 'does not depend on'],
    ['a third-party import without a dependency', pkg('ops', { 'src/index.ts': "import x from 'left-pad/x';" }), 'does not depend on'],
    ['its own name', pkg('ops', { 'src/a.ts': "import { costs } from '@modeldiet/ops';" }), 'its own package by name'],
    ['node: in a browser file', pkg('onnx-io', { 'src/load.ts': "import { open } from 'node:fs/promises';" }), 'outside src/node.ts and node/ folders'],
    ['a builtin without node:', pkg('onnx-io', { 'src/node.ts': "import { open } from 'fs';" }), "for 'node:fs'"],
    ['a node file behind the browser entry', pkg('onnx-io', { 'src/index.ts': "export * from './node/read';", 'src/node/read.ts': '' }), 'for Node only'],
    [
      'a runtime',
      pkg('runtime', { 'src/ort/backend.ts': "import * as ort from 'onnxruntime-web/wasm';" }, { 'onnxruntime-web': '1' }),
      'injected by the caller',
    ],
    ['a path out of the package', pkg('ops', { 'src/index.ts': "export * from '../../tensor/src/index';" }), 'reaches out of its package'],
    ['a dependency that only tests import', pkg('ops', { 'src/a.test.ts': "import 'left-pad';" }, { 'left-pad': '1' }), 'which nothing imports'],
    ['an unknown package', pkg('kitchen', {}), 'stands on no floor'],
  ])('catches %s', (_, broken, words) => {
    expect(layerProblems([broken]).join('\n')).toContain(words);
  });

  it('catches an entry that the other package does not have', () => {
    const problems = layerProblems([pkg('onnx-io', {}), pkg('runtime', { 'src/index.ts': "import '@modeldiet/onnx-io/secret';" }, on('onnx-io'))]);
    expect(problems).toEqual(["packages/runtime/src/index.ts: imports '@modeldiet/onnx-io/secret', which @modeldiet/onnx-io does not export"]);
  });

  it('lets pass what is allowed', () => {
    const files = {
      'src/index.ts': "import { t } from '@modeldiet/tensor'; import { p } from 'papaparse'; import { a } from './a'; export type { X } from './a';",
      'src/a.ts': 'const text = "import x from \'not-an-import\'";',
      'src/node.ts': "import { readFile } from 'node:fs/promises'; export * from './node/csv';",
      'src/node/csv.ts': "import 'node:path'; import { a } from '../a';",
      'src/a.test.ts': "import * as ort from 'onnxruntime-node'; import { train } from '@modeldiet/train'; import 'node:fs';",
    };
    expect(layerProblems([pkg('data', files, { ...on('tensor'), papaparse: '5' })])).toEqual([]);
    expect(layerProblems([pkg('cli', { 'src/main.ts': "import 'node:fs'; await import('onnxruntime-node');" }, { 'onnxruntime-node': '1' })])).toEqual([]);
    expect(layerProblems([pkg('report', { 'src/index.ts': "import '@modeldiet/pipeline';" }, on('pipeline'))])).toEqual([]);
  });
});

describe('configuration', () => {
  it('derives references and paths', () => {
    const ops = pkg('ops', { 'src/index.ts': '', 'src/node/index.ts': '' }, { ...on('onnx-io', 'numfmt'), papaparse: '5' });
    expect(referencesOf(ops.manifest)).toEqual([{ path: '../numfmt' }, { path: '../onnx-io' }]);
    expect(pathsOf([ops])).toEqual({ '@modeldiet/ops': ['./packages/ops/src/index.ts'], '@modeldiet/ops/node': ['./packages/ops/src/node/index.ts'] });
  });
});

describe('this repository', () => {
  const root = resolve(import.meta.dirname, '../..');
  const packages = readPackages(root);

  it('is in order', () => {
    expect(packages.length).toBeGreaterThan(10);
    expect(layerProblems(packages)).toEqual([]);
    expect(configProblems(root, packages)).toEqual([]);
  });
});
