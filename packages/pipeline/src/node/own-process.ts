// A model opened and run once in a process of its own: nothing is warm, the memory is the model's and the runtime's, and what ends the process natively ends only it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bytesOf, type Feeds } from '@modeldiet/tensor';
import type { ColdStart } from '../cold-start';
import { fail } from '../errors';

export interface OwnProcessOptions {
  /** The runtime's module file: `resolved.path` of `nodeBackend`. */
  readonly ort: string;
  /** The model's file. */
  readonly file: string;
  /** Bound to the model's inputs by name; without them the model is opened and not run. */
  readonly feeds?: Feeds;
  /** Default 1. */
  readonly threads?: number;
  /** Default: the runtime's own choice. */
  readonly executionProviders?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The child knows the runtime and nothing of this project, so that its memory is what an app would see. */
const child = `
import { readFileSync } from 'node:fs';
const end = (error) => { process.stderr.write(String(error?.message ?? error)); process.exit(1); };
process.on('uncaughtException', end).on('unhandledRejection', end);
const [ortUrl, file, folder, threads, providers] = process.argv.slice(1);
const loaded = await import(ortUrl);
const ort = loaded.InferenceSession ? loaded : loaded.default;
const arrays = { float32: Float32Array, float64: Float64Array, float16: Uint16Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array, int16: Int16Array,
  uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, uint64: BigUint64Array };
const feeds = {};
for (const { name, type, dims, data, strings } of folder ? JSON.parse(readFileSync(folder + '/feeds.json', 'utf8')) : []) {
  if (strings) { feeds[name] = new ort.Tensor('string', strings, dims); continue; }
  const bytes = new Uint8Array(readFileSync(folder + '/' + data));
  feeds[name] = new ort.Tensor(type, new arrays[type](bytes.buffer, 0, bytes.byteLength / arrays[type].BYTES_PER_ELEMENT), dims);
}
const start = performance.now();
const session = await ort.InferenceSession.create(file, { intraOpNumThreads: Number(threads), interOpNumThreads: 1, logSeverityLevel: 3,
  ...(providers && { executionProviders: providers.split(',') }) });
const opened = performance.now();
const fetches = session.outputMetadata.filter((output) => output.isTensor).map((output) => output.name);
if (folder) await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]])), fetches);
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
      entries.push({ name, type, dims, data: `${i}.bin` });
      await writeFile(join(folder, `${i}.bin`), bytesOf(tensor));
    }
  }
  await writeFile(join(folder, 'feeds.json'), JSON.stringify(entries));
}

/** What the process said last, and the signal that ended it, if one did. */
interface ChildFailure {
  readonly stderr?: unknown;
  readonly signal?: string | null;
  readonly code?: unknown;
}
/** What Windows says where others have a signal. */
const accessViolation = 0xc0000005;

function failure(cause: unknown): Error {
  const { stderr, signal, code } = cause as ChildFailure;
  const ended = signal ?? (code === accessViolation ? 'access violation' : undefined);
  const words = String(stderr || (cause as Error).message)
    .trim()
    .replaceAll('\n', ' ');
  if (ended) return fail('child-crashed', { cause, actual: ended }, `the runtime itself crashed on the model, with ${ended}`);
  return fail('child-failed', { cause, actual: words });
}

/**
 * Opens a model, and runs it once, in a new process. Throws `pipeline/child-failed` with what the process said, and `pipeline/child-crashed` when a signal ended it (`actual` is its name).
 * @example
 * const { loadMs } = await inOwnProcess({ ort: backend.resolved.path, file: 'model.onnx', feeds });
 */
export async function inOwnProcess({ ort, file, feeds, threads = 1, executionProviders = [], signal }: OwnProcessOptions): Promise<ColdStart> {
  signal?.throwIfAborted();
  const folder = feeds ? await mkdtemp(join(tmpdir(), 'modeldiet-')) : undefined;
  try {
    if (feeds) await writeFeeds(folder!, feeds);
    const words = [pathToFileURL(ort).href, file, folder ?? '', String(threads), executionProviders.join(',')];
    const args = ['--input-type=module', '--eval', child, '--', ...words];
    const { stdout } = await promisify(execFile)(process.execPath, args, { ...(signal && { signal }) }).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw failure(cause);
    });
    return JSON.parse(stdout) as ColdStart;
  } finally {
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}
