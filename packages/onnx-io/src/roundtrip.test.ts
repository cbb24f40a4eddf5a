import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadModel } from './load';
import { saveModel } from './save';

const folder = 'fixtures/models';
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => `${folder}/${name}`);

describe('round trip', () => {
  test.each(files)('%s', async (file) => {
    const bytes = new Uint8Array(readFileSync(file));
    const model = await loadModel(bytes);
    const { bytes: saved } = await saveModel(model);
    expect(Buffer.compare(saved, bytes)).toBe(0);
  });
});
