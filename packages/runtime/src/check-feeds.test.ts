import type { Tensor } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import type { Slot } from './backend';
import { checkFeeds, checkLength, describeSlot } from './check-feeds';
import { codeOf } from './testing/ort';

const slots: readonly Slot[] = [
  { name: 'a', dtype: 'float32', dims: ['n', 4] },
  { name: 'b', dtype: 'int64', dims: ['n'] },
];
const a = (...dims: number[]): Tensor => ({ type: 'float32', dims, data: new Float32Array(dims.reduce((x, y) => x * y, 1)) });
const b = (n: number): Tensor => ({ type: 'int64', dims: [n], data: new BigInt64Array(n) });

test('feeds that fit pass, at any size of a symbolic dim', () => {
  for (const n of [0, 1, 7]) expect(() => checkFeeds(slots, { a: a(n, 4), b: b(n) })).not.toThrow();
  expect(() => checkFeeds([{ name: 'x' }], { x: a(2, 3) })).not.toThrow();
});

test.each<[string, Readonly<Record<string, Tensor>>, string]>([
  ['an input is missing', { a: a(1, 4) }, 'runtime/missing-feed'],
  ['a name is no input', { a: a(1, 4), b: b(1), c: b(1) }, 'runtime/unknown-feed'],
  ['another type', { a: b(1), b: b(1) }, 'runtime/feed-dtype'],
  ['another rank', { a: a(4), b: b(1) }, 'runtime/feed-rank'],
  ['another static extent', { a: a(1, 5), b: b(1) }, 'runtime/feed-dims'],
  ['a symbolic dim bound twice', { a: a(2, 4), b: b(3) }, 'runtime/feed-dims'],
])('%s', async (_, feeds, code) => {
  expect(await codeOf(() => checkFeeds(slots, feeds))).toBe(code);
});

test('unnamed unknown extents are not one another', () => {
  const open: Slot[] = [
    { name: 'a', dtype: 'float32', dims: ['?0', 4] },
    { name: 'b', dtype: 'int64', dims: ['?1'] },
  ];
  expect(() => checkFeeds(open, { a: a(2, 4), b: b(3) })).not.toThrow();
});

test('data must fill the dims; packed types hold two or four a byte', async () => {
  expect(await codeOf(() => checkLength({ type: 'float32', dims: [3], data: new Float32Array(2) }, 'x'))).toBe('runtime/feed-length');
  expect(() => checkLength({ type: 'int4', dims: [5], data: new Uint8Array(3) }, 'x')).not.toThrow();
  expect(await codeOf(() => checkLength({ type: 'int4', dims: [5], data: new Uint8Array(5) }, 'x'))).toBe('runtime/feed-length');
});

test('a slot in words', () => {
  expect(describeSlot(slots[0]!)).toBe('float32 [n,4]');
  expect(describeSlot({ name: 's', type: { kind: 'sequence', element: { kind: 'tensor' } } })).toBe('sequence');
});
