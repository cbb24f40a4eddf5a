// Files written whole and down to the disk, and taken away again when the job around them fails.
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, realpath, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../errors';
import { isMissing, writeError } from './file-errors';

/** What was made so far. */
export interface Made {
  readonly files: string[];
  /** Folders, outer first. */
  readonly folders: string[];
}

const nothingMade = (): Made => ({ files: [], folders: [] });

/** Takes away what was made; what cannot be removed stays. */
async function removeMade({ files, folders }: Made): Promise<void> {
  for (const file of files) await unlink(file).catch(() => undefined);
  for (const folder of folders.reverse()) await rmdir(folder).catch(() => undefined);
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string, made: Made): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const fresh: string[] = [];
  for (let folder = path; folder !== first; folder = dirname(folder)) fresh.push(folder);
  made.folders.push(first, ...fresh.reverse());
}

/** Writes a file that is not there yet. */
export async function writeNew(path: string, made: Made, write: (handle: FileHandle) => Promise<void>, mode?: number): Promise<void> {
  const handle = await open(path, 'wx', 0o666);
  made.files.push(path);
  try {
    if (mode !== undefined) await handle.chmod(mode);
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of a chunk; a single write of the system may do less. */
export async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, done, Math.min(chunk.byteLength - done, 1 << 30), position + done);
    done += bytesWritten;
  }
  return chunk.byteLength;
}

const pageBytes = 1024 * 1024;

/** The same bytes in fewer, larger chunks: a write of the system costs as much for 10 bytes as for 100,000. A chunk given out is filled again after the next one is asked for. */
export async function* inPages(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const page = new Uint8Array(pageBytes);
  let length = 0;
  for await (const chunk of chunks) {
    const large = chunk.byteLength > pageBytes / 2;
    if (length && (large || length + chunk.byteLength > pageBytes)) {
      yield page.subarray(0, length);
      length = 0;
    }
    if (large) yield chunk;
    else {
      page.set(chunk, length);
      length += chunk.byteLength;
    }
  }
  if (length) yield page.subarray(0, length);
}

/** Makes new names in a folder last; not every system can sync one. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** The file to replace: what a link points to, so that the link stays. Throws `onnx-io/not-a-file`. */
export async function targetOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw fail('not-a-file', { where: { file: path } });
    return await realpath(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const full = resolve(path);
    return join(await realpath(dirname(full)), basename(full));
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  const found = await lstat(path).catch(() => undefined);
  return found && found.mode & 0o777;
}

export interface ReplaceOptions {
  readonly signal?: AbortSignal;
  /** Called with the finished temporary file before it takes its place; a rejection leaves everything as it was. */
  readonly verify?: (path: string) => Promise<void>;
}

/** Streams to a temporary file beside `target`, then renames: at any moment the path holds the old file or the new one, whole. */
export async function replaceTarget(target: string, chunks: AsyncIterable<Uint8Array>, made: Made, { signal, verify }: ReplaceOptions): Promise<void> {
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  const write = async (handle: FileHandle): Promise<void> => {
    let at = 0;
    for await (const chunk of inPages(chunks)) at += await writeAll(handle, chunk, at);
  };
  await writeNew(temporary, made, write, await modeOf(target));
  await verify?.(temporary);
  signal?.throwIfAborted();
  await rename(temporary, target);
  made.files.length = made.folders.length = 0;
  await syncFolder(folder);
}

/** Runs a job that makes files; when it fails or is stopped, what it made is taken away. Throws `signal.reason`, `onnx-io/write-failed`, what the job throws. */
export async function makingFiles<R>(path: string, signal: AbortSignal | undefined, job: (made: Made) => Promise<R>): Promise<R> {
  const made = nothingMade();
  try {
    signal?.throwIfAborted();
    return await job(made);
  } catch (cause) {
    await removeMade(made);
    signal?.throwIfAborted();
    throw writeError(cause, path);
  }
}
