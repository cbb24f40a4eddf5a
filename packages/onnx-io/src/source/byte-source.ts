// Where bytes come from: memory, a Blob, HTTP ranges, a file. Nothing else is asked of a source than its size and its ranges.
import { fail } from '../errors';

export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Shown in errors: a path, a URL. */
  readonly name?: string;
  /** When everything is in memory: the bytes themselves; weights are then views of them, so they must not be written. */
  readonly bytes?: Uint8Array;
  /** How many bytes are worth reading at once; the default is 64 KiB. */
  readonly readAhead?: number;
  /** Exactly `length` bytes from `offset`; rejects when the source is shorter. The result belongs to the caller, unless `bytes` is set. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Throws `onnx-io/source-changed` when what was opened is not what it was; what is in memory stays. */
  check?(): Promise<void>;
}

/** Throws `onnx-io/range` unless `offset` and `length` lie inside the source. */
export function checkRange({ size, name }: ByteSource, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || length > size || offset > size - length)
    throw fail('range', { where: { file: name, offset }, expected: `0..${size}`, actual: `${offset}+${length}` });
}

/** Bytes in memory as a source: reads are views. */
export function bytesSource(bytes: Uint8Array, name?: string): ByteSource {
  // A Buffer of Node is a Uint8Array whose subarray and slice mean something else: take the plain view.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const source: ByteSource = {
    size: plain.byteLength,
    ...(name !== undefined && { name }),
    bytes: plain,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      return plain.subarray(offset, offset + length);
    },
  };
  return source;
}

/** What a loader takes. */
export type SourceLike = Uint8Array | ArrayBuffer | Blob | ByteSource;
