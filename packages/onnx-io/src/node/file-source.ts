// A file as a byte source. It is opened for every read, so nothing has to be closed, and checked to be the file it was.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
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
  const flags = constants.O_RDONLY | (noFollow ? (constants.O_NOFOLLOW ?? 0) : 0);
  const use = async <R>(f: (handle: FileHandle) => Promise<R>): Promise<R> => {
    let handle: FileHandle | undefined;
    try {
      // A FIFO would block the open for ever: what is not a regular file is refused before.
      const kind = await stat(path);
      if (!kind.isFile()) throw fail('not-a-file', { where: { file: path } }, kind.isDirectory() ? 'this is a folder, not a file' : undefined);
      handle = await open(path, flags);
      return await f(handle);
    } catch (cause) {
      throw readError(cause, path);
    } finally {
      await handle?.close();
    }
  };
  const first = await use((handle) => handle.stat({ bigint: true }));
  const before = identity(first);
  const source: ByteSource = {
    size: Number(first.size),
    name: path,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      return use(async (handle) => {
        const check = async (): Promise<void> => {
          if (identity(await handle.stat({ bigint: true })) !== before) throw fail('source-changed', { where: { file: path, offset } });
        };
        await check();
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 1 << 30), offset + done);
          if (bytesRead === 0) throw fail('source-changed', { where: { file: path, offset: offset + done }, expected: `${length} bytes`, actual: done });
          done += bytesRead;
        }
        await check();
        return bytes;
      });
    },
  };
  return source;
}
