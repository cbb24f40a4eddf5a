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
  ['data of another kind of array', { a: { ...a(1, 4), data: new Int32Array(4) } as unknown as Tensor, b: b(1) }, 'runtime/feed-dtype'],
  ['a list of numbers for data', { a: { ...a(1, 4), data: [1, 2, 3, 4] } as unknown as Tensor, b: b(1) }, 'runtime/feed-dtype'],
  ['neither data nor a way to load it', { a: { type: 'float32', dims: [1, 4] } as unknown as Tensor, b: b(1) }, 'runtime/not-a-tensor'],
  ['no dims', { a: { type: 'float32', data: new Float32Array(4) } as unknown as Tensor, b: b(1) }, 'runtime/not-a-tensor'],
  ['no feeds at all', null as unknown as Readonly<Record<string, Tensor>>, 'runtime/not-a-tensor'],
])('%s', async (_, feeds, code) => {
  expect(await codeOf(() => checkFeeds(slots, feeds))).toBe(code);
});

test('texts are texts', async () => {
  const slot: Slot[] = [{ name: 's', dtype: 'string', dims: ['n'] }];
  expect(() => checkFeeds(slot, { s: { type: 'string', dims: [1], data: ['a'] } })).not.toThrow();
  expect(await codeOf(() => checkFeeds(slot, { s: { type: 'string', dims: [1], data: [1] } as unknown as Tensor }))).toBe('runtime/feed-dtype');
});

test('a symbolic dim that one input has twice is one extent', async () => {
  const square: Slot[] = [{ name: 'a', dtype: 'float32', dims: ['n', 'n'] }];
  expect(() => checkFeeds(square, { a: a(3, 3) })).not.toThrow();
  expect(await codeOf(() => checkFeeds(square, { a: a(3, 2) }))).toBe('runtime/feed-dims');
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
