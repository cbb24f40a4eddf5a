// Where a constant's bytes lie in the file it came from, so that saving it unchanged is a copy of bytes and not a decode.
import type { Constant, LongWork, Weight } from '@modeldiet/tensor';
import type { TypedField } from './dtypes';
import type { ByteSource } from './source/byte-source';
import type { Splice } from './wire/codec';

/** A range of a source. */
export interface Range {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}
export type Span = Uint8Array | Range;

/** The content of one field of a TensorProto as it stands in a file, or an external data range. */
export interface Origin {
  readonly field: 'rawData' | TypedField | 'external';
  readonly spans: readonly Span[];
  /** string_data and typed fields that hold what their type does not allow: the entries as they came. */
  readonly entries?: readonly (number | bigint | Uint8Array)[];
  /** external_data as it stood: the keys this library does not know too. */
  readonly external?: ReadonlyMap<string, string>;
}

const origins = new WeakMap<Constant, Origin>();
export const originOf = (constant: Constant): Origin | undefined => origins.get(constant);
export function setOrigin<C extends Constant>(constant: C, origin: Origin): C {
  origins.set(constant, origin);
  return constant;
}

export const spanLength = (span: Span): number => ('source' in span ? span.length : span.byteLength);
export const spansLength = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + spanLength(span), 0);

/** What the writer puts in the place of a field's content. */
export interface Payload extends Splice {
  /** Bytes as they are, or a weight whose raw layout is written. */
  readonly from: readonly Span[] | Weight;
}

const chunkBytes = 8 * 1024 * 1024;

/** Reads ranges. */
export type RangeReader = (range: Range) => Promise<Uint8Array>;

const aheadBytes = 1024 * 1024;

/** A reader for many small ranges one after another: it reads 1 MiB at a time and serves from that. The results are views, not to be written. */
export function aheadReader(): RangeReader {
  let last: { readonly source: ByteSource; readonly offset: number; readonly bytes: Uint8Array } | undefined;
  return async ({ source, offset, length }) => {
    if (length > aheadBytes / 4) return source.read(offset, length);
    if (last?.source !== source || offset < last.offset || offset + length > last.offset + last.bytes.length)
      last = { source, offset, bytes: await source.read(offset, Math.max(length, Math.min(aheadBytes, source.size - offset))) };
    return last.bytes.subarray(offset - last.offset, offset - last.offset + length);
  };
}

const directly: RangeReader = ({ source, offset, length }) => source.read(offset, length);

/** The bytes of spans, in chunks of at most 8 MiB; the next chunk is read while the one before is used. */
export async function* readSpans(spans: readonly Span[], work?: LongWork, readRange: RangeReader = directly): AsyncGenerator<Uint8Array> {
  const pieces = spans.flatMap(piecesOf);
  const read = async (piece: Span | undefined): Promise<Uint8Array | undefined> => (piece && 'source' in piece ? readRange(piece) : piece);
  let next = read(pieces[0]);
  for (let i = 0; i < pieces.length; i++) {
    const chunk = (await next)!;
    work?.signal?.throwIfAborted();
    next = read(pieces[i + 1]);
    // Should the reader stop here, nobody waits for the next one.
    next.catch(() => undefined);
    yield chunk;
  }
}

function piecesOf(span: Span): Span[] {
  if (!('source' in span)) return [span];
  const { source, offset, length } = span;
  if (source.bytes) return [source.bytes.subarray(offset, offset + length)];
  return Array.from({ length: Math.ceil(length / chunkBytes) }, (_, i) => ({
    source,
    offset: offset + i * chunkBytes,
    length: Math.min(chunkBytes, length - i * chunkBytes),
  }));
}

/** All bytes of spans in one array; a view where there is one span in memory. */
export async function joinSpans(spans: readonly Span[]): Promise<Uint8Array> {
  const [only] = spans;
  if (only && spans.length === 1) return 'source' in only ? only.source.read(only.offset, only.length) : only;
  const all = new Uint8Array(spansLength(spans));
  let at = 0;
  for (const span of spans) {
    const bytes = 'source' in span ? await span.source.read(span.offset, span.length) : span;
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** All bytes of spans when they are in memory. */
export function residentSpans(spans: readonly Span[]): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (const span of spans) {
    if (!('source' in span)) parts.push(span);
    else if (span.source.bytes) parts.push(span.source.bytes.subarray(span.offset, span.offset + span.length));
    else return undefined;
  }
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(spansLength(spans));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
