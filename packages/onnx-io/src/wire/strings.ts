// Reads the names of a file. A name comes up many times (output, inputs, value_info): it is made once, as one flat string, and found again by its bytes.

/** Longer ones (documentation, stack traces in metadata) are seldom twice there, and the platform's decoder is faster from about here on. */
const longest = 100;
const codes = new Array<number>(longest);

/** A reader of strings for a file of that many bytes of structure; `verify` reads what is long or not ASCII. */
export function stringReader(
  structureBytes: number,
): (bytes: Uint8Array, start: number, end: number, verify: (bytes: Uint8Array, start: number, end: number) => string) => string {
  const bits = Math.min(16, Math.max(8, Math.ceil(Math.log2(structureBytes / 64 + 1))));
  const seen = new Array<string | undefined>(2 ** bits).fill(undefined);
  const same = (text: string, bytes: Uint8Array, start: number): boolean => {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
    return true;
  };
  return (bytes, start, end, verify) => {
    const length = end - start;
    if (length === 0) return '';
    if (length > longest) return verify(bytes, start, end);
    // By shifts alone, which stay small integers; every byte also tells whether all are ASCII.
    let hash = 0;
    let all = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      all |= byte;
      hash = ((hash << 5) | (hash >>> 27)) ^ byte;
    }
    if (all > 127) return verify(bytes, start, end);
    const slot = Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
    const known = seen[slot];
    if (known !== undefined && known.length === length && same(known, bytes, start)) return known;
    codes.length = length;
    for (let i = 0; i < length; i++) codes[i] = bytes[start + i]!;
    const text = String.fromCharCode.apply(null, codes);
    seen[slot] = text;
    return text;
  };
}
