// A file on a web server, read by HTTP range requests (RFC 9110, section 14).
import { fail } from '../errors';
import { type ByteSource, checkRange } from './byte-source';

export interface HttpOptions {
  /** Headers, credentials and the like of every request. */
  readonly request?: Omit<RequestInit, 'method' | 'body'>;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

const contentRange = /^bytes (\d+)-(\d+)\/(\d+)$/;

/**
 * Opens a URL whose server answers range requests. Every range is checked against what the first answer said of size and version (ETag, Last-Modified).
 * Throws `onnx-io/no-ranges`, `http-status`, `source-changed`.
 */
export async function httpSource(url: string | URL, { request = {}, fetch = globalThis.fetch }: HttpOptions = {}): Promise<ByteSource> {
  const name = String(url);
  const ask = async (first: number, last: number): Promise<Response> => {
    const headers = new Headers(request.headers);
    headers.set('Range', `bytes=${first}-${last}`);
    // Ranges of a compressed body would be ranges of the compressed bytes.
    headers.set('Accept-Encoding', 'identity');
    const response = await fetch(url, { ...request, headers });
    if (response.status === 206) return response;
    await response.body?.cancel();
    if (response.status === 200) throw fail('no-ranges', { where: { file: name } });
    throw fail('http-status', { where: { file: name }, expected: 206, actual: response.status });
  };
  const versionOf = ({ headers }: Response): string => headers.get('etag') ?? headers.get('last-modified') ?? '';
  const extentOf = (response: Response): readonly [number, number, number] => {
    const match = contentRange.exec(response.headers.get('content-range') ?? '');
    if (!match) throw fail('no-ranges', { where: { file: name }, actual: response.headers.get('content-range') ?? 'no Content-Range' });
    return [Number(match[1]), Number(match[2]), Number(match[3])];
  };
  const first = await ask(0, 0);
  const [, , size] = extentOf(first);
  const version = versionOf(first);
  await first.body?.cancel();
  const source: ByteSource = {
    size,
    name,
    readAhead: 256 * 1024,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      if (length === 0) return new Uint8Array(0);
      const response = await ask(offset, offset + length - 1);
      const [from, to, now] = extentOf(response);
      if (now !== size || versionOf(response) !== version) throw fail('source-changed', { where: { file: name }, expected: size, actual: now });
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (from !== offset || to !== offset + length - 1 || bytes.byteLength !== length)
        throw fail('range', { where: { file: name, offset }, expected: `${length} bytes`, actual: `${bytes.byteLength} from ${from}` });
      return bytes;
    },
  };
  return source;
}
