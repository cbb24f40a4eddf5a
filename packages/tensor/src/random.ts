// Seeded random numbers, the same on every machine: xoshiro128** (Blackman and Vigna, 2018) seeded by splitmix32 of an FNV-1a hash.

import { fail } from './errors';

/** A stream of random numbers. `fork(label)` is a stream of its own that depends on the seed and the label only, not on what was drawn: a new random choice never shifts old ones. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform in 0 .. below - 1, without bias; `below` up to 2^32. */
  int(below: number): number;
  /** Standard normal. */
  normal(): number;
  fork(label: string): Random;
}

/** FNV-1a over UTF-16 code units, continued from `hash`. */
function hashed(text: string, hash: number): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Four state words from two hashes by the splitmix32 finaliser. */
function seeded(key: string): Uint32Array {
  const state = new Uint32Array(4);
  let a = hashed(key, 0x811c9dc5);
  const b = hashed(key, 0x9747b28c);
  for (let i = 0; i < 4; i++) {
    a = (a + 0x9e3779b9) >>> 0;
    let z = i & 1 ? a ^ b : a;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    state[i] = z ^ (z >>> 16);
  }
  if (state.every((word) => word === 0)) state[0] = 1;
  return state;
}

/**
 * The natural logarithm of 0 < x < 1 from arithmetic alone, so that every engine gives the same bits (Math.log may differ in the last one):
 * x = m * 2^e, ln m = 2 atanh((m - 1) / (m + 1)).
 */
function log(x: number): number {
  let [m, e] = [x, 0];
  while (m < Math.SQRT1_2) {
    m *= 2;
    e--;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * s * sum + e * Math.LN2;
}

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/**
 * Random numbers from a seed; 7 and '7' are the same seed.
 *
 * @example random(7).fork('init').normal()
 */
export function random(seed: number | string): Random {
  const key = String(seed);
  const s = seeded(key);
  let spare: number | undefined;
  const word = (): number => {
    const result = Math.imul(rotl(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11);
    return result;
  };
  const next = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  return {
    next,
    int(below) {
      if (!Number.isInteger(below) || below < 1 || below > 2 ** 32)
        throw fail('argument', { where: { option: 'below' }, expected: '1 to 2^32', actual: below });
      // Draws above the last whole multiple are drawn again.
      const limit = 2 ** 32 - (2 ** 32 % below);
      let x = word();
      while (x >= limit) x = word();
      return x % below;
    },
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Marsaglia's polar method: besides arithmetic it needs only a square root, which IEEE 754 rounds correctly, and a logarithm.
      let [u, v, r] = [0, 0, 0];
      do {
        u = 2 * next() - 1;
        v = 2 * next() - 1;
        r = u * u + v * v;
      } while (r >= 1 || r === 0);
      const factor = Math.sqrt((-2 * log(r)) / r);
      spare = v * factor;
      return u * factor;
    },
    fork: (label) => random(`${key}\u0000${label}`),
  };
}
