// Whatever the bytes: a model or a typed error, soon, and without much memory. `npm run fuzz` sets MODELDIET_FUZZ=200000.
import { readFileSync } from 'node:fs';
import { isModelDietError } from '@modeldiet/numfmt';
import { random } from '@modeldiet/tensor';
import { expect, it } from 'vitest';
import { loadModel } from './load';
import { saveModel } from './save';
import { nodeCases } from './testing/cases';
import { mutate } from './testing/mutate';
import { countingSource } from './testing/sources';

const mutations = Number(process.env.MODELDIET_FUZZ ?? 4000);
const cases = nodeCases();
const small = [...cases].filter(([, bytes]) => bytes.length > 150 && bytes.length < 700);
// Among them subgraphs, sequences, optionals, strings, functions.
const chosen = [
  'test_if_opt',
  'test_loop11',
  'test_scan_sum',
  'test_sequence_insert_at_front',
  'test_optional_get_element_sequence',
  'test_strnormalizer_nostopwords_nochangecase',
]
  .filter((name) => cases.has(name))
  .map((name) => [name, cases.get(name)!] as const);
const corpus: readonly Uint8Array[] = [
  ...small.filter((_, i) => i % 25 === 0).map(([, bytes]) => bytes),
  ...chosen.map(([, bytes]) => bytes),
  ...['plain', 'other-order', 'external', 'everything'].map((name) => new Uint8Array(readFileSync(`fixtures/onnx-io/${name}.onnx`))),
];
const files = { 'external.onnx_data': new Uint8Array(4216) };

/** Loads, strict and lenient, saves what loads and loads that; the outcome, or an error that is not ours. */
async function outcome(bytes: Uint8Array, lenient: boolean, byRanges: boolean): Promise<string> {
  try {
    const model = await loadModel(byRanges ? countingSource(bytes, 64) : bytes, { lenient, externalData: files });
    const saved = await saveModel(model);
    await loadModel(saved.bytes, { lenient, externalData: saved.externalData });
    return 'model';
  } catch (error) {
    if (isModelDietError(error) && error.code.startsWith('onnx-io/')) return error.code;
    throw error;
  }
}

it('truncated at every byte, ten small models give a typed error or a model', async () => {
  const ten = [...chosen, ...small.slice(0, 40).filter((_, i) => i % 10 === 0)].slice(0, 10);
  expect(ten).toHaveLength(10);
  for (const [name, bytes] of ten) {
    const outcomes = new Set<string>();
    for (let length = 0; length < bytes.length; length++) outcomes.add(await outcome(bytes.slice(0, length), false, length % 2 === 0));
    // The last field is the operator set: a file cut off before it has none.
    expect([...outcomes].sort(), name).toEqual(expect.arrayContaining(['onnx-io/empty-file', 'onnx-io/truncated']));
    expect(outcomes.has('model'), name).toBe(false);
  }
});

it(
  `${mutations} mutations give a typed error or a model, within a second, within 64 MB`,
  async () => {
    const seed = random('onnx-io fuzz');
    const outcomes = new Map<string, number>();
    let slowest = 0;
    let most = 0;
    for (let i = 0; i < mutations; i++) {
      const draw = seed.fork(String(i));
      const bytes = mutate(corpus[draw.int(corpus.length)]!, draw, corpus[draw.int(corpus.length)]!);
      // Of this process, not of the clock: others may have the machine.
      const start = process.cpuUsage();
      const result = await outcome(bytes, i % 3 === 0, i % 4 === 0).catch((cause: unknown) => {
        throw new Error(`mutation ${i}: ${Buffer.from(bytes).toString('base64')}`, { cause });
      });
      const { user, system } = process.cpuUsage(start);
      slowest = Math.max(slowest, (user + system) / 1000);
      if (i % 100 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers);
      outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }
    if (mutations > 4000)
      console.log(
        JSON.stringify({
          mutations,
          slowestMs: Math.round(slowest),
          arrayBuffersMB: Math.round(most / 1e6),
          outcomes: Object.fromEntries([...outcomes].sort()),
        }),
      );
    expect(slowest).toBeLessThan(1000);
    expect(most).toBeLessThan(64 * 1024 * 1024);
    expect(outcomes.get('model')).toBeGreaterThan(mutations / 50);
    expect(outcomes.size).toBeGreaterThan(6);
  },
  60_000 + mutations * 20,
);
