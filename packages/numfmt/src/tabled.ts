// float32 arrays into formats of at most 8 bits by table. Every boundary between two codes (a number or a midpoint) has at most 7 mantissa bits, so the code of a float32 depends on its upper
// 16 bits and on whether the lower 16 are zero: 2 x 65,536 entries, made by the one exact encoder.
import { encodeNarrow } from './codec';
import type { ExponentFormat, FloatFormat, NumberFormat } from './format';
import type { Rounding } from './rounding';

type Tabled = FloatFormat | ExponentFormat;

/** Shorter arrays do not pay for a table. */
export const worthATable = 1 << 16;

export const canBeTabled = (format: NumberFormat, rounding: Rounding): format is Tabled =>
  format.kind !== 'int' && format.bits <= 8 && rounding !== 'stochastic';

const tables = new Map<string, Uint8Array>();

/** Code of the upper half alone, and at + 65,536 code of what lies between it and the next one. */
function tableOf(format: Tabled, rounding: Rounding, saturate: boolean): Uint8Array {
  const key = `${format.name} ${rounding} ${saturate}`;
  let table = tables.get(key);
  if (!table) {
    table = new Uint8Array(131072);
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    for (let upper = 0; upper < 65536; upper++)
      for (const between of [0, 1]) {
        bits[0] = upper * 65536 + between;
        table[between * 65536 + upper] = encodeNarrow(value[0]!, format, rounding, saturate);
      }
    tables.set(key, table);
  }
  return table;
}

/** The codes of float32 numbers, one a byte. */
export function encodeByTable(values: Float32Array, format: Tabled, rounding: Rounding, saturate: boolean): Uint8Array {
  const table = tableOf(format, rounding, saturate);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint8Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    out[i] = table[(b >>> 16) + ((b & 0xffff) === 0 ? 0 : 65536)]!;
  }
  return out;
}
