import { describe, expect, it } from 'vitest';
import {
  broadcastDims,
  broadcastStrides,
  byteLengthOf,
  bytesOf,
  cast,
  dtypes,
  elementCount,
  filled,
  isLazy,
  lazyTensor,
  mapWeight,
  materialize,
  normalizeAxis,
  random,
  reshape,
  rows,
  storageCount,
  stridesOf,
  type Tensor,
  tensor,
  tensorFromBytes,
  toFloat32,
  toFloat64,
  type Warning,
} from '.';

const code = (f: () => unknown): string => {
  try {
    f();
  } catch (e) {
    return (e as { code: string }).code;
  }
  return 'nothing thrown';
};

describe('tensor', () => {
  it('keeps the data and checks type, length and dims', () => {
    const data = new Float32Array([1, 2, 3, 4]);
    expect(tensor('float32', data, [2, 2])).toEqual({ type: 'float32', dims: [2, 2], data });
    expect(tensor('float32', data, [2, 2]).data).toBe(data);
    expect(tensor('int4', new Uint8Array(2), [3]).dims).toEqual([3]);
    expect(tensor('complex64', new Float32Array(6), [3]).dims).toEqual([3]);
    expect(tensor('string', ['a', 'b']).dims).toEqual([2]);
    expect(tensor('uint8', Buffer.from([1, 2])).dims).toEqual([2]);
    expect(code(() => tensor('float32', data, [3]))).toBe('tensor/length');
    expect(code(() => tensor('float16', data as never, [4]))).toBe('tensor/storage');
    expect(code(() => tensor('float32', data, [-4]))).toBe('tensor/dims');
    expect(code(() => tensor('float32', data, [2 ** 31, 2 ** 31, 0]))).toBe('tensor/dims');
    expect(code(() => tensor('float32', data, [1.5]))).toBe('tensor/dims');
  });

  it('counts elements whatever the order of zeros', () => {
    expect(elementCount([])).toBe(1);
    expect(elementCount([0, 5])).toBe(0);
    expect(code(() => elementCount([2 ** 30, 2 ** 30]))).toBe('tensor/dims');
    expect(code(() => elementCount([0, 2 ** 30, 2 ** 30]))).toBe('tensor/dims');
  });

  it('slices rows, inside bytes too', () => {
    const t = tensor(
      'float32',
      Float32Array.from({ length: 6 }, (_, i) => i),
      [3, 2],
    );
    expect(rows(t, 1, 2)).toEqual({ type: 'float32', dims: [1, 2], data: new Float32Array([2, 3]) });
    expect(rows(t, 1, 2).data.buffer).toBe(t.data.buffer);
    const packed = tensor('uint4', new Uint8Array([0x21, 0x43, 0x05]), [5]);
    expect([...toFloat32(rows(packed, 1, 4))]).toEqual([2, 3, 4]);
    expect([...rows(packed, 1, 4).data]).toEqual([0x32, 0x04]);
    expect([...rows(tensor('string', ['a', 'b', 'c']), 1, 3).data]).toEqual(['b', 'c']);
    expect(code(() => rows(t, 2, 4))).toBe('tensor/argument');
  });

  it('reshapes and fills', () => {
    expect(reshape(filled(2, [6]), [2, 3]).dims).toEqual([2, 3]);
    expect(code(() => reshape(filled(2, [6]), [4]))).toBe('tensor/length');
  });
});

describe('dims', () => {
  it('broadcast as numpy does', () => {
    expect(broadcastDims([3, 1, 2], [4, 1], [])).toEqual([3, 4, 2]);
    expect(broadcastDims([0], [1])).toEqual([0]);
    expect(broadcastStrides([4, 1], [3, 4, 2])).toEqual([0, 1, 0]);
    expect(broadcastStrides([1], [1])).toEqual([1]);
    expect(code(() => broadcastDims([3], [2]))).toBe('tensor/broadcast');
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect([normalizeAxis(-1, 3), normalizeAxis(2, 3)]).toEqual([2, 2]);
    expect(code(() => normalizeAxis(3, 3))).toBe('tensor/argument');
  });
});

describe('bytes', () => {
  it.each(dtypes.filter((type) => type !== 'string'))('%s there and back, without a copy when aligned', (type) => {
    const length = byteLengthOf(type, [3, 5]);
    const bytes = Uint8Array.from({ length: length + 1 }, (_, i) => (type === 'bool' ? i & 1 : i * 37));
    const aligned = bytes.slice(0, length);
    const t = tensorFromBytes(type, [3, 5], aligned) as Tensor;
    expect(t.type === 'string' ? undefined : t.data.buffer).toBe(aligned.buffer);
    expect(t.data.length).toBe(storageCount(type, 15));
    expect(bytesOf(t)).toEqual(aligned);
    expect(bytesOf(tensorFromBytes(type, [3, 5], bytes.subarray(1)) as Tensor)).toEqual(bytes.subarray(1));
    expect(code(() => tensorFromBytes(type, [3, 5], bytes))).toBe('tensor/length');
  });
  it('refuses strings', () => expect(code(() => byteLengthOf('string', [1]))).toBe('tensor/storage'));
});

describe('lazy weights', () => {
  const data = tensor('float32', new Float32Array([1, 2, 3]), [3]);
  const spec = { double: { type: 'float32', dims: [3] }, sum: { type: 'float32', dims: [] } } as const;
  const f = (t: Tensor): Record<'double' | 'sum', Tensor> => {
    const x = toFloat32(t);
    return {
      double: tensor(
        'float32',
        x.map((v) => v * 2),
        [3],
      ),
      sum: filled(x.reduce((a, b) => a + b)),
    };
  };

  it('computes at once on a resident weight, and once a pass on a lazy one', async () => {
    let loads = 0;
    const lazy = lazyTensor('float32', [3], async () => {
      loads++;
      return data;
    });
    const now = mapWeight(data, spec, f);
    expect(isLazy(now.sum)).toBe(false);
    const later = mapWeight(lazy, spec, f);
    expect([isLazy(later.sum), isLazy(later.double), loads]).toEqual([true, true, 0]);
    expect(await Promise.all([materialize(later.sum), materialize(later.double)])).toEqual([now.sum, now.double]);
    expect(loads).toBe(1);
    expect(await materialize(later.sum)).toEqual(now.sum);
    expect(loads).toBe(2);
    await materialize(later.double);
    expect(loads).toBe(2);
  });

  it('retries for a reader when the one who started was stopped', async () => {
    const stop = new AbortController();
    const lazy = lazyTensor('float32', [3], async (work) => {
      await new Promise((done) => setTimeout(done, 5));
      work?.signal?.throwIfAborted();
      return data;
    });
    const { sum, double } = mapWeight(lazy, spec, f);
    const stopped = materialize(sum, { signal: stop.signal });
    const other = materialize(double);
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    expect((await other).type).toBe('float32');
  });

  it('refuses what was not announced', async () => {
    expect(code(() => mapWeight(data, { double: { type: 'int8', dims: [3] } }, f as never))).toBe('tensor/lazy-output');
    await expect(lazyTensor('float32', [4], async () => data).load()).rejects.toMatchObject({ code: 'tensor/lazy-output' });
  });
});

describe('cast', () => {
  it('counts what does not fit', () => {
    const warnings: Warning[] = [];
    const onWarning = (w: Warning): void => void warnings.push(w);
    const t = tensor('float32', new Float32Array([1.9, -1.9, 300, Number.NaN, 70000, -0]), [6]);
    expect([...cast(t, 'int8', { onWarning }).data]).toEqual([1, -1, 127, 0, 127, 0]);
    expect([...cast(t, 'float16', { onWarning, name: 'w' }).data]).toEqual([0x3f9a, 0xbf9a, 0x5cb0, 0x7e00, 0x7c00, 0x8000]);
    expect([...cast(t, 'bool').data]).toEqual([1, 1, 1, 1, 1, 0]);
    expect(warnings.map((w) => [w.code, w.count, w.where.value])).toEqual([
      ['tensor/saturated', 3, undefined],
      ['tensor/overflow', 1, 'w'],
    ]);
    expect(cast(t, 'float32')).toBe(t);
    expect(code(() => cast(tensor('string', ['1']), 'float32'))).toBe('tensor/not-numeric');
  });
  it('keeps 64-bit integers exact', () => {
    const t = tensor('int64', new BigInt64Array([2n ** 62n + 1n, -1n]), [2]);
    expect([...cast(t, 'uint64').data]).toEqual([2n ** 62n + 1n, 0n]);
    expect([...cast(t, 'uint64', { saturate: false }).data]).toEqual([2n ** 62n + 1n, 2n ** 64n - 1n]);
    expect([...toFloat64(t)]).toEqual([2 ** 62, -1]);
  });
});

describe('random', () => {
  it('is what it was: the stream is part of the promise "same seed, same bytes"', () => {
    const rng = random(7);
    expect([rng.next(), rng.int(10), rng.int(1000), rng.normal(), rng.normal()]).toMatchInlineSnapshot(`
      [
        0.8940208174147375,
        6,
        530,
        0.6794029209678225,
        0.03511882410768966,
      ]
    `);
    expect(random('7').next()).toBe(random(7).next());
    expect(random(7).fork('a').next()).not.toBe(random(7).fork('b').next());
  });
  it('forks do not depend on what was drawn', () => {
    const rng = random(1);
    const first = rng.fork('x').next();
    rng.next();
    expect(rng.fork('x').next()).toBe(first);
  });
  it('is uniform and normal', () => {
    const rng = random('moments');
    const n = 200_000;
    const u = Float64Array.from({ length: n }, rng.next);
    const z = Float64Array.from({ length: n }, rng.normal);
    const moment = (x: Float64Array, k: number): number => x.reduce((a, v) => a + v ** k, 0) / n;
    expect(moment(u, 1)).toBeCloseTo(0.5, 2);
    expect(moment(u, 2)).toBeCloseTo(1 / 3, 2);
    expect(moment(z, 1)).toBeCloseTo(0, 1);
    expect(moment(z, 2)).toBeCloseTo(1, 1);
    expect(moment(z, 4)).toBeCloseTo(3, 0);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[rng.int(6)]!++;
    for (const c of counts) expect(Math.abs(c - 10_000)).toBeLessThan(400);
    expect(code(() => rng.int(0))).toBe('tensor/argument');
  });
});
