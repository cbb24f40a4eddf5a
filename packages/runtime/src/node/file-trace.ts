// The trace in Node. onnxruntime-node writes <prefix>_<time>.json and tells no one the name, so every session gets a folder of its own;
// onnxruntime-web prints the same JSON with fs.writeSync(1), line by line, while endProfiling runs.
import fs from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../errors';
import { flavorOf } from '../ort/module';
import type { OrtTrace, OrtTracer } from '../ort/tracer';

/** What is written to stdout by fs.writeSync while `job` runs; other files are written as ever. */
function stdoutOf(job: () => void): string {
  const { writeSync } = fs;
  let text = '';
  const stand = (fd: number, data: string | NodeJS.ArrayBufferView, ...rest: unknown[]): number => {
    if (fd !== 1 || typeof data !== 'string') return Reflect.apply(writeSync, fs, [fd, data, ...rest]) as number;
    text += data;
    return Buffer.byteLength(data);
  };
  fs.writeSync = stand as typeof fs.writeSync;
  try {
    job();
  } finally {
    fs.writeSync = writeSync;
  }
  return text;
}

const printed: OrtTrace = {
  options: { enableProfiling: true },
  async end(session) {
    const text = stdoutOf(() => session.endProfiling());
    if (text === '') throw fail('trace-unavailable', {}, 'the runtime printed no trace');
    return text;
  },
  discard: async () => {},
};

/** A tracer for `ortBackend(ort, { trace: fileTrace() })` in Node, with onnxruntime-node or onnxruntime-web. */
export function fileTrace(options: { readonly folder?: string } = {}): OrtTracer {
  return {
    async begin(ort) {
      if (flavorOf(ort) === 'web') return printed;
      const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'modeldiet-trace-'));
      return {
        options: { enableProfiling: true, profileFilePrefix: join(folder, 'ort') },
        async end(session) {
          session.endProfiling();
          const [file] = await readdir(folder);
          if (!file) throw fail('trace-unavailable', {}, 'the runtime wrote no trace');
          return readFile(join(folder, file), 'utf8');
        },
        discard: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}
