// kill -9 in the middle of writeModel: the path holds the old model or the new one, never a torn one. `npm run fuzz` sets MODELDIET_KILLS=200.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { materialize, random, type Tensor } from '@modeldiet/tensor';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findValue } from '../ir/walk';
import { readModel } from './read-model';

const kills = Number(process.env.MODELDIET_KILLS ?? 8);
const folder = mkdtempSync(join(tmpdir(), 'kill-'));
const script = join(folder, 'writer.mjs');
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes models whose weights are all 1, all 2, all 3, ... over and over to one path. */
const source = `
import { setInitializer } from '${resolve('packages/onnx-io/src/ir/edit.ts')}';
import { findValue } from '${resolve('packages/onnx-io/src/ir/walk.ts')}';
import { readModel, writeModel } from '${resolve('packages/onnx-io/src/node.ts')}';
import { lazyTensor, tensor } from '@modeldiet/tensor';
const path = process.argv[2];
const externalData = process.argv[3] === 'external';
const dims = [1024, 256];
for (let n = 1; ; n++) {
  const model = await readModel('fixtures/onnx-io/plain.onnx');
  setInitializer(findValue(model.graph, 'w'), lazyTensor('float32', dims, async () => tensor('float32', new Float32Array(262144).fill(n), dims)));
  await writeModel(model, path, externalData ? { externalData } : {});
  process.stdout.write(n + '\\n');
}
`;

beforeAll(async () => {
  writeFileSync(join(folder, 'writer.ts'), source);
  await build({
    entryPoints: [join(folder, 'writer.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    tsconfig: resolve('tsconfig.base.json'),
    nodePaths: [resolve('node_modules')],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});

const ended = (child: ChildProcess): Promise<void> => new Promise((done) => child.once('exit', () => done()));

it.each([
  ['one file', 'inside'],
  ['with external data', 'external'],
])(
  '%s',
  async (_, kind) => {
    const draw = random(`kill ${kind}`);
    const path = join(folder, `${kind}.onnx`);
    let torn = 0;
    let newer = 0;
    for (let i = 0; i < kills; i++) {
      const child = spawn(process.execPath, [script, path, kind], { stdio: ['ignore', 'pipe', 'inherit'] });
      const wanted = 1 + draw.int(3);
      // The last model that the writer said it had finished.
      let done = 0;
      let time = performance.now();
      let took = 0;
      await new Promise<void>((enough) =>
        child.stdout.on('data', (said: Buffer) => {
          done = Number(said.toString().trim().split('\n').at(-1));
          took = performance.now() - time;
          time += took;
          if (done >= wanted) enough();
        }),
      );
      await new Promise((later) => setTimeout(later, draw.next() * took * 1.2));
      const exit = ended(child);
      child.kill('SIGKILL');
      await exit;
      const model = await readModel(path);
      const w = (await materialize(findValue(model.graph, 'w')!.initializer as Tensor)) as Tensor<'float32'>;
      const first = w.data[0]!;
      if (!w.data.every((x) => x === first) || first < done) torn++;
      if (first > done) newer++;
      // What a killed process cannot take away.
      for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name));
      if (kind === 'external') {
        const used = /inside|external-?\d*\.onnx_data/.exec(readFileSync(path, 'latin1'))![0];
        for (const name of readdirSync(folder)) if (name.includes('_data') && name !== used) rmSync(join(folder, name));
      }
    }
    expect(torn).toBe(0);
    if (kills > 8) console.log(JSON.stringify({ kind, kills, torn, newer }));
  },
  30_000 + kills * 2000,
);
