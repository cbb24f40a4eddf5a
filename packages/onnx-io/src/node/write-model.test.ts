// writeModel: whole or not at all, over its own source, data files beside it, nothing left behind.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, lazyTensor, type Tensor, tensor } from '@modeldiet/tensor';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { setInitializer } from '../ir/edit';
import type { Model, Value } from '../ir/model';
import { findValue } from '../ir/walk';
import { codeOf } from '../testing/sources';
import { compareWeights } from '../weights';
import { fileSource } from './file-source';
import { readModel } from './read-model';
import { writeModel } from './write-model';

const root = mkdtempSync(join(tmpdir(), 'write-'));
let folder: string;
let n = 0;
beforeEach(() => {
  folder = join(root, String(n++));
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true }));

const at = (name: string): string => join(folder, name);
const list = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const plain = 'fixtures/onnx-io/plain.onnx';
const external = 'fixtures/onnx-io/external.onnx';
const same = (a: string, b: string): boolean => Buffer.compare(readFileSync(a), readFileSync(b)) === 0;
const value = (model: Model, name: string): Value => findValue(model.graph, name)!;
const copyIn = (file: string, name: string): string => {
  writeFileSync(at(name), readFileSync(file));
  return at(name);
};
const equalWeights = async (a: Model, b: Model): Promise<number> => {
  const compared = await compareWeights(a, b);
  expect(compared.map(({ sqnrDb }) => sqnrDb)).toEqual(compared.map(() => Number.POSITIVE_INFINITY));
  return compared.length;
};

describe('one file', () => {
  it('is written byte for byte, and says where', async () => {
    const written = await writeModel(await readModel(plain), at('a.onnx'));
    expect(written).toEqual({ path: at('a.onnx'), bytes: statSync(plain).size, dataFiles: [], warnings: [] });
    expect(same(at('a.onnx'), plain)).toBe(true);
    expect(list()).toEqual(['a.onnx']);
  });

  it('may be its own source; its rights and a link to it stay', async () => {
    const path = copyIn(plain, 'a.onnx');
    writeFileSync(path, readFileSync(plain), { mode: 0o600 });
    rmSync(path);
    writeFileSync(path, readFileSync(plain), { mode: 0o640 });
    symlinkSync('a.onnx', at('link.onnx'));
    const model = await readModel(at('link.onnx'));
    const w = value(model, 'w');
    setInitializer(
      w,
      lazyTensor('float32', [40, 40], async () => tensor('float32', new Float32Array(1600).fill(2), [40, 40])),
    );
    await writeModel(model, at('link.onnx'));
    expect(list()).toEqual(['a.onnx', 'link.onnx']);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    const back = value(await readModel(at('link.onnx')), 'w').initializer as Tensor;
    expect(back.data).toEqual(new Float32Array(1600).fill(2));
  });

  it('leaves nothing behind and the old file alone on abort, error and refusal', async () => {
    const path = copyIn(plain, 'a.onnx');
    const model = async (load: () => Promise<Tensor<'float32'>>): Promise<Model> => {
      const made = await readModel(plain);
      setInitializer(value(made, 'w'), lazyTensor('float32', [40, 40], load));
      return made;
    };
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborting = await model(async () => {
      stop.abort(reason);
      return tensor('float32', new Float32Array(1600), [40, 40]);
    });
    await expect(writeModel(aborting, path, { signal: stop.signal, externalData: true })).rejects.toBe(reason);
    await expect(writeModel(aborting, path, { signal: stop.signal })).rejects.toBe(reason);
    const broken = new Error('no weight');
    await expect(writeModel(await model(async () => Promise.reject(broken)), path, { externalData: { location: 'deep/er/w.bin' } })).rejects.toBe(broken);
    const refused = new Error('does not run');
    let seen = '';
    const verify = async (temporary: string): Promise<void> => {
      seen = temporary;
      expect(same(temporary, plain)).toBe(true);
      throw refused;
    };
    await expect(writeModel(await readModel(plain), path, { verify })).rejects.toBe(refused);
    expect(seen).not.toBe(path);
    expect(list()).toEqual(['a.onnx']);
    expect(same(path, plain)).toBe(true);
  });

  it('a weight that is not what it said is an error, and nothing is written', async () => {
    const model = await readModel(plain);
    const short = { type: 'float32', dims: [40, 40], byteLength: 6400, load: async () => tensor('float32', new Float32Array(10), [10]) } as const;
    setInitializer(value(model, 'w'), short);
    expect(await codeOf(writeModel(model, at('a.onnx')))).toBe('onnx-io/weight-size');
    expect(list()).toEqual([]);
  });

  it('paths that cannot be written are typed', async () => {
    const model = await readModel(plain);
    expect(await codeOf(writeModel(model, folder))).toBe('onnx-io/not-a-file');
    expect(await codeOf(writeModel(model, '/dev/null'))).toBe('onnx-io/not-a-file');
    expect(await codeOf(writeModel(model, at('nowhere/a.onnx')))).toBe('onnx-io/write-failed');
    copyIn(plain, 'file');
    expect(await codeOf(writeModel(model, at('file/a.onnx')))).toBe('onnx-io/write-failed');
  });
});

describe('external data', () => {
  it('is kept as it was, copied beside the new model', async () => {
    const written = await writeModel(await readModel(external), at('b.onnx'));
    expect(written.dataFiles).toEqual([{ path: at('external.onnx_data'), bytes: 4216 }]);
    expect(same(at('b.onnx'), external)).toBe(true);
    expect(same(at('external.onnx_data'), 'fixtures/onnx-io/external.onnx_data')).toBe(true);
  });

  it('stays where it is when it is already there', async () => {
    copyIn('fixtures/onnx-io/external.onnx_data', 'external.onnx_data');
    const path = copyIn(external, 'a.onnx');
    const before = statSync(at('external.onnx_data')).mtimeMs;
    const model = await readModel(path);
    setInitializer(value(model, 'b'), tensor('float32', new Float32Array(30).fill(1), [30]));
    const written = await writeModel(model, path);
    expect(written).toMatchObject({ dataFiles: [], warnings: [] });
    expect(statSync(at('external.onnx_data')).mtimeMs).toBe(before);
    const back = await readModel(path);
    expect((value(back, 'b').initializer as Tensor).data).toEqual(new Float32Array(30).fill(1));
    expect(value(back, 'a').storage?.field).toBe('external');
    // What is there must still be what was read.
    writeFileSync(at('external.onnx_data'), new Uint8Array(4216));
    expect(await codeOf(writeModel(back, path))).toBe('onnx-io/source-changed');
  });

  it('never overwrites a data file: another name, and a warning', async () => {
    copyIn(plain, 'external.onnx_data');
    const { dataFiles, warnings } = await writeModel(await readModel(external), at('b.onnx'));
    expect(dataFiles.map(({ path }) => path)).toEqual([at('external-1.onnx_data')]);
    expect(warnings).toMatchObject([{ code: 'onnx-io/data-file-exists' }]);
    expect(same(at('external.onnx_data'), plain)).toBe(true);
    expect(await equalWeights(await readModel(external), await readModel(at('b.onnx')))).toBe(2);
  });

  it('goes out when asked, 4 KiB aligned, in shards with the names of transformers.js, and back in', async () => {
    const model = await readModel('fixtures/models/vit.dynamo.onnx');
    const out = await writeModel(model, at('m.onnx'), { externalData: { shardBytes: 100_000, threshold: 2000 } });
    expect(list().filter((name) => name.startsWith('m.onnx_data'))).toEqual(out.dataFiles.map(({ path }) => path.slice(folder.length + 1)).sort());
    expect(list()).toContain('m.onnx_data_1');
    for (const { bytes } of out.dataFiles) expect(bytes).toBeLessThanOrEqual(100_000);
    const back = await readModel(at('m.onnx'));
    const raw = new TextDecoder('latin1').decode(readFileSync(at('m.onnx')));
    for (const [, offset] of raw.matchAll(/offset..(\d+)/gs)) expect(Number(offset) % 4096).toBe(0);
    expect(await equalWeights(model, back)).toBeGreaterThan(20);
    await writeModel(back, at('in.onnx'), { externalData: false });
    expect(await equalWeights(model, await readModel(at('in.onnx')))).toBeGreaterThan(20);
    expect(same(at('in.onnx'), 'fixtures/models/vit.dynamo.onnx')).toBe(true);
  });

  it('many files become one', async () => {
    const source = await writeModel(await readModel('fixtures/models/vit.dynamo.onnx'), at('many.onnx'), { externalData: { shardBytes: 1 } });
    expect(source.dataFiles.length).toBeGreaterThan(10);
    const one = await writeModel(await readModel(at('many.onnx')), at('one.onnx'), { externalData: true });
    expect(one.dataFiles.map(({ path }) => path)).toEqual([at('one.onnx_data')]);
    expect(await equalWeights(await readModel(at('many.onnx')), await readModel(at('one.onnx')))).toBeGreaterThan(20);
  });

  it('is chosen by itself for a model too large for one file, and refused where it was ruled out', async () => {
    const model = await readModel(plain);
    await writeModel(model, at('big.onnx'), { maxBytes: 5000 });
    expect(list()).toEqual(['big.onnx', 'big.onnx_data']);
    expect(await codeOf(writeModel(model, at('x.onnx'), { maxBytes: 5000, externalData: false }))).toBe('onnx-io/too-large');
    expect(await codeOf(writeModel(model, at('x.onnx'), { maxBytes: 10 }))).toBe('onnx-io/too-large');
    expect(list()).toEqual(['big.onnx', 'big.onnx_data']);
  });

  it('options and locations are checked', async () => {
    const model = await readModel(plain);
    for (const location of ['../w.bin', '/w.bin', 'C:w.bin', 'a\\b', ''])
      expect(await codeOf(writeModel(model, at('x.onnx'), { externalData: { location } }))).toBe('onnx-io/external-path');
    for (const wrong of [{ threshold: -1 }, { threshold: Number.NaN }, { shardBytes: 0 }])
      expect(await codeOf(writeModel(model, at('x.onnx'), { externalData: wrong }))).toBe('onnx-io/external-option');
    mkdirSync(join(root, 'outside'), { recursive: true });
    symlinkSync(join(root, 'outside'), at('elsewhere'));
    expect(await codeOf(writeModel(model, at('x.onnx'), { externalData: { location: 'elsewhere/w.bin' } }))).toBe('onnx-io/external-link');
    expect(list()).toEqual(['elsewhere']);
  });
});

describe('data files behind links', () => {
  const linked = async (make: () => void, linkRoot?: string): Promise<unknown> => {
    copyIn(external, 'a.onnx');
    make();
    return codeOf(readModel(at('a.onnx'), { ...(linkRoot !== undefined && { linkRoot }) }));
  };
  const store = join(root, 'store');
  it('are refused, unless they lead below the folder that was allowed', async () => {
    mkdirSync(store);
    writeFileSync(join(store, 'blob'), readFileSync('fixtures/onnx-io/external.onnx_data'));
    const make = (): void => symlinkSync(join(store, 'blob'), at('external.onnx_data'));
    expect(await linked(make)).toBe('onnx-io/external-link');
    expect(await linked(() => undefined, store)).toBe('no error');
    expect(await linked(() => undefined, folder)).toBe('onnx-io/external-link');
  });
  it('hard links too', async () => {
    const { linkSync } = await import('node:fs');
    expect(await linked(() => linkSync(join(store, 'blob'), at('external.onnx_data')))).toBe('onnx-io/external-link');
  });
  it('a folder on the way that is a link too', async () => {
    mkdirSync(at('sub'));
    symlinkSync('sub', at('alias'));
    const model = await readModel(external);
    await writeModel(model, at('c.onnx'), { externalData: { location: 'sub/w.bin', threshold: 1 } });
    expect(await codeOf(readModel(at('c.onnx')))).toBe('no error');
    writeFileSync(at('d.onnx'), Buffer.from(readFileSync(at('c.onnx')).toString('latin1').replaceAll('sub/w.bin', 'ali/w.bin'), 'latin1'));
    symlinkSync('sub', at('ali'));
    expect(await codeOf(readModel(at('d.onnx')))).toBe('onnx-io/external-link');
  });
  it('a data file that is a folder or a device is refused', async () => {
    expect(await linked(() => mkdirSync(at('external.onnx_data')))).toMatch(/not-a-file|external-link/);
  });
});

it('reads weights of a file source alone', async () => {
  const source = await fileSource('fixtures/models/resnet.dynamo.onnx', { wholeBytes: 2 ** 16 });
  expect(source.bytes).toBeUndefined();
  expect(existsSync(source.name!)).toBe(true);
  expect(bytesOf(tensor('uint8', await source.read(0, 4), [4]))).toHaveLength(4);
});
