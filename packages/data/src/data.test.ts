import { type Dataset, type Feeds, tensor, toFloat32, toFloat64, type Warning } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import {
  batch,
  cache,
  concat,
  concatFeeds,
  fromArrays,
  fromFeeds,
  fromModule,
  map,
  partSizes,
  pick,
  randomColumns,
  realRows,
  rowCount,
  shuffle,
  split,
  splitIndices,
  take,
} from '.';

const all = async (ds: AsyncIterable<Feeds>): Promise<Feeds[]> => {
  const out: Feeds[] = [];
  for await (const item of ds) out.push(item);
  return out;
};
const xs = async (ds: AsyncIterable<Feeds>): Promise<number[][]> => (await all(ds)).map(({ x }) => [...toFloat64(x!)]);
const code = async (f: () => unknown): Promise<string> => {
  try {
    await f();
  } catch (e) {
    return (e as { code: string }).code;
  }
  return 'nothing thrown';
};

const seven = fromArrays({
  x: tensor(
    'float32',
    Float32Array.from({ length: 7 }, (_, i) => i),
    [7, 1],
  ),
  label: tensor('int64', BigInt64Array.from([0n, 0n, 0n, 0n, 1n, 1n, 1n]), [7]),
});
/** The same without random access, in items of 3, 1 and 3 rows. */
const stream: Dataset = fromFeeds(async function* () {
  for (const [from, to] of [
    [0, 3],
    [3, 4],
    [4, 7],
  ] as const)
    yield concatFeeds(await Promise.all(Array.from({ length: to - from }, (_, i) => seven.at(from + i))));
});

describe.each([
  ['indexed', seven],
  ['streamed', stream],
] as const)('batch, %s', (_, ds) => {
  it('regroups rows', async () => {
    expect(await xs(batch(ds, 2))).toEqual([[0, 1], [2, 3], [4, 5], [6]]);
    expect(await xs(batch(ds, 7))).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
    expect(await xs(batch(ds, 100))).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
    expect(await xs(batch(batch(ds, 3), 2))).toEqual([[0, 1], [2, 3], [4, 5], [6]]);
  });
  it('drops or pads the last rows, and says so', async () => {
    const warnings: Warning[] = [];
    const onWarning = (w: Warning): void => void warnings.push(w);
    expect(await xs(batch(ds, 3, { last: 'drop', onWarning }))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const padded = await all(batch(ds, 5, { last: 'pad', onWarning }));
    expect(padded.map(({ x }) => [...toFloat32(x!)])).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 5, 6, 5],
    ]);
    expect(padded.map(realRows)).toEqual([5, 2]);
    expect(warnings.map((w) => [w.code, w.count])).toEqual([
      ['data/dropped', 1],
      ['data/padded', 3],
    ]);
  });
});

describe('transforms', () => {
  it('shuffles by seed and epoch, again and again the same', async () => {
    for (const ds of [seven, stream]) {
      const once = await xs(shuffle(batch(ds, 1), { seed: 1 }));
      expect(once.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(await xs(shuffle(batch(ds, 1), { seed: 1 }))).toEqual(once);
      expect(await xs(shuffle(batch(ds, 1), { seed: 1, epoch: 1 }))).not.toEqual(once);
      expect(await xs(shuffle(batch(ds, 1), { seed: 2 }))).not.toEqual(once);
    }
    const order = await xs(shuffle(batch(stream, 1), { seed: 1, buffer: 2 }));
    expect(order.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
  it('maps, takes, joins, picks, caches', async () => {
    for (const ds of [seven, batch(stream, 1)]) {
      expect(await xs(take(ds, 2))).toEqual([[0], [1]]);
      expect(await xs(take(ds, 0))).toEqual([]);
      expect(await xs(concat(take(ds, 1), take(ds, 2)))).toEqual([[0], [0], [1]]);
      expect(
        await xs(
          map(ds, ({ x }, i) => ({
            x: tensor(
              'float32',
              toFloat32(x!).map((v) => v * 10 + i),
              [1, 1],
            ),
          })),
        ),
      ).toEqual([[0], [11], [22], [33], [44], [55], [66]]);
    }
    expect(await xs(batch(pick(seven, [6, 0, 6]), 2))).toEqual([[6, 0], [6]]);
    expect(await xs(shuffle(batch(await cache(stream), 1), { seed: 3 }))).toHaveLength(7);
    expect(await code(() => pick(stream, [0]))).toBe('data/not-indexed');
    expect(await code(() => pick(seven, [7]))).toBe('data/argument');
    expect(await code(() => seven.at(7))).toBe('data/argument');
  });
  it('stops a cache', async () => {
    await expect(cache(stream, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
  it('refuses columns that do not fit', async () => {
    expect(await code(() => fromArrays({ a: tensor('float32', new Float32Array(2)), b: tensor('float32', new Float32Array(3)) }))).toBe('data/columns');
    expect(await code(() => fromArrays({}))).toBe('data/columns');
    expect(await code(() => concatFeeds([]))).toBe('data/empty');
    const other = fromFeeds([{ x: tensor('float32', new Float32Array(1), [1, 1]) }, { x: tensor('float32', new Float32Array(2), [1, 2]) }]);
    expect(await code(() => all(batch(other, 2)))).toBe('data/columns');
  });
  it('joins packed rows bit by bit', async () => {
    const part = (bytes: number[], n: number) => ({ x: tensor('uint4', Uint8Array.from(bytes), [n, 1]) });
    const joined = concatFeeds([part([0x21, 0x03], 3), part([0x54, 0x76, 0x08], 5), part([0x09], 1)]);
    expect([...joined.x!.data]).toEqual([0x21, 0x43, 0x65, 0x87, 0x09]);
    const ds = fromArrays({ x: tensor('int2', Uint8Array.from([0b11100100, 0b01]), [5, 1]) });
    expect(await xs(batch(shuffle(ds, { seed: 1 }), 5))).toEqual([(await xs(shuffle(ds, { seed: 1 }))).flat()]);
    expect(await xs(batch(fromArrays({ x: tensor('bool', Uint8Array.from([1, 0, 1])) }), 2))).toEqual([[1, 0], [1]]);
  });
});

describe('split', () => {
  it('gives disjoint parts of the sizes asked for, every label its share', async () => {
    const parts = await split(seven, [4, 3], { seed: 5 });
    const got = await Promise.all(parts.map(xs));
    expect(got.map((p) => p.length)).toEqual([4, 3]);
    expect(got.flat(2).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const labels = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 2 : i % 2));
    const [a, b] = splitIndices(1000, partSizes(1000, [0.7, 0.3]), { seed: 1, labels });
    for (const [part, share] of [
      [a!, 0.7],
      [b!, 0.3],
    ] as const)
      for (const [label, total] of [
        [0, 400],
        [1, 500],
        [2, 100],
      ] as const)
        expect(Math.abs([...part].filter((i) => labels[i] === label).length - share * total)).toBeLessThanOrEqual(1);
    expect(await code(() => split(seven, [0.5, 0.6], { seed: 1 }))).toBe('data/argument');
    expect(await code(() => split(stream, [1], { seed: 1 }))).toBe('data/not-indexed');
    expect(await code(() => split(seven, [1], { seed: 1, stratify: 'class' }))).toBe('data/label');
    expect(partSizes(10, [1 / 3, 1 / 3, 1 / 3])).toEqual([4, 3, 3]);
  });
});

describe('feeds of modules', () => {
  const x = { type: 'float32', dims: [1], data: new Float32Array([4]) };
  it('takes arrays, iterables and functions, and the metric', async () => {
    expect(await xs(fromModule({ default: [{ x }, { x }] }))).toEqual([[4], [4]]);
    const made = fromModule({
      async default() {
        return [{ x }];
      },
      metric: () => 1,
    });
    expect([await xs(made), await xs(made)]).toEqual([[[4]], [[4]]]);
    expect(await made.metric?.({}, {})).toBe(1);
  });
  it('says what is wrong', async () => {
    const failing = fromModule({
      default(): never {
        throw new Error('own words');
      },
    });
    await expect(all(failing)).rejects.toMatchObject({ code: 'data/module-failed', message: expect.stringContaining('own words') });
    const midway = fromModule({
      async *default() {
        yield { x };
        throw new Error('camera unplugged');
      },
      metric: () => Promise.reject(new Error('no labels')),
    });
    await expect(all(midway)).rejects.toThrow(/item 1: camera unplugged/);
    await expect(midway.metric!({}, {})).rejects.toMatchObject({ code: 'data/module-failed' });
    expect(await code(() => fromModule({ default: 3 }))).toBe('data/feeds');
    expect(await code(() => fromModule({ default: [], metric: 3 }))).toBe('data/feeds');
    expect(await code(() => all(fromModule({ default: () => 7 })))).toBe('data/feeds');
    await expect(all(fromModule({ default: [{ x }, { x: { ...x, dims: [2] } }] }))).rejects.toThrow(/item 1, 'x'.*2 for float32/);
    expect(await code(() => all(fromModule({ default: [{ x: [1, 2] }] })))).toBe('data/feeds');
    const generator = (function* () {
      yield { x };
    })();
    const once = fromModule({ default: generator });
    await all(once);
    expect(await code(() => all(once))).toBe('data/spent');
  });
});

describe('random columns', () => {
  it('gives the same numbers in any order and for any neighbours', async () => {
    const a = { name: 'a', dtype: 'float32', dims: [1, 3] } as const;
    const ids = { name: 'ids', dtype: 'int64', dims: [1, 50], below: 9 } as const;
    const ds = randomColumns([a, ids], { seed: 1, count: 4 });
    const items = await all(ds);
    expect(items).toHaveLength(4);
    expect(await ds.at!(2)).toEqual(items[2]);
    expect((await all(randomColumns([a], { seed: 1, count: 4 }))).map((i) => i.a)).toEqual(items.map((i) => i.a));
    const values = items.flatMap((i) => [...toFloat64(i.ids!)]);
    expect(Math.min(...values) >= 0 && Math.max(...values) === 8).toBe(true);
    expect(items[0]!.a).not.toEqual(items[1]!.a);
    for (const dtype of ['float16', 'bool', 'int4', 'uint8'] as const)
      expect(rowCount((await all(randomColumns([{ name: 'c', dtype, dims: [2, 3] }], { seed: 1, count: 1 })))[0]!)).toBe(2);
    expect(await code(() => randomColumns([{ name: 's', dtype: 'string', dims: [1] }], { seed: 1, count: 1 }))).toBe('data/argument');
  });
});
