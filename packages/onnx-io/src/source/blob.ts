// A Blob or File as a byte source: the browser's lazy file.
import { fail } from '../errors';
import { whatIs } from '../ir/require-model';
import { type ByteSource, bytesSource, checkRange, type SourceLike } from './byte-source';

/** Reads ranges of a Blob or File; nothing is read ahead of need. */
export function blobSource(blob: Blob): ByteSource {
  const source: ByteSource = {
    size: blob.size,
    ...('name' in blob && typeof blob.name === 'string' && { name: blob.name }),
    readAhead: 256 * 1024,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    },
  };
  return source;
}

const isSource = (x: object): x is ByteSource => 'read' in x && typeof x.read === 'function' && 'size' in x && typeof x.size === 'number';

/** Anything a loader takes as a source. Throws `onnx-io/not-a-source`. */
export function toSource(input: SourceLike): ByteSource {
  if (ArrayBuffer.isView(input)) return bytesSource(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  if (input instanceof ArrayBuffer) return bytesSource(new Uint8Array(input));
  if (typeof Blob !== 'undefined' && input instanceof Blob) return blobSource(input);
  if (typeof input === 'object' && input !== null && isSource(input)) return input;
  throw fail('not-a-source', { expected: 'bytes, a Blob or a ByteSource', actual: whatIs(input) });
}
