import { mkdtempSync, openAsBlob, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DType, type Feeds, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js/index-native.js';
import { describe, expect, it } from 'vitest';
import { batch, fromArrays, fromFeeds, shuffle } from '..';
import { fromPath } from '../node';
import { datasetToNpz, fromNpy, fromNpz, readNpz, toNpy, toNpz } from '.';

const fixture = (name: string): string => fileURLToPath(new URL(`../../../../fixtures/data/npz/${name}`, import.meta.url));
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(fixture(name)));
const all = async (ds: AsyncIterable<Feeds>): Promise<Feeds[]> => {
  const out: Feeds[] = [];
  for await (const item of ds) out.push(item);
  return out;
};

const { arrays } = JSON.parse(readFileSync(fixture('all.json'), 'utf8')) as { arrays: Record<string, { dims: number[]; values: unknown[] }> };
const valuesOf = (t: Tensor): unknown[] => {
  if (t.type === 'string') return [...t.data];
  if (t.type === 'complex64' || t.type === 'complex128') return Array.from({ length: t.data.length / 2 }, (_, i) => [t.data[2 * i], t.data[2 * i + 1]]);
  return [...toFloat64(t)];
};

describe('npz of numpy', () => {
  it('every dtype, C and Fortran order, both byte orders', async () => {
    const read = await readNpz(bytes('all.npz'));
    expect(Object.keys(read).sort()).toEqual(Object.keys(arrays).sort());
    for (const [name, { dims, values }] of Object.entries(arrays)) {
      expect([name, read[name]!.dims, valuesOf(read[name]!)]).toEqual([name, dims, values]);
      if (!/text|ascii/.test(name)) expect(read[name]!.type).toBe(name.replace(/_.*/, ''));
    }
  });
  it('versions 1 to 3, zip64, void types named by the caller', async () => {
    for (const v of [1, 2, 3]) expect([...(fromNpy(bytes(`v${v}.npy`)).data as BigInt64Array)]).toEqual([0n, 1n, 2n]);
    expect([...toFloat64((await readNpz(bytes('zip64.npz'))).x!)]).toEqual([0, 1, 2, 3, 4]);
    expect([...toFloat64((await readNpz(bytes('bfloat16.npz'), { dtypes: { w: 'bfloat16' } })).w!)]).toEqual([1.5, -2]);
    await expect(readNpz(bytes('bfloat16.npz'))).rejects.toMatchObject({ code: 'data/npy' });
  });
  it('refuses pickles, structures, damage', async () => {
    await expect(readNpz(bytes('pickled.npz'))).rejects.toMatchObject({ code: 'data/pickled' });
    await expect(readNpz(bytes('structured.npz'))).rejects.toMatchObject({ code: 'data/npy' });
    await expect(readNpz(bytes('stored.npz').subarray(0, 300))).rejects.toMatchObject({ code: 'data/npz' });
    await expect(readNpz(new Uint8Array(100))).rejects.toMatchObject({ code: 'data/npz' });
    const npy = bytes('v1.npy');
    for (let n = 0; n < npy.length; n++) expect(() => fromNpy(npy.subarray(0, n))).toThrow(expect.objectContaining({ code: 'data/npy' }));
    const broken = bytes('all.npz');
    broken[200]! ^= 255;
    await expect(readNpz(broken)).rejects.toMatchObject({ code: expect.stringMatching(/^data\/np[yz]$/) });
  });
});

describe('npz as a dataset', () => {
  it('gives rows when the arrays agree, in any order; else one item', async () => {
    const ds = await fromNpz(bytes('stored.npz'));
    expect(ds.length).toBe(6);
    expect(await ds.at!(5)).toEqual({
      x: { type: 'float32', dims: [1, 4], data: new Float32Array([20, 21, 22, 23]) },
      label: { type: 'int64', dims: [1], data: new BigInt64Array([5n]) },
    });
    expect(await all(shuffle(ds, { seed: 1 }))).toHaveLength(6);
    const ragged = await all(await fromNpz(bytes('ragged.npz')));
    expect(ragged.map((f) => Object.values(f).map((t) => t.dims))).toEqual([[[2, 3], [5]]]);
    expect((await fromPath(fixture('stored.npz'))).length).toBe(6);
  });
  it('streams what does not fit, the same rows, again and again', async () => {
    const whole = await all(await fromNpz(bytes('stored.npz')));
    for (const source of [bytes('stored.npz'), await openAsBlob(fixture('stored.npz'))]) {
      const ds = await fromNpz(source, { maxResidentBytes: 0 });
      expect([ds.length, ds.at]).toEqual([6, undefined]);
      expect(await all(ds)).toEqual(whole);
      expect(await all(ds)).toEqual(whole);
      // Left early: nothing stays open.
      for await (const item of ds) {
        expect(item).toEqual(whole[0]);
        break;
      }
    }
    await expect(fromNpz(bytes('ragged.npz'), { maxResidentBytes: 0 })).rejects.toMatchObject({ code: 'data/npz' });
  });
  it('streams Fortran order, in as many blocks of rows as it takes', async () => {
    const small = await fromNpz(bytes('all.npz'));
    expect(await all(await fromNpz(bytes('all.npz'), { maxResidentBytes: 0 }))).toEqual(await all(small));
    // [2, 3, 50000] in C order is [50000, 3, 2] in Fortran order.
    const [rows, inner] = [50_000, 6];
    const numbers = Int32Array.from({ length: rows * inner }, (_, i) => i * 7);
    const npy = toNpy(tensor('int32', numbers, [2, 3, rows]));
    const text = new TextDecoder('latin1').decode(npy.subarray(0, 128)).replace('False', 'True ').replace(`(2, 3, ${rows})`, `(${rows}, 3, 2)`);
    npy.set(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
    await writer.add('x.npy', new Uint8ArrayReader(npy));
    const ds = await fromNpz(await writer.close(), { maxResidentBytes: 0 });
    let row = 0;
    for await (const { x } of ds) {
      const expected = Array.from({ length: inner }, (_, k) => ((k % 2) * 3 * rows + Math.floor(k / 2) * rows + row) * 7);
      if (row % 997 === 0 || row > rows - 3) expect([x!.dims, [...(x!.data as Int32Array)]]).toEqual([[1, 3, 2], expected]);
      row++;
    }
    expect([row, ds.length]).toEqual([rows, rows]);
  });
  it('streams a large file in constant memory', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'npz-')), 'large.npz');
    const rows = 20_000;
    const x = Float32Array.from({ length: rows * 500 }, (_, i) => i % 251);
    writeFileSync(path, await toNpz({ x: tensor('float32', x, [rows, 500]) }));
    const ds = await fromPath(path, { maxResidentBytes: 1 });
    let [seen, most] = [0, 0];
    const before = process.memoryUsage().arrayBuffers;
    for await (const feeds of batch(ds, 100)) {
      expect(feeds.x!.data[7]).toBe(x[seen * 500 + 7]);
      seen += feeds.x!.dims[0]!;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(seen).toBe(rows);
    // 40 MB unpacked; what is held is pieces of it.
    expect(most).toBeLessThan(32e6);
  });
});

describe('items of their own shapes', () => {
  const item = (i: number): Feeds => ({
    ids: tensor('int64', new BigInt64Array(i + 1).fill(BigInt(i)), [1, i + 1]),
    'state/h': tensor('float32', Float32Array.of(i, -i), [2, 1]),
    rate: tensor('int64', BigInt64Array.of(16000n), []),
  });
  const items = Array.from({ length: 12 }, (_, i) => item(i));
  it('come back as they were, in their order, held or streamed', async () => {
    const saved = await datasetToNpz(fromFeeds(items));
    const read = await fromNpz(saved);
    expect([read.length, await read.at!(11), await all(read)]).toEqual([12, items[11], items]);
    expect((await readNpz(saved))['11/state/h']).toEqual(items[11]!['state/h']);
    const streaming = await fromNpz(saved, { maxResidentBytes: 0 });
    expect([streaming.length, streaming.at]).toEqual([12, undefined]);
    expect(await all(streaming)).toEqual(items);
    expect(await all(streaming)).toEqual(items);
  });
  it('rows are joined where that is possible, unless asked otherwise', async () => {
    const pairs = [0, 1].map((i) => ({ x: tensor('float32', Float32Array.of(i, i), [2, 1]) }));
    expect((await fromNpz(await datasetToNpz(fromFeeds(pairs)))).length).toBe(4);
    expect(await all(await fromNpz(await datasetToNpz(fromFeeds(pairs), { layout: 'items' })))).toEqual(pairs);
    await expect(datasetToNpz(fromFeeds(items), { layout: 'rows' })).rejects.toMatchObject({ code: 'data/columns' });
    // A column that only some items have is a shape of its own too.
    const some: Feeds[] = [{ x: pairs[0]!.x }, { x: pairs[1]!.x, y: pairs[1]!.x }];
    expect(await all(await fromNpz(await datasetToNpz(fromFeeds(some))))).toEqual(some);
  });
  it('nothing is lost without a word', async () => {
    for (const layout of ['rows', 'items'] as const) {
      await expect(datasetToNpz(fromFeeds([]), { layout })).rejects.toMatchObject({ code: 'data/empty' });
      await expect(datasetToNpz(fromFeeds([item(0), {}]), { layout })).rejects.toMatchObject({ code: 'data/columns' });
    }
    await expect(datasetToNpz(fromFeeds(items), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('writers', () => {
  const types: readonly DType[] = [
    'float64',
    'float32',
    'float16',
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
    'bool',
    'complex64',
    'complex128',
  ];
  it('write what the readers read', async () => {
    const made = Object.fromEntries(types.map((type) => [type, fromNpy(toNpy(read(type)))]));
    function read(type: DType): Tensor {
      return fromNpy(bytes('v1.npy')).type === type ? fromNpy(bytes('v1.npy')) : ({ type, dims: [2, 1], data: sample(type) } as Tensor);
    }
    expect(await readNpz(await toNpz(made))).toEqual(made);
    const strings = tensor('string', ['a', 'zwölf', '𝟛'], [3]);
    expect(fromNpy(toNpy(strings))).toEqual(strings);
    expect(fromNpy(toNpy(tensor('float32', new Float32Array([3]), [])))).toEqual(tensor('float32', new Float32Array([3]), []));
    expect(() => toNpy(tensor('bfloat16', new Uint16Array(1)))).toThrow(/numpy has no such type/);
  });
  it('the same arrays give the same bytes', async () => {
    const ds = fromArrays({ x: tensor('float32', new Float32Array(6), [3, 2]) });
    expect(await datasetToNpz(ds)).toEqual(await datasetToNpz(ds));
    expect((await fromNpz(await datasetToNpz(ds))).length).toBe(3);
  });
});

function sample(type: DType): unknown {
  const make = {
    float64: Float64Array,
    float32: Float32Array,
    float16: Uint16Array,
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    uint16: Uint16Array,
    int32: Int32Array,
    uint32: Uint32Array,
    bool: Uint8Array,
  } as const;
  if (type === 'int64') return new BigInt64Array([1n, -5n]);
  if (type === 'uint64') return new BigUint64Array([1n, 2n ** 63n]);
  if (type === 'complex64') return new Float32Array([1, 2, 3, 4]);
  if (type === 'complex128') return new Float64Array([1, 2, 3, 4]);
  return new make[type as keyof typeof make]([1, 0]);
}
