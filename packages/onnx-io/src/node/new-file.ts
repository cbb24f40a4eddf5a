// Files written whole and down to the disk, and taken away again when the job around them fails.
import { type FileHandle, mkdir, open, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What was made so far. */
export interface Made {
  readonly files: string[];
  /** Folders, outer first. */
  readonly folders: string[];
}

export const nothingMade = (): Made => ({ files: [], folders: [] });

/** Takes away what was made; what cannot be removed stays. */
export async function removeMade({ files, folders }: Made): Promise<void> {
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

/** Makes new names in a folder last; not every system can sync one. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
