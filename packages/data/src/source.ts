// Where text and bytes come from, read again at each iteration.

/** Text or bytes at hand, a Blob or File (read in pieces), or a function that opens a stream of pieces. */
export type Source = string | Uint8Array | Blob | (() => AsyncIterable<Uint8Array | string>);

/** The source as pieces of bytes or text. */
export async function* piecesOf(source: Source): AsyncGenerator<Uint8Array | string> {
  if (typeof source === 'string' || source instanceof Uint8Array) yield source;
  else if (typeof source === 'function') yield* source();
  else {
    const step = 1 << 20;
    for (let at = 0; at < source.size; at += step) yield new Uint8Array(await source.slice(at, at + step).arrayBuffer());
  }
}

/** The source as pieces of text: UTF-8, a byte order mark dropped, no character cut. */
export async function* textOf(source: Source): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of piecesOf(source)) yield typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
  const rest = decoder.decode();
  if (rest) yield rest;
}
