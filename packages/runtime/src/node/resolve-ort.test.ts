import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isModelDietError } from '@modeldiet/numfmt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linear, linearOf } from '../conformance/models';
import { withSession } from '../session';
import { nodeBackend } from './node-backend';
import { resolveOrt } from './resolve-ort';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modeldiet-resolve-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A project with a package `name` whose main is `code`. */
async function project(place: string, name: string, version: string, code: string): Promise<string> {
  const root = join(folder, place);
  const home = join(root, 'node_modules', name, 'dist');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, '..', 'package.json'), JSON.stringify({ name, version, main: 'dist/index.js' }));
  await writeFile(join(home, 'index.js'), code);
  return root;
}
const caught = async (job: Promise<unknown>): Promise<unknown> =>
  job.then(
    () => undefined,
    (e: unknown) => e,
  );

test("the user's folder comes before our own", async () => {
  const from = await project(
    'own',
    'onnxruntime-node',
    '9.9.9',
    'exports.InferenceSession = {}; exports.Tensor = {}; exports.env = { versions: { node: "9.9.9" } };',
  );
  expect(await resolveOrt({ from })).toMatchObject({ name: 'onnxruntime-node', version: '9.9.9' });
  expect(await resolveOrt({ from: [join(folder, 'nothing-here'), from] })).toMatchObject({ version: '9.9.9' });
});

test('a folder without one falls back to ours, and says which', async () => {
  const found = await resolveOrt({ from: folder });
  expect(found).toMatchObject({ name: 'onnxruntime-node', version: '1.30.0' });
  expect(found.path).toContain('onnxruntime-node');
  expect((await resolveOrt({ from: folder, packages: ['onnxruntime-web'] })).name).toBe('onnxruntime-web');
});

test('one that is there and cannot be loaded is said with its reason and the install line', async () => {
  const from = await project('broken', 'onnxruntime-node', '1.0.0', 'throw new Error("libfoo.so.1: cannot open shared object file")');
  const e = await caught(resolveOrt({ from, packages: ['onnxruntime-node'] }).then(({ version }) => Promise.reject(new Error(version))));
  // Ours is tried next and works: the broken one must not hide it.
  expect(String(e)).toContain('1.30.0');
  const none = await caught(resolveOrt({ from: folder, packages: [] }));
  expect(isModelDietError(none) && none.code).toBe('runtime/no-runtime');
  expect(String(none)).toContain('npm install onnxruntime-node');
});

test('nodeBackend runs models', async () => {
  const backend = await nodeBackend({ from: folder });
  expect(backend.runtime).toBe('onnxruntime-node 1.30.0');
  const y = await withSession(
    backend,
    linear(),
    {},
    async (session) => (await session.run({ x: { type: 'float32', dims: [1, 4], data: Float32Array.of(1, 0, 0, 1) } })).y,
  );
  expect([...(y!.data as Float32Array)]).toEqual(linearOf([1, 0, 0, 1]));
});
