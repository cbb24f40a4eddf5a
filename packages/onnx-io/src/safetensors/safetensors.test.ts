// safetensors: what the reference writer wrote is read and written byte for byte, odd files are refused, weights go into a model and out of it.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byteLengthOf, filled, isLazy, lazyTensor, materialize, type Tensor, tensor, tensorFromBytes, type Weight } from '@modeldiet/tensor';
import { afterAll, describe, expect, it } from 'vitest';
import { exportWeights, importWeights } from '../exchange';
import { cloneModel } from '../ir/clone';
import { loadModel } from '../load';
import { readModel } from '../node/read-model';
import { readSafetensors, writeSafetensors } from '../node/safetensors';
import { saveModel } from '../save';
import { codeOf, countingSource } from '../testing/sources';
import { compareWeights } from '../weights';
import { loadSafetensors } from './load';
import { saveSafetensors } from './save';

const path = 'fixtures/onnx-io/golden.safetensors';
const golden = new Uint8Array(readFileSync(path));
const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of this header and so many bytes of data. */
const file = (header: unknown, data: number, length?: bigint): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + data);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  out.set(json, 8);
  return out;
};
const entry = (dtype: string, shape: unknown, from: number, to: number) => ({ dtype, shape, data_offsets: [from, to] });

describe('the file of the reference writer', () => {
  it('is read: types, dims, numbers, metadata', async () => {
    const { weights, metadata } = await loadSafetensors(golden);
    expect([...metadata]).toEqual([['format', 'pt']]);
    expect([...weights.keys()].sort()).toEqual(['7', 'Zürich', 'b.half', 'bytes', 'empty', 'ids', 'mask', 'scalar', 'w']);
    expect(weights.get('ids')).toMatchObject({ type: 'int64', dims: [6], data: BigInt64Array.of(-3n, -2n, -1n, 0n, 1n, 2n) });
    expect(weights.get('scalar')).toMatchObject({ type: 'float64', dims: [], data: Float64Array.of(2.5) });
    expect(weights.get('mask')).toMatchObject({ type: 'bool', data: Uint8Array.of(1, 0, 1) });
    expect(weights.get('empty')).toMatchObject({ type: 'float32', dims: [0, 4] });
  });
  it('is written again byte for byte, from memory, by ranges, from a file', async () => {
    for (const opened of [await loadSafetensors(golden), await loadSafetensors(countingSource(golden)), await readSafetensors(path)]) {
      const bytes = await saveSafetensors(opened.weights, { metadata: opened.metadata });
      expect(Buffer.compare(bytes, golden)).toBe(0);
    }
    const { weights, metadata } = await readSafetensors(path);
    expect(await writeSafetensors(weights, join(folder, 'a.safetensors'), { metadata })).toEqual({ path: join(folder, 'a.safetensors'), bytes: golden.length });
    expect(Buffer.compare(readFileSync(join(folder, 'a.safetensors')), golden)).toBe(0);
  });
  it('costs its header to open', async () => {
    const source = countingSource(golden);
    const { weights } = await loadSafetensors(source);
    const header = 8 + Number(new DataView(golden.buffer).getBigUint64(0, true));
    expect(source.bytesRead).toBe(header);
    await materialize(weights.get('w') as Tensor);
    expect(source.bytesRead).toBe(header + 2400);
  });
});

describe('what is refused', () => {
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['too short', new Uint8Array(7), 'onnx-io/truncated'],
    ['header past the end', file('{}', 0, 100n), 'onnx-io/truncated'],
    ['a huge header', file('{}', 0, 2n ** 63n), 'onnx-io/over-limit'],
    ['no JSON', file('{"a"', 0), 'onnx-io/safetensors'],
    ['no object', file('[]', 0), 'onnx-io/safetensors'],
    ['an entry that is none', file({ a: 1 }, 0), 'onnx-io/safetensors'],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }, 0), 'onnx-io/safetensors'],
    ['an unknown type', file({ a: entry('F6_E2M3', [4], 0, 3) }, 3), 'onnx-io/safetensors-dtype'],
    ['a type of the prototype', file({ a: entry('constructor', [1], 0, 4) }, 4), 'onnx-io/safetensors-dtype'],
    ['a negative extent', file({ a: entry('F32', [-1], 0, 4) }, 4), 'onnx-io/safetensors'],
    ['an overflowing shape', file({ a: entry('F32', [2 ** 40, 2 ** 40], 0, 4) }, 4), 'onnx-io/safetensors'],
    ['bytes too few', file({ a: entry('F32', [2], 0, 4) }, 4), 'onnx-io/safetensors'],
    ['past the end', file({ a: entry('F32', [2], 0, 8) }, 4), 'onnx-io/safetensors'],
    ['backwards', file({ a: entry('F32', [1], 8, 4) }, 8), 'onnx-io/safetensors'],
    ['offsets that are no pair', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, 4), 'onnx-io/safetensors'],
    ['an overlap', file({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 2, 6) }, 6), 'onnx-io/safetensors'],
    ['a hole', file({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 5, 9) }, 9), 'onnx-io/safetensors'],
    ['bytes of no tensor', file({ a: entry('F32', [1], 0, 4) }, 5), 'onnx-io/safetensors'],
    [
      'a name twice',
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8),
      'onnx-io/safetensors',
    ],
  ];
  it.each(cases)('%s', async (_, bytes, code) => {
    expect(await codeOf(loadSafetensors(bytes))).toBe(code);
    expect(await codeOf(loadSafetensors(countingSource(bytes)))).toBe(code);
  });
  it('what the format has no type for', async () => {
    for (const weight of [tensor('string', ['a'], [1]), tensor('int4', new Uint8Array(1), [2])])
      expect(await codeOf(saveSafetensors(new Map([['a', weight]])))).toBe('onnx-io/safetensors-dtype');
    expect(await codeOf(saveSafetensors(new Map([['__metadata__', filled(0, [1])]])))).toBe('onnx-io/safetensors-dtype');
  });
  it('a name that is one of the prototype is a name like any other', async () => {
    const { weights } = await loadSafetensors(await saveSafetensors(new Map([['__proto__', filled(3, [2])]])));
    expect(weights.get('__proto__')).toMatchObject({ data: Float32Array.of(3, 3) });
  });
  it('nothing is left behind when a weight cannot be made', async () => {
    const broken = lazyTensor('float32', [4], async () => Promise.reject(new Error('no')));
    await expect(writeSafetensors(new Map([['a', broken]]), join(folder, 'b.safetensors'))).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual(['a.safetensors']);
  });
});

describe('weights of a model', () => {
  it('go out to safetensors and come back: nothing is lost', async () => {
    const model = await readModel('fixtures/models/vit.dynamo.onnx', { wholeBytes: 0 });
    const out = exportWeights(model);
    expect(out.size).toBe([...model.graph.initializers].length);
    expect([...out.values()].some(isLazy)).toBe(true);
    await writeSafetensors(out, join(folder, 'vit.safetensors'));
    const { weights } = await readSafetensors(join(folder, 'vit.safetensors'));
    const blank = (w: Weight): Weight => tensorFromBytes(w.type, w.dims, new Uint8Array(byteLengthOf(w.type, w.dims)));
    const zeros = await importWeights(model, new Map([...weights].map(([name, w]) => [name, blank(w)])));
    expect((await compareWeights(model, zeros.model)).some(({ maxAbsDiff }) => maxAbsDiff > 0)).toBe(true);
    const back = await importWeights(zeros.model, weights);
    expect(back.report).toMatchObject({ transform: 'importWeights' });
    expect((await compareWeights(model, back.model)).every(({ sqnrDb }) => sqnrDb === Number.POSITIVE_INFINITY)).toBe(true);
    expect(Buffer.compare((await saveModel(back.model)).bytes, readFileSync('fixtures/models/vit.dynamo.onnx'))).toBe(0);
  });
  it('in subgraphs have addresses, and Constant nodes hold weights too', async () => {
    const model = await readModel('fixtures/onnx-io/everything.onnx');
    expect([...exportWeights(model).keys()]).toEqual(['w', 'bias', 'k', 'choose/else_branch/else_c', 'choose/then_branch/then_c']);
    const changed = await importWeights(model, { 'choose/then_branch/then_c': filled(5, [40]) }, { partial: true });
    expect(exportWeights(changed.model).get('choose/then_branch/then_c')).toMatchObject({ data: new Float32Array(40).fill(5) });
    expect(exportWeights(model).get('choose/then_branch/then_c')).not.toMatchObject({ data: new Float32Array(40).fill(5) });
  });
  it('must fit: name, dims, type', async () => {
    const model = await readModel('fixtures/onnx-io/plain.onnx');
    const give = (weights: Record<string, Weight>, options = {}) => codeOf(importWeights(model, weights, options));
    expect(await give({})).toBe('onnx-io/weight-missing');
    expect(await give({}, { partial: true })).toBe('onnx-io/nothing-changed');
    expect(await give({ w: filled(1, [40, 40]), more: filled(1, [1]) })).toBe('onnx-io/weight-unknown');
    expect(await give({ w: filled(1, [1600]) })).toBe('onnx-io/weight-mismatch');
    expect(await give({ w: filled(1, [40, 40], 'float64') })).toBe('onnx-io/weight-mismatch');
    const { model: cast } = await importWeights(model, { w: filled(1.5, [40, 40], 'float64') }, { cast: true });
    expect(exportWeights(cast).get('w')).toMatchObject({ type: 'float32', data: new Float32Array(1600).fill(1.5) });
  });
  it('small lazy ones are loaded, large ones stay lazy', async () => {
    const model = await loadModel(new Uint8Array(readFileSync('fixtures/models/skl-mlp.onnx')));
    const out = exportWeights(model);
    const lazy = new Map(
      [...out].map(([name, w]) => [name, w.type === 'string' ? w : lazyTensor(w.type, w.dims, async () => materialize(w) as Promise<Tensor>)]),
    );
    const { model: back } = await importWeights(model, lazy as ReadonlyMap<string, Weight>);
    const states = new Map([...exportWeights(back)].map(([name, w]) => [name, isLazy(w)]));
    expect(new Set(states.values())).toEqual(new Set([true, false]));
    expect(Buffer.compare((await saveModel(back)).bytes, (await saveModel(cloneModel(back))).bytes)).toBe(0);
  });
});
