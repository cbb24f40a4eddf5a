import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fromPath } from '../node';

const dir = mkdtempSync(join(tmpdir(), 'data-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

it('reads what a path names', async () => {
  expect((await fromPath('digits')).length).toBe(1797);
  const gz = fileURLToPath(new URL('../../../../fixtures/data/digits.csv.gz', import.meta.url));
  const ds = await fromPath(gz, { csv: { label: -1 } });
  expect(ds.length).toBe(1797);
  expect((await ds.at!(1)).label!.data[0]).toBe(1n);
  expect((await fromPath(gz, { csv: { label: -1 }, maxResidentBytes: 1 })).at).toBeUndefined();
  expect((await fromPath(file('a.jsonl', '{"x":1}\n{"x":2}\n'))).length).toBe(2);
  const module = await fromPath(
    file('feeds.mjs', 'export default [{ x: { type: "float32", dims: [1], data: new Float32Array([7]) } }]; export const metric = () => 3;'),
  );
  expect((await module.at!(0)).x!.data[0]).toBe(7);
  expect(await module.metric?.({}, {})).toBe(3);
});

it('names what it cannot read', async () => {
  await expect(fromPath(file('broken.mjs', 'throw new Error("no camera");'))).rejects.toMatchObject({
    code: 'data/module-failed',
    message: expect.stringMatching(/the feeds module threw, .*broken\.mjs: no camera/),
  });
  await expect(fromPath(join(dir, 'no.csv'))).rejects.toMatchObject({ code: 'data/unknown-path' });
  await expect(fromPath(dir)).rejects.toMatchObject({ code: 'data/empty' });
  await expect(fromPath(file('b.xlsx', ''))).rejects.toMatchObject({ code: 'data/unknown-path' });
  await expect(fromPath(file('ragged.csv', '1,2\n3\n'))).rejects.toThrow(/ragged.csv: line 2/);
});
