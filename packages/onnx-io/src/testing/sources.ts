// Sources that tests look into: what is read, and by how little at a time.
import type { ByteSource } from '../source/byte-source';

/** Bytes as a source that does not hand them over whole, like a file; counts what is read. */
export function countingSource(bytes: Uint8Array, readAhead = 512): ByteSource & { reads: number; bytesRead: number } {
  const source = {
    size: bytes.byteLength,
    name: 'counted',
    readAhead,
    reads: 0,
    bytesRead: 0,
    read: async (offset: number, length: number): Promise<Uint8Array> => {
      if (offset < 0 || offset + length > bytes.byteLength) throw new RangeError(`${offset}+${length} of ${bytes.byteLength}`);
      source.reads++;
      source.bytesRead += length;
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

/** The code of the typed error that a promise rejects with, or what it gives instead. */
export const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (typeof error === 'object' && error !== null && 'code' in error ? error.code : error),
  );
