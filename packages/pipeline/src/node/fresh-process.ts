// Opening and first run of a model in a process of its own: nothing is warm, and the memory is the model's and the runtime's.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bytesOf, type Feeds, median } from '@modeldiet/tensor';
import type { ColdStart, MeasureColdStart } from '../cold-start';
import { fail } from '../errors';

export interface FreshProcessOptions {
  /** The runtime's module file: `resolved.path` of `nodeBackend`. */
  readonly ort: string;
  /** Default 1. */
  readonly threads?: number;
  /** Processes for each model; the median of their times and memory counts. Default 3. */
  readonly processes?: number;
}

/** The child knows the runtime and nothing of this project, so that its memory is what an app would see. */
const child = `
import { readFileSync } from 'node:fs';
const [ortUrl, folder, threads] = process.argv.slice(1);
const loaded = await import(ortUrl);
const ort = loaded.InferenceSession ? loaded : loaded.default;
const arrays = { float32: Float32Array, float64: Float64Array, float16: Uint16Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array, int16: Int16Array,
  uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, uint64: BigUint64Array };
const feeds = {};
for (const { name, type, dims, file, strings } of JSON.parse(readFileSync(folder + '/feeds.json', 'utf8'))) {
  if (strings) { feeds[name] = new ort.Tensor('string', strings, dims); continue; }
  const bytes = new Uint8Array(readFileSync(folder + '/' + file));
  feeds[name] = new ort.Tensor(type, new arrays[type](bytes.buffer, 0, bytes.byteLength / arrays[type].BYTES_PER_ELEMENT), dims);
}
const start = performance.now();
const session = await ort.InferenceSession.create(folder + '/model.onnx', { intraOpNumThreads: Number(threads), interOpNumThreads: 1, logSeverityLevel: 3 });
const opened = performance.now();
const fetches = session.outputMetadata.filter((output) => output.isTensor).map((output) => output.name);
await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]])), fetches);
const done = performance.now();
// Linux keeps the parent's peak in a child's maxRSS; VmHWM is this process's own.
let peak = process.resourceUsage().maxRSS * 1024;
try { peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024; } catch {}
process.stdout.write(JSON.stringify({ loadMs: opened - start, firstRunMs: done - opened, peakRssBytes: peak }));
process.exit(0);
`;

async function writeFeeds(folder: string, feeds: Feeds): Promise<void> {
  const entries: object[] = [];
  for (const [i, [name, tensor]] of Object.entries(feeds).entries()) {
    const { type, dims } = tensor;
    if (tensor.type === 'string') entries.push({ name, type, dims, strings: tensor.data });
    else {
      entries.push({ name, type, dims, file: `${i}.bin` });
      await writeFile(join(folder, `${i}.bin`), bytesOf(tensor));
    }
  }
  await writeFile(join(folder, 'feeds.json'), JSON.stringify(entries));
}

/**
 * Measures each model in fresh processes. Feeds must be bound to the model's inputs by name. Throws `pipeline/child-failed` with what the process said.
 * @example
 * const backend = await nodeBackend();
 * await compareVariants(variants, { ...options, coldStart: freshProcess({ ort: backend.resolved.path }) });
 */
export function freshProcess({ ort, threads = 1, processes = 3 }: FreshProcessOptions): MeasureColdStart {
  const run = promisify(execFile);
  return async ({ bytes, externalData }, feeds, { signal }) => {
    const folder = await mkdtemp(join(tmpdir(), 'modeldiet-'));
    try {
      await writeFile(join(folder, 'model.onnx'), bytes);
      for (const [location, data] of Object.entries(externalData)) {
        const file = join(folder, ...location.split('/'));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, data);
      }
      await writeFeeds(folder, feeds);
      const runs: ColdStart[] = [];
      for (let i = 0; i < processes; i++) {
        signal?.throwIfAborted();
        const args = ['--input-type=module', '--eval', child, '--', pathToFileURL(ort).href, folder, String(threads)];
        const { stdout } = await run(process.execPath, args, { ...(signal && { signal }) }).catch((cause: unknown) => {
          signal?.throwIfAborted();
          throw fail('child-failed', {
            cause,
            actual: String((cause as { stderr?: unknown }).stderr ?? cause)
              .trim()
              .split('\n')
              .slice(-3)
              .join(' '),
          });
        });
        runs.push(JSON.parse(stdout) as ColdStart);
      }
      return {
        loadMs: median(runs.map(({ loadMs }) => loadMs)),
        firstRunMs: median(runs.map(({ firstRunMs }) => firstRunMs)),
        peakRssBytes: Math.round(median(runs.map(({ peakRssBytes }) => peakRssBytes ?? 0))),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
