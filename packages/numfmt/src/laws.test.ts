// Laws that hold for every format: idempotence, order, error bounds, packing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byteLengthOf,
  decode,
  decodeArray,
  encode,
  encodeArray,
  exactDecimal,
  formats,
  int64,
  isModelDietError,
  largestValue,
  type NumberFormat,
  outOfRange,
  pack,
  type Rounding,
  storageLength,
  uint64,
  ulp,
  unpack,
} from '.';

type Row = NumberFormat<'float16'>;
const rows = Object.values(formats).map((f) => [f.name, f as Row] as const);
const double = fc.oneof(
  fc.double({ noNaN: true }),
  fc.double({ noNaN: true, min: -300, max: 300 }),
  fc.integer({ min: -70000, max: 70000 }),
  fc.double({ noNaN: true, min: -1e-3, max: 1e-3 }),
);
const rounding = fc.constantFrom<Rounding>('nearestEven', 'towardZero', 'up', 'down', 'away');

describe.each(rows)('%s', (_, f) => {
  const through = (x: number, options = {}): number => decode(encode(x, f, options), f);

  it('encoding what was decoded changes nothing', () => {
    fc.assert(
      fc.property(double, rounding, (x, r) => {
        const once = through(x, { rounding: r });
        expect(through(once, { rounding: r })).toBe(once);
      }),
    );
  });

  it('is monotone', () => {
    fc.assert(
      fc.property(double, double, rounding, (x, y, r) => {
        const [a, b] = [through(Math.min(x, y), { rounding: r, saturate: true }), through(Math.max(x, y), { rounding: r, saturate: true })];
        if (!Number.isNaN(a) && !Number.isNaN(b)) expect(a).toBeLessThanOrEqual(b);
      }),
    );
  });

  it('errs by at most half an ulp to the nearest, one otherwise', () => {
    fc.assert(
      fc.property(double, rounding, (x, r) => {
        if (outOfRange(f, r, true)(x)) return;
        const y = through(x, { rounding: r });
        expect(Math.abs(y - x)).toBeLessThanOrEqual(f.kind === 'exponent' ? Math.abs(x) : ulp(x, f) * (r === 'nearestEven' ? 0.5 : 1));
      }),
    );
  });

  it('goes up with "up", down with "down", and says what is out of range', () => {
    const outside = outOfRange(f, 'nearestEven', true);
    fc.assert(
      fc.property(double, (x) => {
        const y = through(x, { rounding: 'nearestEven', saturate: true });
        if (outside(x)) return;
        expect(Math.abs(y)).toBeLessThanOrEqual(largestValue(f) + (f.kind === 'int' ? 1 : 0));
        const [down, up] = [through(x, { rounding: 'down', saturate: true }), through(x, { rounding: 'up', saturate: true })];
        if (f.kind !== 'exponent' && Math.abs(x) <= largestValue(f) && (f.kind !== 'int' || f.signed || x >= 0)) expect(down <= x && x <= up).toBe(true);
      }),
    );
  });

  it('stores and reads arrays of any length', () => {
    fc.assert(
      fc.property(fc.array(double, { maxLength: 40 }), (xs) => {
        const stored = encodeArray(xs, f);
        expect(stored.length).toBe(storageLength(f, xs.length));
        expect(stored.byteLength).toBe(byteLengthOf(f, xs.length));
        expect([...decodeArray(stored, f, xs.length)]).toEqual(xs.map((x) => through(x)));
      }),
    );
  });
});

it('rounds stochastically without bias', () => {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 48271) >>> 0) % 0x7fffffff) / 0x7fffffff;
  const n = 20_000;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += decode(encode(2.3, formats.int8, { rounding: 'stochastic', random }), formats.int8);
  expect(sum / n).toBeCloseTo(2.3, 1);
  for (const f of [formats.int8, formats.float16, formats.float8e8m0])
    expect(() => encode(2.3, f as Row, { rounding: 'stochastic' })).toThrow(expect.objectContaining({ code: 'numfmt/random' }));
  expect(encode(2, formats.int8, { rounding: 'stochastic', random })).toBe(2);
});

it('integers saturate or wrap', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (x) => {
      expect(encode(x, int64, { saturate: false })).toBe(BigInt.asUintN(64, x));
      expect(encode(x, uint64)).toBe(x < 0n ? 0n : x >= 2n ** 64n ? 2n ** 64n - 1n : x);
    }),
  );
  expect(encode(200, formats.int8, { saturate: false })).toBe(200);
  expect(decode(encode(200, formats.int8, { saturate: false }), formats.int8)).toBe(-56);
  expect([encode(Number.NaN, formats.int8), encode(Infinity, int64), encode(-Infinity, int64), encode(Number.NaN, int64)]).toEqual([
    0,
    2n ** 63n - 1n,
    2n ** 63n,
    0n,
  ]);
});

it('packs and unpacks any codes', () => {
  fc.assert(
    fc.property(fc.constantFrom<2 | 4>(2, 4), fc.array(fc.nat(15), { maxLength: 50 }), (bits, all) => {
      const codes = all.map((c) => c & (2 ** bits - 1));
      expect([...unpack(pack(codes, bits), bits, codes.length)]).toEqual(codes);
    }),
  );
  expect(() => unpack(new Uint8Array(2), 4, 2)).toThrow(/expected 1, got 2/);
});

it('decimals are exact: they parse back, and adding a digit anywhere would not', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(Object.is(Number(exactDecimal(x)), x)).toBe(true);
    }),
  );
  expect(exactDecimal(0.1)).toBe('0.1000000000000000055511151231257827021181583404541015625');
  expect(exactDecimal(2 ** -1074)).toHaveLength(2 + 1074);
  expect([exactDecimal(-0), exactDecimal(1e21), exactDecimal(Number.NaN), exactDecimal(-2.5)]).toEqual(['-0', '1000000000000000000000', 'NaN', '-2.5']);
});

it('refuses what is no code', () => {
  for (const [code, f] of [
    [256, formats.int8],
    [-1, formats.float16],
    [1.5, formats.uint4],
    [1n, formats.float32],
    [1, formats.float64],
    [2n ** 64n, formats.int64],
  ] as const) {
    try {
      decode(code as never, f);
      expect.fail();
    } catch (e) {
      expect(isModelDietError(e) && e.code).toBe('numfmt/code');
    }
  }
});
