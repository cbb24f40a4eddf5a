// What a download would cost: bytes after gzip, by the platform's own CompressionStream.

/** Length of `bytes` after gzip at the platform's default level. Node and browsers alike. */
export async function gzipBytes(bytes: Uint8Array): Promise<number> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'));
  let total = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) total += part.value.byteLength;
  return total;
}
