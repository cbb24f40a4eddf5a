// A file as a byte source: a small one is read whole; a larger one is opened for every read (once for all reads that are asked for together), so nothing has to be closed, and checked to be
// the file it was.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fail } from '../errors';
import { type ByteSource, bytesSource, checkRange } from '../source/byte-source';
import { readError } from './file-errors';

export interface FileSourceOptions {
  /** Refuse a symbolic link as the last part of the path. Default false. */
  readonly noFollow?: boolean;
  /** A file of at most this many bytes is read whole when it is opened, so that nothing waits for the disk later; of others, ranges are read when asked for. Default 16 MiB. */
  readonly wholeBytes?: number;
}

/** Reading 16 MiB takes some 5 ms, as long as ten openings of a file: more than that is worth leaving out. */
const defaultWhole = 2 ** 24;

const identity = ({ dev, ino, size, mtimeNs }: BigIntStats): string => [dev, ino, size, mtimeNs].join(':');

/** Files up to this are read in large steps: reading what is not needed costs less than asking again. */
const largeSteps = 2 ** 26;

interface Request {
  readonly offset: number;
  readonly length: number;
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
}
/** Requests that one read serves. */
interface Run {
  readonly offset: number;
  end: number;
  readonly requests: Request[];
}

/** Requests of at most this many bytes share a read where at most `gap` lie between them, up to `longest` in all. */
const small = 2 ** 18;
const gap = 2 ** 14;
const longest = 2 ** 22;

function runsOf(requests: readonly Request[]): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (const request of [...requests].sort((a, b) => a.offset - b.offset)) {
    const end = request.offset + request.length;
    if (last && request.length <= small && request.offset <= last.end + gap && end - last.offset <= longest) {
      last.end = Math.max(last.end, end);
      last.requests.push(request);
      continue;
    }
    const run: Run = { offset: request.offset, end, requests: [request] };
    runs.push(run);
    last = request.length <= small ? run : undefined;
  }
  return runs;
}

async function readRun(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 1 << 30), offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}

/** Opens a regular file. Throws `onnx-io/not-found`, `not-a-file`, `read-failed`; `check`, and a read of what is not in memory, throw `source-changed` when the file is not the one it was. */
export async function fileSource(path: string, { noFollow = false, wholeBytes = defaultWhole }: FileSourceOptions = {}): Promise<ByteSource> {
  // Not blocking: a FIFO that took the file's place would hold the open for ever.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (noFollow ? (constants.O_NOFOLLOW ?? 0) : 0);
  const use = async <R>(f: (handle: FileHandle) => Promise<R>): Promise<R> => {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, flags);
      return await f(handle);
    } catch (cause) {
      throw readError(cause, path);
    } finally {
      await handle?.close();
    }
  };
  const changed = (offset?: number): Error => fail('source-changed', { where: { file: path, offset } });
  const { first, whole } = await use(async (handle) => {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw fail('not-a-file', { where: { file: path } }, found.isDirectory() ? 'this is a folder, not a file' : undefined);
    if (found.size > wholeBytes) return { first: found };
    const bytes = await readRun(handle, 0, Number(found.size));
    if (identity(await handle.stat({ bigint: true })) !== identity(found)) throw changed();
    return { first: found, whole: bytes };
  });
  const before = identity(first);
  const check = async (): Promise<void> => {
    if (identity(await use((handle) => handle.stat({ bigint: true }))) !== before) throw changed();
  };
  if (whole) return { ...bytesSource(whole, path), check };
  /** What was asked for since the last opening. */
  let waiting: Request[] = [];
  const answer = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const runs = runsOf(asked);
      const found = await use(async (handle) => {
        const read: Uint8Array[] = [];
        for (const { offset, end } of runs) read.push(await readRun(handle, offset, end - offset));
        // After the reads: then what was read is what the file held when it was opened.
        return identity(await handle.stat({ bigint: true })) === before ? read : undefined;
      });
      for (const [i, run] of runs.entries())
        for (const { offset, length, resolve, reject } of run.requests) {
          const bytes = found?.[i];
          if (!bytes) reject(changed(offset));
          else resolve(run.requests.length === 1 ? bytes : bytes.slice(offset - run.offset, offset - run.offset + length));
        }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  const source: ByteSource = {
    size: Number(first.size),
    name: path,
    check,
    readAhead: Number(first.size) <= largeSteps ? 2 ** 20 : 2 ** 16,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      return new Promise((resolve, reject) => {
        waiting.push({ offset, length, resolve, reject });
        if (waiting.length === 1) queueMicrotask(answer);
      });
    },
  };
  return source;
}
