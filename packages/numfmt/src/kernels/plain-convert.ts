// float32 to and from float16 and bfloat16 by integer arithmetic on the bits.

const bitsOf = (x: Float32Array): Uint32Array => new Uint32Array(x.buffer, x.byteOffset, x.length);
const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Bits of a float32 -> bits of the nearest float16. */
function half(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  const sign = (bits >>> 16) & 0x8000;
  if (magnitude > 0x7f800000) return 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | (((magnitude + 0xc8000fff + ((magnitude >>> 13) & 1)) >>> 13) & 0x7fff);
  // A subnormal: adding 0.5 aligns its last bit with the last bit of a float32, which rounds it.
  scratchBits[0] = magnitude;
  scratch[0] = scratch[0]! + 0.5;
  return sign | (scratchBits[0]! - 0x3f000000);
}

export function float32ToFloat16(x: Float32Array, out: Uint16Array): void {
  const bits = bitsOf(x);
  for (let i = 0; i < bits.length; i++) out[i] = half(bits[i]!);
}

export function float16ToFloat32(x: Uint16Array, out: Float32Array): void {
  const bits = bitsOf(out);
  for (let i = 0; i < x.length; i++) {
    const h = x[i]!;
    const magnitude = h & 0x7fff;
    scratchBits[0] = magnitude << 13;
    scratch[0] = scratch[0]! * 2 ** 112;
    bits[i] = scratchBits[0]! | (magnitude > 0x7bff ? 0x7f800000 : 0) | ((h & 0x8000) << 16);
  }
}

export function float32ToBfloat16(x: Float32Array, out: Uint16Array): void {
  const bits = bitsOf(x);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    out[i] = (b & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
}

export function bfloat16ToFloat32(x: Uint16Array, out: Float32Array): void {
  const bits = bitsOf(out);
  for (let i = 0; i < x.length; i++) bits[i] = x[i]! << 16;
}
