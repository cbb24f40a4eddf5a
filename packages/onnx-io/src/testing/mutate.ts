// Seeded mutations of a file, for fuzzing: bits, bytes, lengths, cuts, repeats, pieces of other files.
import type { Random } from '@modeldiet/tensor';

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const copy = (bytes: Uint8Array): Uint8Array => bytes.slice();
const splice = (bytes: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array => {
  const out = new Uint8Array(bytes.length - (to - from) + put.length);
  out.set(bytes.subarray(0, from));
  out.set(put, from);
  out.set(bytes.subarray(to), from + put.length);
  return out;
};
const at = (bytes: Uint8Array, random: Random): number => random.int(Math.max(1, bytes.length));
const range = (bytes: Uint8Array, random: Random, most: number): [number, number] => {
  const from = at(bytes, random);
  return [from, Math.min(bytes.length, from + 1 + random.int(most))];
};
const interesting = [0, 1, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x12, 0x3a, 0x4a, 0x7a];

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const out = copy(bytes);
    out[at(out, random)]! ^= 1 << random.int(8);
    return out;
  },
  (bytes, random) => {
    const out = copy(bytes);
    out[at(out, random)] = random.int(256);
    return out;
  },
  (bytes, random) => {
    const out = copy(bytes);
    out[at(out, random)] = interesting[random.int(interesting.length)]!;
    return out;
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random, 32);
    return splice(bytes, from, to, new Uint8Array(0));
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random, 64);
    return splice(bytes, to, to, bytes.subarray(from, to));
  },
  (bytes, random, other) => {
    const [from, to] = range(other, random, 128);
    const place = at(bytes, random);
    return splice(bytes, place, place, other.subarray(from, to));
  },
  (bytes, random) => {
    const place = at(bytes, random);
    const varint = Uint8Array.from({ length: 1 + random.int(11) }, (_, i, length = 10) => (i < length ? 0x80 | random.int(128) : random.int(128)));
    return splice(bytes, place, place, varint);
  },
  (bytes, random) => bytes.slice(0, at(bytes, random)),
];

/** One to four mutations of `bytes`. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let out = bytes;
  for (let left = 1 + random.int(4); left > 0; left--) out = mutations[random.int(mutations.length)]!(out, random, other);
  return out;
}
