// What a page downloads to run models: the WebAssembly file of the onnxruntime-web that is installed, as it is and after gzip.
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fail } from '../errors';
import { gzipBytes } from '../gzip';
import type { RuntimeFiles } from '../optimize/budget';

/** The plain WebAssembly build, which `onnxruntime-web/wasm` loads. */
const wasmFile = 'ort-wasm-simd-threaded.wasm';

async function packageFolder(from: string): Promise<string> {
  for (const folder of createRequire(join(from, 'package.json')).resolve.paths('onnxruntime-web') ?? []) {
    const found = await stat(join(folder, 'onnxruntime-web', 'package.json')).catch(() => undefined);
    if (found) return join(folder, 'onnxruntime-web');
  }
  throw fail('no-web-runtime', { where: { file: from }, expected: 'npm install onnxruntime-web' });
}

/** Looks from the folder `from` upwards, as Node does. Throws `pipeline/no-web-runtime`. */
export async function webRuntimeFiles(from: string): Promise<RuntimeFiles> {
  const folder = await packageFolder(from);
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const bytes = await readFile(join(folder, 'dist', wasmFile)).catch((cause: unknown) => {
    throw fail('no-web-runtime', { where: { file: join(dirname(folder), 'onnxruntime-web') }, expected: `dist/${wasmFile}`, cause });
  });
  return { name: `onnxruntime-web ${version}`, bytes: bytes.byteLength, gzipBytes: await gzipBytes(bytes) };
}
