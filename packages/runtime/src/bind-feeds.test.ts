import type { Feeds, Tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import type { Slot } from './backend';
import { bindFeeds } from './bind-feeds';
import { codeOf } from './testing/ort';

const slot = (name: string, dtype: Slot['dtype'], dims?: Slot['dims']): Slot => ({ name, ...(dtype && { dtype }), ...(dims && { dims }) });
const floats = (...dims: number[]): Tensor<'float32'> => ({
  type: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
});
const label: Tensor = { type: 'int64', dims: [2], data: BigInt64Array.of(0n, 1n) };

describe('names', () => {
  test('by name, whatever the order; labels and other columns are left out', () => {
    const bound = bindFeeds([slot('a', 'float32', ['n']), slot('b', 'float32', ['n'])], { label, b: floats(2), other: floats(3), a: floats(2) });
    expect(Object.keys(bound)).toEqual(['a', 'b']);
  });
  test('one input and one column pair up', () => {
    const x = floats(2, 64);
    expect(bindFeeds([slot('input.1', 'float32', ['n', 64])], { x, label })).toEqual({ 'input.1': x });
  });
  test('an input named label is an input', () => {
    expect(Object.keys(bindFeeds([slot('label', 'int64', ['n'])], { label }))).toEqual(['label']);
  });
  test('other label columns can be named', () => {
    const target = floats(2, 1);
    expect(Object.keys(bindFeeds([slot('in', 'float32', ['n', 3])], { x: floats(2, 3), target }, { labels: ['target'] }))).toEqual(['in']);
  });
  test.each<[string, readonly Slot[], Feeds]>([
    ['two columns for one input', [slot('in', 'float32')], { x: floats(1), y: floats(1) }],
    ['one column for two inputs', [slot('a', 'float32'), slot('b', 'float32')], { x: floats(1) }],
    ['no column but the label', [slot('in', 'int64')], { label }],
  ])('%s do not pair up', async (_, slots, feeds) => {
    expect(await codeOf(() => bindFeeds(slots, feeds))).toBe('runtime/feeds-mismatch');
  });
});

describe('dims', () => {
  test.each<[string, Slot['dims'], number[], number[]]>([
    ['rows of 64 to images, the batch kept', ['n', 1, 8, 8], [5, 64], [5, 1, 8, 8]],
    ['images to rows', ['n', 64], [5, 1, 8, 8], [5, 64]],
    ['a static batch of one', [1, 1, 8, 8], [1, 64], [1, 1, 8, 8]],
    ['no batch axis in the column', [1, 64], [64], [1, 64]],
    ['an unknown rank takes anything', undefined, [2, 3, 4], [2, 3, 4]],
    ['symbolic extents of equal rank stay', ['n', 3, 'h', 'w'], [1, 3, 7, 9], [1, 3, 7, 9]],
    ['an open axis behind static ones', [1, 3, 'w'], [12], [1, 3, 4]],
  ])('%s', (_, dims, given, expected) => {
    const { x } = bindFeeds([slot('x', 'float32', dims)], { x: floats(...given) });
    expect(x!.dims).toEqual(expected);
    expect(x!.data).toEqual(floats(...given).data);
  });
  test.each<[string, Slot['dims'], number[]]>([
    ['a row more or less', ['n', 64], [2, 63]],
    ['rows torn apart', ['n', 32], [2, 64]],
    ['a static batch of another size', [4, 64], [5, 64]],
    ['two open axes and another rank', ['n', 'm', 2], [8]],
  ])('%s is a mismatch', async (_, dims, given) => {
    expect(await codeOf(() => bindFeeds([slot('x', 'float32', dims)], { x: floats(...given) }))).toBe('runtime/feeds-mismatch');
  });
});

describe('types', () => {
  const cast = (tensor: Tensor, dtype: Slot['dtype']): Tensor => bindFeeds([slot('x', dtype)], { x: tensor }).x!;
  test('casts that lose nothing are done', () => {
    expect(cast(floats(3), 'float64').data).toEqual(Float64Array.of(0, 1, 2));
    expect(cast(floats(3), 'int64').data).toEqual(BigInt64Array.of(0n, 1n, 2n));
    expect(cast(label, 'int32').data).toEqual(Int32Array.of(0, 1));
    expect(cast(floats(3), 'float16').data).toEqual(Uint16Array.of(0, 0x3c00, 0x4000));
    expect(cast({ type: 'float32', dims: [1], data: Float32Array.of(Number.NaN) }, 'float64').data).toEqual(Float64Array.of(Number.NaN));
  });
  test.each<[string, Tensor, Slot['dtype']]>([
    ['fractions to integers', { type: 'float32', dims: [1], data: Float32Array.of(0.5) }, 'int64'],
    ['0.1 to float32', { type: 'float64', dims: [1], data: Float64Array.of(0.1) }, 'float32'],
    ['300 to uint8', { type: 'int32', dims: [1], data: Int32Array.of(300) }, 'uint8'],
    ['2 to bool', { type: 'int32', dims: [1], data: Int32Array.of(2) }, 'bool'],
    ['2^53 + 1 to float64', { type: 'int64', dims: [1], data: BigInt64Array.of(2n ** 53n + 1n) }, 'float64'],
    ['NaN to int32', { type: 'float32', dims: [1], data: Float32Array.of(Number.NaN) }, 'int32'],
    ['text to numbers', { type: 'string', dims: [1], data: ['1'] }, 'float32'],
  ])('%s is a mismatch', async (_, tensor, dtype) => {
    expect(await codeOf(() => cast(tensor, dtype))).toBe('runtime/feeds-mismatch');
  });
});
