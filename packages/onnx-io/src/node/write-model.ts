// A model to a path, streamed to a temporary file and renamed: at any moment the path holds the old model or the new one, whole.
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LongWork, Warning } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { DataFile } from '../external-plan';
import type { Model } from '../ir/model';
import { encodePlanned, type SaveOptions } from '../save';
import { payloadBytes, pieces } from '../wire/write';
import { isMissing, writeError } from './file-errors';

export interface WriteOptions extends SaveOptions, LongWork {
  /** Called with the finished temporary file before it takes its place; a rejection leaves everything as it was. */
  readonly verify?: (path: string) => Promise<void>;
}

export interface Written {
  /** The model's file. */
  readonly path: string;
  readonly bytes: number;
  /** Data files written, by absolute path, with their bytes. Files that already held the right data are not among them. */
  readonly dataFiles: readonly { readonly path: string; readonly bytes: number }[];
  readonly warnings: readonly Warning[];
}

/**
 * Writes a model. Writing over the file that the model was read from is allowed. External data goes beside it (`model.onnx_data`); a data file that is there
 * already is never overwritten: the new one gets another name. Throws `onnx-io/write-failed`, `too-large`, `external-link`; on error or abort nothing is left behind.
 */
export async function writeModel(model: Model, path: string, options: WriteOptions = {}): Promise<Written> {
  const warnings: Warning[] = [];
  const work: LongWork = {
    ...options,
    onWarning: (warning) => {
      warnings.push(warning);
      options.onWarning?.(warning);
    },
  };
  const made: string[] = [];
  try {
    const target = await targetOf(path);
    const folder = dirname(target);
    const reused = new Set<string>();
    const { plan, encoded } = await encodePlanned(model, options, `${basename(target)}_data`, (file) => placeFor(file, folder, reused));
    const dataFiles: { path: string; bytes: number }[] = [];
    for (const file of plan.files) {
      if (reused.has(file.location)) continue;
      const dataPath = join(folder, ...file.location.split('/'));
      await mkdir(dirname(dataPath), { recursive: true });
      made.push(dataPath);
      await writeFile(dataPath, (handle) => writeParts(handle, file, work));
      dataFiles.push({ path: dataPath, bytes: file.size });
    }
    const temporary = join(folder, `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    made.push(temporary);
    await writeFile(temporary, (handle) => writeChunks(handle, pieces(encoded, work)), await modeOf(target));
    await options.verify?.(temporary);
    options.signal?.throwIfAborted();
    await rename(temporary, target);
    made.length = 0;
    await syncFolder(folder);
    return { path: target, bytes: encoded.byteLength, dataFiles, warnings };
  } catch (cause) {
    for (const file of made) await unlink(file).catch(() => undefined);
    options.signal?.throwIfAborted();
    throw writeError(cause, path);
  }
}

/** The file to replace: what a link points to, so that the link stays. Throws `onnx-io/not-a-file`. */
async function targetOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw fail('not-a-file', { where: { file: path } });
    return await realpath(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    return resolve(path);
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  const found = await lstat(path).catch(() => undefined);
  return found && found.mode & 0o777;
}

/** Where a data file goes: its place when that is free or holds these very bytes, else the next free name. */
async function placeFor(file: DataFile, folder: string, reused: Set<string>): Promise<string> {
  const at = (location: string): string => join(folder, ...location.split('/'));
  await refuseLinks(folder, file.location);
  const same = file.parts.every(({ offset, payload }) => {
    const [span, ...more] = 'type' in payload.from ? [] : payload.from;
    return (
      span !== undefined &&
      !more.length &&
      'source' in span &&
      span.offset === offset &&
      span.source.name !== undefined &&
      resolve(span.source.name) === at(file.location)
    );
  });
  if (same) {
    reused.add(file.location);
    return file.location;
  }
  const { location } = file;
  for (let n = 0; ; n++) {
    const candidate = n === 0 ? location : location.replace(/(\.onnx)?(_data|\.[^./]*)?(_\d+)?$/, (tail) => `-${n}${tail}`);
    if (!(await lstat(at(candidate)).catch(() => undefined))) return candidate;
  }
}

/** A data file may not be written through a link that leads elsewhere. */
async function refuseLinks(folder: string, location: string): Promise<void> {
  let path = folder;
  for (const segment of location.split('/')) {
    path = join(path, segment);
    const found = await lstat(path).catch(() => undefined);
    if (!found) return;
    if (found.isSymbolicLink()) throw fail('external-link', { where: { file: path }, actual: location });
  }
}

async function writeFile(path: string, write: (handle: FileHandle) => Promise<void>, mode?: number): Promise<void> {
  const handle = await open(path, 'wx', 0o666);
  try {
    if (mode !== undefined) await handle.chmod(mode);
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeChunks(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let at = 0;
  for await (const chunk of chunks) at += await writeAll(handle, chunk, at);
}

async function writeParts(handle: FileHandle, { parts, size }: DataFile, work: LongWork): Promise<void> {
  await handle.truncate(size);
  for (const { offset, payload } of parts) {
    let at = offset;
    for await (const chunk of payloadBytes(payload, work)) at += await writeAll(handle, chunk, at);
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, done, Math.min(chunk.byteLength - done, 1 << 30), position + done);
    done += bytesWritten;
  }
  return chunk.byteLength;
}

/** Makes the rename itself last; not every system can sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
