import { describe, expect, it } from 'vitest';
import {
  acrossFormats,
  acrossFormatsText,
  chooseQParams,
  decode,
  encode,
  exactDecimal,
  explain,
  explainInteger,
  explainQuantization,
  explainSum,
  explanationText,
  type FloatFormat,
  formatFacts,
  formatFactsText,
  formats,
  int8,
  perAxis,
  type Step,
  uint4,
} from '..';

const find = (steps: readonly Step[], name: string): Step =>
  steps.find((s) => s.name === name) ?? expect.fail(`no step ${name} among ${steps.map((s) => s.name)}`);

describe('explain', () => {
  it('6.5 in float32, as in the lecture', () => {
    const e = explain(6.5, 'float32');
    expect(e).toMatchObject({
      format: 'float32',
      input: 6.5,
      code: '0x40d00000',
      bits: '0 10000001 10100000000000000000000',
      value: 6.5,
      error: 0,
      exactValue: '6.5',
    });
    expect(e.steps.map((s) => s.name)).toEqual(['sign', 'binary', 'normalise', 'mantissa', 'bias', 'fields', 'decode', 'lost']);
    expect(e.steps.map((s) => s.text.split('\n')[0])).toEqual([
      '6.5 is positive: sign bit 0',
      '6 = 110, .5 = .1; together 110.1',
      '110.1 = 1.101 x 2^2',
      'the leading one is always there, so it is not stored: 101 in 23 bits is 10100000000000000000000',
      '2 + 127 = 129 = 10000001',
      '0 10000001 10100000000000000000000',
      '(-1)^0 x 1.101 x 2^(129 - 127) = 1.625 x 2^2 = 6.5',
      'Nothing is lost: the value is exactly the double.',
    ]);
    expect(JSON.parse(JSON.stringify(e))).toEqual(e);
  });

  it('6.5, 0.75, 42 and 3.25 all lead with one', () => {
    for (const x of [6.5, 0.75, 42, 3.25]) expect(String(find(explain(x, 'float32').steps, 'normalise').data.significand)[0]).toBe('1');
  });

  it('0.1: what was typed, what is stored, what was rounded', () => {
    const e = explain('0.1', 'float32');
    expect(find(e.steps, 'typed').data).toEqual({
      typed: '0.1',
      double: '0.1000000000000000055511151231257827021181583404541015625',
      difference: '0.0000000000000000055511151231257827021181583404541015625',
    });
    expect(find(e.steps, 'round').data).toMatchObject({ rounding: 'nearestEven', up: true, tie: false });
    expect(e.exactValue).toBe('0.100000001490116119384765625');
    expect(e.error).toBe(Math.fround(0.1) - 0.1);
    expect(explain('0.5', 'float32').steps.some((s) => s.name === 'typed')).toBe(false);
    expect(explain('1e-3', 'float64').steps[0]!.name).toBe('typed');
  });

  it('subnormals, carries, overflow, zeros, infinities, NaN', () => {
    expect(find(explain(1e-40, 'float32').steps, 'normalise').data).toMatchObject({ subnormal: true, lowest: -126 });
    expect(find(explain(1e-40, 'float32').steps, 'bias').data).toMatchObject({ stored: 0 });
    expect(find(explain(1.9999999, 'bfloat16').steps, 'bias').text).toContain('carried');
    expect(find(explain(65520, 'float16').steps, 'overflow').text).toBe(
      'the largest float16 is 65504; rounded to its step, 65520 lies beyond: it becomes Infinity',
    );
    expect(find(explain(1e9, 'float8e4m3fn').steps, 'overflow').data).toMatchObject({ value: 448 });
    expect(explain(-0, 'float16').bits).toBe('1 00000 0000000000');
    expect(find(explain(-0, 'float8e4m3fnuz').steps, 'sign').text).toContain('no negative zero');
    expect(find(explain(Number.POSITIVE_INFINITY, 'float8e4m3fn').steps, 'special').text).toContain('no infinity');
    expect(explain(Number.NaN, 'float32').bits).toBe('0 11111111 10000000000000000000000');
    expect(find(explain(Number.NaN, 'float4e2m1').steps, 'lost').text).toContain('has no NaN');
    expect(() => explain(1, 'float12' as never)).toThrow(expect.objectContaining({ code: 'numfmt/unknown-format' }));
  });

  it('every float format: the stated fields decode to the value, the stated error is the error', () => {
    const numbers = [6.5, 0.1, -3.14, 1e-3, 447, 1e-9, 70000, -1e300, 2 ** -1074, 5e-324 * 3, 0.3, 1 / 3, -240.1];
    for (const f of Object.values(formats))
      for (const x of numbers) {
        const e = explain(x, f);
        const code: number | bigint = encode(x, f);
        expect(BigInt(e.code)).toBe(BigInt(code));
        expect(e.value).toBe(decode(code as number, f as FloatFormat<'float16'>));
        expect(BigInt(`0b${e.bits.replaceAll(' ', '')}`)).toBe(BigInt(code));
        const back = e.steps.find((s) => s.name === 'decode');
        if (f.kind === 'float' && Number.isFinite(e.value)) {
          const { significand, exponent } = back!.data as { significand: number; exponent: number };
          const half = Math.floor(exponent / 2);
          expect(significand * 2 ** half * 2 ** (exponent - half)).toBe(Math.abs(e.value));
        }
        const lost = find(e.steps, 'lost').data.error;
        if (typeof lost === 'string' && lost !== '0') expect(Number(lost)).toBeCloseTo(e.value - x, 8);
      }
  });
});

describe('explainInteger', () => {
  it('42 in 8 bits: the divide-by-two table and the places', () => {
    const e = explainInteger(42, 8);
    expect(e).toMatchObject({ bits: '00101010', code: '0x2a', signed: false, value: 42 });
    expect(find(e.steps, 'divide').data.rows).toEqual([
      ['42', '21', 0],
      ['21', '10', 1],
      ['10', '5', 0],
      ['5', '2', 1],
      ['2', '1', 0],
      ['1', '0', 1],
    ]);
    expect(find(e.steps, 'places').text).toBe('the place values of the ones: 32 + 8 + 2 = 42');
  });
  it("negatives by two's complement", () => {
    const e = explainInteger(-42, 8);
    expect(e.bits).toBe('11010110');
    expect([find(e.steps, 'invert').data.flipped, find(e.steps, 'add one').data.unsigned]).toEqual(['11010101', '214']);
    expect(find(e.steps, 'places').text).toContain('-128 + 64 + 16 + 4 + 2 = -42');
    for (let n = -128; n < 128; n++) {
      const { bits } = explainInteger(n, 8, { signed: true });
      expect(Number.parseInt(bits, 2)).toBe(n & 255);
    }
    expect(explainInteger(0, 4).bits).toBe('0000');
    expect(explainInteger(-1, 64).code).toBe('0xffffffffffffffff');
  });
  it.each([
    [256, 8],
    [-129, 8],
    [1.5, 8],
    [1, 1],
    [2 ** 60, 64],
  ])('refuses %d in %d bits', (n, bits) => {
    expect(() => explainInteger(n, bits)).toThrow();
  });
});

describe('explainQuantization', () => {
  it('the weights of the lecture: codes, values back, errors, number line', () => {
    const weights = [-0.81, -0.42, -0.05, 0.12, 0.47, 0.79];
    const e = explainQuantization(weights, chooseQParams(weights, { format: int8 }));
    expect(e.rows.map((r) => r.code)).toEqual([-127, -66, -8, 19, 74, 124]);
    for (const r of e.rows) expect(Math.abs(r.error)).toBeLessThanOrEqual(r.scale / 2);
    expect(e.bytes).toEqual({ before: 24, after: 10 });
    const [before, after] = find(e.steps, 'line').text.split('\n');
    expect([before!.slice(7).match(/o/g)!.length, after!.slice(7).match(/x/g)!.length]).toEqual([6, 6]);
  });
  it('channels and zero points', () => {
    const e = explainQuantization([0, 1, 2, 30], chooseQParams([0, 1, 2, 30], { format: uint4, scheme: 'asymmetric', granularity: perAxis(0), dims: [2, 2] }));
    expect(e.rows.map((r) => [r.code, r.zeroPoint])).toEqual([
      [0, 0],
      [15, 0],
      [1, 0],
      [15, 0],
    ]);
    expect(e.rows[3]!.back).toBe(30);
  });
});

describe('tables and text', () => {
  it('one number in all formats, and what each format holds', () => {
    expect(acrossFormats(6.5)).toHaveLength(22);
    expect(acrossFormatsText(6.5)).toContain('float16                     0x4680    6.5         0');
    const facts = Object.fromEntries(formatFacts().map((f) => [f.format, f]));
    expect(facts.float16).toMatchObject({ largest: 65504, smallestNormal: 2 ** -14, smallest: 2 ** -24, distinct: '63487', decimalDigits: 3 });
    expect(facts.float4e2m1).toMatchObject({ largest: 6, distinct: '15', hasNaN: false });
    expect(facts.float8e4m3fnuz).toMatchObject({ largest: 240, hasInfinity: false, hasNaN: true });
    // Counted, where counting is possible.
    for (const f of Object.values(formats).filter((f) => f.bits <= 16)) {
      const values = new Set(Array.from({ length: 2 ** f.bits }, (_, code) => decode(code as never, f) + 0).filter(Number.isFinite));
      expect([f.name, facts[f.name]!.distinct]).toEqual([f.name, String(values.size)]);
      expect([Math.max(...values), Math.min(...values)]).toEqual([facts[f.name]!.largest, facts[f.name]!.lowest]);
    }
    expect(formatFactsText().split('\n')).toHaveLength(24);
  });
  it('0.1 + 0.2 is not 0.3, unless the format is coarse enough', () => {
    const e = explainSum(0.1, 0.2, 0.3);
    expect([e.equal, e.sum.code, e.expected.code]).toEqual([false, '0x3fd3333333333334', '0x3fd3333333333333']);
    expect(e.sum.exactValue).toBe(exactDecimal(0.1 + 0.2));
    expect(explainSum(0.1, 0.2, 0.3, 'float32').equal).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)) === Math.fround(0.3));
  });
  it('colours only when asked', () => {
    expect(explanationText(explain(6.5, 'float32'))).not.toContain('\u001b');
    expect(explanationText(explain(6.5, 'float32'), { colour: true })).toContain(
      '\u001b[31m0\u001b[0m \u001b[32m10000001\u001b[0m \u001b[34m10100000000000000000000\u001b[0m',
    );
    expect(explanationText(explainInteger(-42, 8))).toMatch(/^-42 in 8 bits, two's complement\n1\. divide/);
    expect(explanationText(explain(-0, 'float16'))).toMatch(/^-0 in float16/);
  });
});
