// The table is the encoder: every upper half with every kind of lower half, by every rounding.
import { expect, it } from 'vitest';
import { encodeArray, float4e2m1, formats, type Rounding } from '.';
import { encodeNarrow } from './codec';
import { pack } from './pack';
import { canBeTabled, encodeByTable, worthATable } from './tabled';

const small = Object.values(formats).filter((f) => f.kind !== 'int' && f.bits <= 8);
const lower = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff];
const values = new Float32Array(65536);
const bits = new Uint32Array(values.buffer);

it.each(small.map((f) => [f.name, f] as const))('%s', (_, f) => {
  for (const rounding of ['nearestEven', 'towardZero', 'up', 'down', 'away'] as const satisfies readonly Rounding[])
    for (const saturate of [true, false]) {
      if (!canBeTabled(f, rounding)) expect.fail();
      // One lower half a rounding for all upper halves, all of them for nearest even.
      for (const low of rounding === 'nearestEven' ? lower : [1, 0x8000]) {
        for (let upper = 0; upper < 65536; upper++) bits[upper] = upper * 65536 + low;
        const codes = encodeByTable(values, f, rounding, saturate);
        const wrong = [...codes.keys()].filter((i) => codes[i] !== encodeNarrow(values[i]!, f, rounding, saturate));
        expect(wrong).toEqual([]);
      }
    }
});

it('is used for long arrays, packed where the format is', () => {
  const x = Float32Array.from({ length: worthATable + 1 }, (_, i) => Math.sin(i) * 8);
  const codes = Array.from(x, (v) => encodeNarrow(v, float4e2m1, 'nearestEven', true));
  expect(Buffer.compare(Buffer.from(encodeArray(x, float4e2m1)), Buffer.from(pack(codes, 4)))).toBe(0);
  expect(canBeTabled(formats.float8e5m2, 'stochastic') || canBeTabled(formats.float16, 'nearestEven') || canBeTabled(formats.int8, 'nearestEven')).toBe(false);
});
