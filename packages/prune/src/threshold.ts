// The k-th smallest magnitude of many weights, exactly, with one weight in memory at a time: counts by the upper half of the float32's bits, then by the lower half inside of one count.
import { fail } from './errors';

/** Bits of |x| order as the magnitudes do. NaN is above infinity: refused. */
function magnitudeBits(values: Float32Array, name: string): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude > 0x7f800000) throw fail('not-finite', { where: { value: name }, actual: `NaN at ${i}` });
    out[i] = magnitude;
  }
  return out;
}

export interface Threshold {
  /** Magnitudes below these bits are pruned. */
  readonly bits: number;
  /** So many of those equal to them are pruned too, the first in order. */
  readonly ties: number;
}

export interface NamedValues {
  readonly name: string;
  values(): Promise<Float32Array>;
}

/** Finds the threshold below which `count` numbers lie. Each weight is read twice. */
export async function thresholdFor(weights: readonly NamedValues[], count: number): Promise<Threshold> {
  if (count === 0) return { bits: 0, ties: 0 };
  const upper = new Float64Array(2 ** 15);
  for (const weight of weights) for (const m of magnitudeBits(await weight.values(), weight.name)) upper[m >>> 16]!++;
  let rest = count;
  let page = 0;
  while (rest > upper[page]!) rest -= upper[page++]!;
  const lower = new Float64Array(2 ** 16);
  for (const weight of weights) for (const m of magnitudeBits(await weight.values(), weight.name)) if (m >>> 16 === page) lower[m & 0xffff]!++;
  let low = 0;
  while (rest > lower[low]!) rest -= lower[low++]!;
  return { bits: page * 2 ** 16 + low, ties: rest };
}

/** 1 where a number stays. `ties` of the numbers that equal the threshold go; returns how many of them went. */
export function keepMask(values: Float32Array, { bits, ties }: Threshold): { readonly mask: Uint8Array; readonly usedTies: number; readonly pruned: number } {
  const raw = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const mask = new Uint8Array(values.length).fill(1);
  let [usedTies, pruned] = [0, 0];
  for (let i = 0; i < raw.length; i++) {
    const magnitude = raw[i]! & 0x7fffffff;
    const tie = magnitude === bits && usedTies < ties;
    if (magnitude >= bits && !tie) continue;
    if (tie) usedTies++;
    mask[i] = 0;
    pruned++;
  }
  return { mask, usedTies, pruned };
}
