// Sub-byte codes in bytes as ONNX stores them (TensorProto.raw_data): the first code in the lowest bits; the spare bits of the last byte are zero.
import { fail } from './errors';

/** Packs codes of 2 or 4 bits (their low bits count, so two's complement numbers will do), 4 or 2 a byte. */
export function pack(codes: ArrayLike<number>, bits: 2 | 4): Uint8Array {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const out = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) out[Math.floor(i / perByte)]! |= (codes[i]! & mask) << ((i % perByte) * bits);
  return out;
}

/** The first `count` codes, unsigned. Error: `numfmt/length` when the bytes are not as many as `count` codes need. */
export function unpack(bytes: Uint8Array, bits: 2 | 4, count: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const needed = Math.ceil(count / perByte);
  if (bytes.length !== needed) throw fail('length', { expected: needed, actual: bytes.length }, `bytes of ${count} codes of ${bits} bits`);
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = (bytes[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & mask;
  return out;
}
