// A file as a byte source. It is opened for every read, so nothing has to be closed, and checked to be the file it was.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fail } from '../errors';
import { type ByteSource, checkRange } from '../source/byte-source';
import { readError } from './file-errors';

export interface FileSourceOptions {
  /** Refuse a symbolic link as the last part of the path. Default false. */
  readonly noFollow?: boolean;
}

const identity = ({ dev, ino, size, mtimeNs }: BigIntStats): string => [dev, ino, size, mtimeNs].join(':');

/** Opens a regular file. Throws `onnx-io/not-found`, `not-a-file`, `read-failed`; a read throws `source-changed` when the file is not the one it was. */
export async function fileSource(path: string, { noFollow = false }: FileSourceOptions = {}): Promise<ByteSource> {
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
  const first = await use(async (handle) => {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw fail('not-a-file', { where: { file: path } }, found.isDirectory() ? 'this is a folder, not a file' : undefined);
    return found;
  });
  const before = identity(first);
  const source: ByteSource = {
    size: Number(first.size),
    name: path,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      return use(async (handle) => {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 1 << 30), offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        // After the read: then what was read is what the file held when it was opened.
        if (identity(await handle.stat({ bigint: true })) !== before) throw fail('source-changed', { where: { file: path, offset } });
        return bytes;
      });
    },
  };
  return source;
}
