// Every element type in and out, bit for bit; those the runtime cannot hold are refused by name before it sees them.
import type { DType, Tensor } from '@modeldiet/tensor';
import { withSession } from '../../session';
import type { ConformanceCase } from '../cases';
import { equal, rejects } from '../check';
import { castModel, identity } from '../models';

const floats = (values: readonly number[]): Tensor => ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });

/** Extremes, NaN, signed zero, subnormals: what a careless conversion would change. */
const samples: readonly Tensor[] = [
  floats([0, -0, 1.5, -1e-45, 3.4e38, Number.POSITIVE_INFINITY, Number.NaN]),
  { type: 'float64', dims: [4], data: Float64Array.of(Math.PI, -0, 5e-324, Number.NEGATIVE_INFINITY) },
  { type: 'float16', dims: [6], data: Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x7bff, 0x7c00, 0x7e00) },
  { type: 'int8', dims: [3], data: Int8Array.of(-128, 0, 127) },
  { type: 'uint8', dims: [3], data: Uint8Array.of(0, 128, 255) },
  { type: 'int16', dims: [3], data: Int16Array.of(-32768, 0, 32767) },
  { type: 'uint16', dims: [3], data: Uint16Array.of(0, 32768, 65535) },
  { type: 'int32', dims: [3], data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
  { type: 'uint32', dims: [3], data: Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1) },
  { type: 'int64', dims: [3], data: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n) },
  { type: 'uint64', dims: [3], data: BigUint64Array.of(0n, 2n ** 63n, 2n ** 64n - 1n) },
  { type: 'bool', dims: [4], data: Uint8Array.of(1, 0, 1, 1) },
  { type: 'string', dims: [4], data: ['', 'plain', 'é ü', '𝄞'] },
];

const refused: readonly DType[] = ['bfloat16', 'float8e4m3fn', 'float8e5m2', 'complex64'];

/** 1, 2, 3, -1 and 1, 2, 3, 15: low nibble first; the odd count leaves half a byte. */
const nibbles: readonly { readonly dtype: 'int4' | 'uint4'; readonly wide: Tensor<'int8' | 'uint8'> }[] = [
  { dtype: 'int4', wide: { type: 'int8', dims: [5], data: Int8Array.of(1, 2, 3, -1, -8) } },
  { dtype: 'uint4', wide: { type: 'uint8', dims: [5], data: Uint8Array.of(1, 2, 3, 15, 8) } },
];

export const dtypeCases: readonly ConformanceCase[] = [
  ...samples.map(
    (x): ConformanceCase => ({
      name: `dtypes/${x.type}`,
      run: (backend) =>
        withSession(backend, identity(x.type), {}, async (session) => {
          equal(session.inputs[0]?.dtype, x.type, 'slot');
          equal((await session.run({ x })).y, x, 'y');
        }),
    }),
  ),
  ...refused.map(
    (dtype): ConformanceCase => ({
      name: `dtypes/${dtype} is refused`,
      run: (backend) => rejects(backend.createSession(identity(dtype)), 'runtime/unsupported-dtype', 'x'),
    }),
  ),
  ...nibbles.map(
    ({ dtype, wide }): ConformanceCase => ({
      name: `dtypes/${dtype} input`,
      run: (backend) =>
        withSession(backend, castModel(dtype, wide.type), {}, async (session) => {
          const x: Tensor = { type: dtype, dims: [5], data: Uint8Array.of(0x21, 0xf3, 0x08) };
          equal((await session.run({ x })).y, wide, 'y');
        }),
    }),
  ),
  {
    name: 'dtypes/int4 output is listed, not fetched, and the process lives',
    run: (backend) =>
      withSession(backend, castModel('float32', 'int4', true), {}, async (session) => {
        equal(Object.keys(session.notFetched), ['y'], 'notFetched');
        equal((await session.run({ x: floats([-1, 2]) })).z, floats([0, 2]), 'z');
        await rejects(session.run({ x: floats([1]) }, { fetches: ['y'] }), 'runtime/not-fetchable', 'y');
      }),
  },
];
