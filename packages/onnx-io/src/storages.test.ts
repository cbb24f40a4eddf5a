// Every element type in every storage: raw and typed fields hold the same numbers, small (in memory) and large (left in the file).
import { readFileSync } from 'node:fs';
import { bytesOf, type Constant, dtypes, isLazy, materialize, type OpaqueTensor, type SparseTensor, type Tensor, type Weight } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import type { Model, Value } from './ir/model';
import { findValue } from './ir/walk';
import { loadModel } from './load';
import { readModel } from './node/read-model';
import { saveModel } from './save';
import { codeOf, countingSource } from './testing/sources';
import { field, initializer, int, model, node, output, raw, tensor } from './testing/wire';

const path = 'fixtures/onnx-io/storages.onnx';
const constant = (m: Model, name: string): Constant => (findValue(m.graph, name) as Value).initializer!;
const weight = (m: Model, name: string): Weight => constant(m, name) as Weight;
const load = async (w: Weight): Promise<Tensor> => materialize(w) as Promise<Tensor>;

describe.each([
  ['memory', () => loadModel(new Uint8Array(readFileSync(path)))],
  ['a small file', () => readModel(path)],
  ['a file read by ranges', () => readModel(path, { wholeBytes: 0 })],
])('from %s', (_, open) => {
  const numeric = dtypes.filter((type) => type !== 'string');
  it.each(numeric)('%s: typed = raw', async (type) => {
    const m = await open();
    for (const size of ['small', 'large']) {
      const [a, b] = [weight(m, `${type}.${size}.raw`), weight(m, `${type}.${size}.typed`)];
      expect([a.type, b.type, a.dims]).toEqual([type, type, b.dims]);
      expect(Buffer.compare(bytesOf(await load(a)), bytesOf(await load(b)))).toBe(0);
    }
  });
  it('small weights are in memory, large ones of a large file are not', async () => {
    const m = await open();
    for (const type of numeric) {
      expect(isLazy(weight(m, `${type}.small.raw`))).toBe(false);
      expect(isLazy(weight(m, `${type}.small.typed`))).toBe(false);
      const w = weight(m, `${type}.large.raw`);
      expect(isLazy(w)).toBe(_ === 'a file read by ranges');
      if (isLazy(w)) expect(w.byteLength).toBe(bytesOf(await load(w)).byteLength);
    }
  });
});

it('strings, empty tensors, scalars', async () => {
  const m = await readModel(path);
  expect(weight(m, 'strings')).toEqual({ type: 'string', dims: [5], data: ['', 'a', 'Zürich', '日本', 'x'.repeat(2000)] });
  expect(weight(m, 'scalar')).toEqual({ type: 'float32', dims: [], data: Float32Array.of(2.5) });
  expect(weight(m, 'empty.raw')).toMatchObject({ dims: [0, 3], data: new Float32Array(0) });
  expect(weight(m, 'empty.none')).toMatchObject({ dims: [2, 0], data: new BigInt64Array(0) });
});

it('what is not understood is kept: float6, a future type, strings that are not UTF-8, entries beyond their type', async () => {
  const m = await readModel(path);
  const opaque = (name: string): OpaqueTensor => constant(m, name) as OpaqueTensor;
  expect(opaque('float6.small')).toMatchObject({ type: 'opaque', dataType: 27, dims: [4], byteLength: 3 });
  expect(await opaque('float6.small').load()).toEqual(Uint8Array.of(1, 2, 3));
  expect(await opaque('float6.large').load()).toHaveLength(3000);
  expect(opaque('future.typed')).toMatchObject({ type: 'opaque', dataType: 77, dims: [3] });
  expect(opaque('strings.not-utf8')).toMatchObject({ type: 'opaque', dataType: 8, byteLength: 4 });
  expect(weight(m, 'odd.uint8')).toMatchObject({ type: 'uint8', data: Uint8Array.of(1, 44, 255) });
});

it('a sparse initializer has its values and indices', async () => {
  const m = await readModel('fixtures/onnx-io/everything.onnx');
  const sparse = constant(m, 'sp') as SparseTensor;
  expect(sparse).toMatchObject({
    type: 'sparse',
    dims: [6, 7],
    values: { data: Float32Array.of(1, 2, 3) },
    indices: { dims: [3, 2], data: BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n) },
  });
});

it('aligned weights in memory are views of the bytes, and others are the same numbers', async () => {
  const bytes = new Uint8Array(readFileSync('fixtures/onnx-io/plain.onnx'));
  const expected = Float32Array.from({ length: 1600 }, (_, i) => i);
  let views = 0;
  for (let shift = 0; shift < 4; shift++) {
    const moved = new Uint8Array(bytes.length + shift).subarray(shift);
    moved.set(bytes);
    const w = weight(await loadModel(moved), 'w') as Tensor<'float32'>;
    expect(w.data).toEqual(expected);
    expect(w.data).toBe(w.data);
    expect(structuredClone(w)).toEqual({ type: 'float32', dims: [40, 40], data: expected });
    if (w.data.buffer === moved.buffer) views++;
  }
  expect(views).toBe(1);
});

it('packed fields must have as many entries as the extents ask for, and whole varints', async () => {
  const packed = (content: Uint8Array): Uint8Array =>
    model(initializer(tensor('w', 6, [20_000], field(5, content))), node('Identity', ['w'], ['y']), output('y'));
  for (const [content, code] of [
    [new Uint8Array(20_000), 'no error'],
    [new Uint8Array(19_999), 'onnx-io/weight-size'],
    [new Uint8Array(20_000).fill(255), 'onnx-io/weight-size'],
    [new Uint8Array(20_000).fill(128, 19_999), 'onnx-io/weight-size'],
  ] as const) {
    expect(await codeOf(loadModel(packed(content)))).toBe(code);
    const lazy = await loadModel(countingSource(packed(content)));
    expect(await codeOf(load(weight(lazy, 'w')))).toBe(code);
  }
});

it('one field holds the data', async () => {
  const of = (...data: Uint8Array[]) => codeOf(loadModel(model(initializer(tensor('w', 1, [1000], ...data)), node('Identity', ['w'], ['y']), output('y'))));
  expect(await of(raw(4000))).toBe('no error');
  expect(await of(raw(4000), raw(0))).toBe('onnx-io/weight-fields');
  expect(await of(field(4, new Uint8Array(2000)), field(4, new Uint8Array(2000)))).toBe('no error');
  expect(await of(field(4, new Uint8Array(3600)), field(4, new Uint8Array(400)))).toBe('onnx-io/weight-fields');
});

it('an attribute that is not of its kind keeps its bytes, but not a large weight or a graph', async () => {
  const attribute = (...content: Uint8Array[]) => node('Op', [], ['y'], field(5, field(1, 'a'), ...content));
  const odd = model(attribute(int(20, 99), field(5, tensor('t', 1, [1], raw(4)))), output('y'));
  expect(
    Buffer.compare((await saveModel(await loadModel(odd))).bytes, (await saveModel(await loadModel((await saveModel(await loadModel(odd))).bytes))).bytes),
  ).toBe(0);
  expect((await loadModel(odd)).graph.outputs[0]!.producer!.attributes.get('a')).toMatchObject({ kind: 'other' });
  expect(await codeOf(loadModel(model(attribute(int(20, 99), field(5, tensor('t', 1, [1000], raw(4000)))), output('y'))))).toBe('onnx-io/odd-attribute');
  expect(await codeOf(loadModel(model(attribute(int(20, 99), field(6)), output('y'))))).toBe('onnx-io/odd-attribute');
});

it('a stand-in field in a file is an unknown field like any other', async () => {
  const forged = model(
    initializer(tensor('w', 1, [1], raw(4)), Uint8Array.of(0xc2, 0xa3, 0x09, 0x00)),
    initializer(tensor('big', 1, [1000], raw(4000))),
    node('Add', ['w', 'big'], ['y']),
    output('y'),
  );
  const m = await loadModel(forged);
  expect(findValue(m.graph, 'w')!.storage!.unknown).toEqual([Uint8Array.of(0xc2, 0xa3, 0x09, 0x00)]);
  expect(weight(m, 'w').dims).toEqual([1]);
});

it('lazy strings cannot be saved', async () => {
  const m = await readModel('fixtures/onnx-io/plain.onnx');
  const value = m.graph.outputs[0]!.producer!.inputs[1]!;
  Object.assign(value, {
    initializer: { type: 'string', dims: [1], byteLength: 0, load: async () => ({ type: 'string', dims: [1], data: ['a'] }) },
    storage: undefined,
  });
  expect(await codeOf(saveModel(m))).toBe('onnx-io/lazy-strings');
});
