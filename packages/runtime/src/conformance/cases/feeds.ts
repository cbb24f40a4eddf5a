// Wrong feeds: each a typed error that names the input, before the runtime is asked; the session stays usable.
import type { Tensor } from '@modeldiet/tensor';
import { withSession } from '../../session';
import type { ConformanceCase } from '../cases';
import { equal, near, rejects } from '../check';
import { identity, linear, linearOf, twoInputs } from '../models';

const x: Tensor = { type: 'float32', dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
const vector = (...values: number[]): Tensor => ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });

/** Feeds for `linear` that are wrong, the code, the name in the error. */
const wrong: readonly { readonly what: string; readonly feeds: Readonly<Record<string, Tensor>>; readonly code: string; readonly value: string }[] = [
  { what: 'missing', feeds: {}, code: 'runtime/missing-feed', value: 'x' },
  { what: 'extra', feeds: { x, more: x }, code: 'runtime/unknown-feed', value: 'more' },
  { what: 'an initializer', feeds: { x, w: x }, code: 'runtime/unknown-feed', value: 'w' },
  { what: 'dtype', feeds: { x: { type: 'int32', dims: [1, 4], data: new Int32Array(4) } }, code: 'runtime/feed-dtype', value: 'x' },
  { what: 'rank', feeds: { x: vector(1, 2, 3, 4) }, code: 'runtime/feed-rank', value: 'x' },
  { what: 'static dim', feeds: { x: { type: 'float32', dims: [1, 5], data: new Float32Array(5) } }, code: 'runtime/feed-dims', value: 'x' },
  { what: 'length', feeds: { x: { type: 'float32', dims: [2, 4], data: new Float32Array(7) } }, code: 'runtime/feed-length', value: 'x' },
];

export const feedCases: readonly ConformanceCase[] = [
  ...wrong.map(
    ({ what, feeds, code, value }): ConformanceCase => ({
      name: `feeds/wrong: ${what}`,
      run: (backend) =>
        withSession(backend, linear(), {}, async (session) => {
          await rejects(session.run(feeds), code, value);
          near((await session.run({ x })).y, linearOf([1, 2, 3, 4]), 1e-5, 'the next run');
        }),
    }),
  ),
  {
    name: 'feeds/a symbolic dim bound twice',
    run: (backend) =>
      withSession(backend, twoInputs(), {}, async (session) => {
        await rejects(session.run({ a: vector(1, 2), b: vector(1) }), 'runtime/feed-dims', 'b');
        equal((await session.run({ a: vector(1, 2), b: vector(3, 4) })).s, vector(4, 6), 's');
      }),
  },
  {
    name: 'feeds/a name of Object.prototype is no feed',
    run: (backend) => withSession(backend, identity('float32'), {}, (session) => rejects(session.run({ toString: vector(1) }), 'runtime/missing-feed', 'x')),
  },
  {
    name: 'feeds/views at an offset, and SharedArrayBuffer where there is one',
    run: (backend) =>
      withSession(backend, identity('float32'), {}, async (session) => {
        const whole = Float32Array.of(9, 9, 1, 2, 9);
        equal((await session.run({ x: { type: 'float32', dims: [2], data: whole.subarray(2, 4) } })).y, vector(1, 2), 'a view');
        if (typeof SharedArrayBuffer === 'undefined') return;
        const shared = new Float32Array(new SharedArrayBuffer(8));
        shared.set([3, 4]);
        equal((await session.run({ x: { type: 'float32', dims: [2], data: shared } })).y, vector(3, 4), 'shared memory');
      }),
  },
];
