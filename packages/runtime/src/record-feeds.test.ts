import type { Feeds, Tensor } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { identity } from './conformance/models';
import { recordFeeds } from './record-feeds';
import { withSession } from './session';
import { testBackend as backend, codeOf } from './testing/ort';

const vector = (...values: number[]): Tensor<'float32'> => ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });

test('keeps copies, up to max, of runs that succeed', async () => {
  await withSession(backend, identity('float32'), {}, async (inner) => {
    const recording = recordFeeds(inner, { max: 10 });
    const reused = vector(1, 2);
    expect((await recording.session.run({ x: reused })).y).toEqual(vector(1, 2));
    reused.data.fill(9);
    await recording.session.run({ x: reused });
    expect(await codeOf(() => recording.session.run({}))).toBe('runtime/missing-feed');
    const items: Feeds[] = [];
    for await (const item of recording) items.push(item);
    expect(items).toEqual([{ x: vector(1, 2) }, { x: vector(9, 9) }]);
    expect(recording).toMatchObject({ length: 2, seen: 2 });
    expect(recording.at(1)).toEqual({ x: vector(9, 9) });
    expect(await codeOf(() => recording.at(2))).toBe('runtime/bad-option');
  });
  expect(await codeOf(() => recordFeeds({} as never, { max: 0 }))).toBe('runtime/bad-option');
});

test('beyond max every run has the same chance to be kept, and the same seed keeps the same', async () => {
  await withSession(backend, identity('float32'), {}, async (inner) => {
    const of = async (seed: number, runs: number): Promise<number[]> => {
      const recording = recordFeeds(inner, { max: 8, seed });
      for (let i = 0; i < runs; i++) await recording.session.run({ x: vector(i) });
      expect(recording).toMatchObject({ length: 8, seen: runs });
      return Array.from({ length: 8 }, (_, i) => Number(recording.at(i).x!.data[0]));
    };
    expect(await of(1, 40)).toEqual(await of(1, 40));
    const late: number[] = [];
    for (let seed = 0; seed < 60; seed++) late.push((await of(seed, 40)).filter((i) => i >= 20).length);
    // 60 draws of 8 of 40: half of them from the later half, 240 +- 4 standard deviations.
    expect(Math.abs(late.reduce((a, b) => a + b, 0) - 240)).toBeLessThan(45);
  });
});
