// encode against exact rounding. Between neighbours a < b of a format of at most 32 bits, (a + b) / 2 is a double, so comparing a double with it is comparing rationals.
import { describe, expect, it } from 'vitest';
import { decode, encode, type FloatFormat, formats, nextDown, nextUp, type Rounding, ulp } from '.';
import { encodeFloat, largestCode } from './float';

type Narrow = FloatFormat<'float16'>;
const narrow = Object.values(formats).filter((f): f is Narrow => f.kind === 'float' && f.bits <= 16);

/** A seeded stream of 32-bit words, for speed. */
function words(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** The non-negative numbers of a format by code, and one step past the largest where infinity or NaN begins. */
function ladder(f: Narrow): Float64Array {
  const count = largestCode(f) + 1;
  const values = Float64Array.from({ length: count + 1 }, (_, code) => (code < count ? decode(code, f) : 0));
  values[count] = values[count - 1]! + (values[count - 1]! - values[count - 2]!);
  return values;
}

/** The code of the magnitude by bisection; the number of the ladder's last step means overflow. */
function rounded(values: Float64Array, magnitude: number, negative: boolean, rounding: Rounding): number {
  let [low, high] = [0, values.length - 1];
  if (magnitude >= values[high]!) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  if (values[low] === magnitude) return low;
  const middle = (values[low]! + values[high]!) / 2;
  switch (rounding) {
    case 'nearestEven':
      return magnitude < middle || (magnitude === middle && low % 2 === 0) ? low : high;
    case 'towardZero':
      return low;
    case 'away':
      return high;
    case 'up':
      return negative ? low : high;
    default:
      return negative ? high : low;
  }
}

/** What encode should give, from the ladder. */
function expected(f: Narrow, values: Float64Array, x: number, rounding: Rounding, saturate: boolean): number {
  const negative = x < 0 || Object.is(x, -0);
  const code = rounded(values, Math.abs(x), negative, rounding);
  const sign = 2 ** (f.bits - 1);
  const signed = (c: number): number => (negative && !(c === 0 && f.special === 'negativeZero') ? c + sign : c);
  const over = code === values.length - 1;
  if (!over) return signed(code);
  const inward = rounding === 'towardZero' || (rounding === 'up' && negative) || (rounding === 'down' && !negative);
  if (saturate || f.special === 'none' || (inward && Number.isFinite(x))) return signed(code - 1);
  return f.special === 'negativeZero' ? sign : signed(code);
}

const floatBits = new DataView(new ArrayBuffer(8));
/** A double of any mantissa whose exponent lies in the format's range or a little outside. */
function wildDouble(word: () => number, f: Narrow): number {
  const span = 2 ** f.exponentBits + f.mantissaBits + 6;
  const exponent = 1 - f.bias - f.mantissaBits - 3 + (word() % span);
  floatBits.setUint32(0, ((word() & 0x80000000) | ((exponent + 1023) << 20) | (word() & 0xfffff)) >>> 0);
  // Every other number has few bits, so that ties and exact numbers are met.
  floatBits.setUint32(4, word() & 1 ? word() : 0);
  return floatBits.getFloat64(0);
}

const roundings: readonly Rounding[] = ['nearestEven', 'towardZero', 'up', 'down', 'away'];

describe.each(narrow.map((f) => [f.name, f] as const))('%s', (_, f) => {
  const values = ladder(f);
  it('rounds every number, midpoint and their neighbouring doubles once, by every rounding', () => {
    const wrong: unknown[] = [];
    const check = (x: number): void => {
      for (const rounding of roundings)
        for (const saturate of [true, false])
          for (const v of [x, -x]) if (encode(v, f, { rounding, saturate }) !== expected(f, values, v, rounding, saturate)) wrong.push([v, rounding, saturate]);
    };
    const step = f.name === 'float16' || f.name === 'bfloat16' ? 7 : 1;
    for (let code = 0; code + 1 < values.length; code += code > values.length - 64 || code < 64 ? 1 : step) {
      const middle = (values[code]! + values[code + 1]!) / 2;
      for (const x of [values[code]!, middle]) for (const near of [x, nextUp(x, 'float64'), nextDown(x, 'float64')]) check(Math.abs(near));
    }
    for (const x of [2 ** -1074, 1e-300, values.at(-1)!, nextUp(values.at(-1)!, 'float64'), 1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) check(x);
    expect(wrong).toEqual([]);
  });

  it('rounds 2 million doubles of any kind to the nearest', () => {
    const word = words(f.bits * 1000 + f.bias);
    let wrong = 0;
    for (let i = 0; i < 2_000_000; i++) {
      const x = wildDouble(word, f);
      if (encodeFloat(x, f, 'nearestEven', false) !== expected(f, values, x, 'nearestEven', false)) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it('has neighbours one ulp apart', () => {
    for (let code = 1; code + 2 < values.length; code += 1 + (values.length >> 10)) {
      const x = values[code]!;
      expect([nextUp(x, f), nextDown(x, f)]).toEqual([values[code + 1], values[code - 1]]);
      expect([nextUp(-x, f), nextDown(-x, f)]).toEqual([-values[code - 1]! + 0, -values[code + 1]!]);
      expect(ulp(x, f)).toBe(values[code + 1]! - x);
      const inside = (x + values[code + 1]!) / 2;
      expect([nextUp(inside, f), nextDown(inside, f)]).toEqual([values[code + 1], x]);
    }
  });
});

describe('float32', () => {
  const f = formats.float32;
  it('rounds 2 million doubles as the machine does', () => {
    const word = words(32);
    const box = new Float32Array(1);
    const bits = new Uint32Array(box.buffer);
    let wrong = 0;
    for (let i = 0; i < 2_000_000; i++) {
      box[0] = wildDouble(word, f as unknown as Narrow);
      const x = floatBits.getFloat64(0);
      if (encodeFloat(x, f, 'nearestEven', false) !== bits[0]) wrong++;
    }
    expect(wrong).toBe(0);
  });
  it('has the neighbours of the bits', () => {
    for (const x of [1, 6.5, 2 ** -149, 2 ** -126, 3.4028234663852886e38, -1, -(2 ** -149)]) {
      expect(nextDown(nextUp(x, f), f)).toBe(Math.fround(x));
      expect(decode(encode(nextUp(x, f), f), f)).toBe(nextUp(x, f));
    }
    expect(nextUp(3.4028234663852886e38, f)).toBe(Infinity);
    expect(nextUp(-Infinity, f)).toBe(-3.4028234663852886e38);
    expect(nextUp(Number.NaN, f)).toBeNaN();
  });
});

it('neighbours of float64, integers and powers of two', () => {
  expect(nextUp(1, 'float64')).toBe(1 + 2 ** -52);
  expect([nextUp(0, 'float64'), nextDown(0, 'float64'), nextUp(-(2 ** -1074), 'float64')]).toEqual([2 ** -1074, -(2 ** -1074), 0]);
  expect([nextUp(Number.MAX_VALUE, 'float64'), nextDown(Infinity, 'float64')]).toEqual([Infinity, Number.MAX_VALUE]);
  expect([nextUp(2.5, 'int4'), nextDown(2.5, 'int4'), nextUp(-100, 'int4'), nextDown(100, 'int4')]).toEqual([3, 2, -8, 7]);
  expect([nextUp(7, 'int4'), nextDown(0, 'uint4')]).toEqual([Number.NaN, Number.NaN]);
  expect([nextUp(3, 'float8e8m0'), nextDown(4, 'float8e8m0'), nextUp(0, 'float8e8m0'), nextDown(2 ** -127, 'float8e8m0')]).toEqual([
    4,
    2,
    2 ** -127,
    Number.NaN,
  ]);
  expect([ulp(1, 'float16'), ulp(0, 'float16'), ulp(5, 'int8'), ulp(5, 'float8e8m0'), ulp(1, 'float64')]).toEqual([2 ** -10, 2 ** -24, 1, 4, 2 ** -52]);
});
