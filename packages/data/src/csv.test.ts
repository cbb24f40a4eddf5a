import type { Feeds } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { fromCsv, fromCsvInMemory, fromJsonLines, type Source } from '.';

const all = async (ds: AsyncIterable<Feeds>): Promise<Feeds[]> => {
  const out: Feeds[] = [];
  for await (const item of ds) out.push(item);
  return out;
};
const message = async (p: Promise<unknown>): Promise<string> =>
  p.then(
    () => 'nothing thrown',
    (e: { code: string; message: string }) => `${e.code}: ${e.message}`,
  );
const bytes = (text: string, piece: number): Source =>
  async function* () {
    const all = new TextEncoder().encode(text);
    for (let at = 0; at < all.length; at += piece) yield all.subarray(at, at + piece);
  };

describe('csv', () => {
  it('with a header, the label by name', async () => {
    const items = await all(fromCsv('a,b,label\n1,2.5,0\n3,4,1\n'));
    expect(items).toEqual([
      { x: { type: 'float32', dims: [1, 2], data: new Float32Array([1, 2.5]) }, label: { type: 'int64', dims: [1], data: new BigInt64Array([0n]) } },
      { x: { type: 'float32', dims: [1, 2], data: new Float32Array([3, 4]) }, label: { type: 'int64', dims: [1], data: new BigInt64Array([1n]) } },
    ]);
  });
  it('without a header, the label by position; a target; classes by name; inputs by column', async () => {
    expect((await all(fromCsv('1,2,0\n', { label: -1 })))[0]!.label!.type).toBe('int64');
    expect((await all(fromCsv('1,2,0.5\n', { label: 2 })))[0]!.label).toEqual({ type: 'float32', dims: [1], data: new Float32Array([0.5]) });
    expect((await all(fromCsv('1,2,0\n')))[0]!.x!.dims).toEqual([1, 3]);
    const iris = await all(fromCsv('w,label,h\n1,cat,2\n3,dog,4\n', { classes: ['cat', 'dog'], inputs: { size: ['h', 'w'], w: [0] } }));
    expect(iris.map((i) => [[...(i.size!.data as Float32Array)], [...(i.w!.data as Float32Array)], i.label!.data[0]])).toEqual([
      [[2, 1], [1], 0n],
      [[4, 3], [3], 1n],
    ]);
  });
  it('reads any cut, delimiter, line end, quotes, blank lines and byte order mark alike', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `"${i}",${i * 2}.5,"${i % 3}"`);
    const expected = await all(fromCsv(`a,"the\nlong, name",label\n${rows.join('\n')}`));
    expect(expected).toHaveLength(50);
    for (const piece of [1, 2, 7, 64, 1e6])
      for (const end of ['\n', '\r\n'])
        expect(await all(fromCsv(bytes(`\ufeffa,"the${end}long, name",label${end}${rows.join(end)}${end}${end}`, piece)))).toEqual(expected);
    expect(await all(fromCsv(`a\tb\tlabel\n${rows.join('\n').replaceAll(',', '\t')}\n`))).toEqual(expected);
    expect(await all(await fromCsvInMemory(new Blob([`a,b,label\n${rows.join('\n')}`])))).toEqual(expected);
  });
  it('names file, line and column of what is wrong', async () => {
    const read = (text: string, options = {}) => message(all(fromCsv(text, { file: 'd.csv', ...options })));
    expect(await read('a,label\n1,0\n\n"2\n",0,3\n')).toBe('data/ragged-row: d.csv: line 4: expected 2 cells, got 3');
    expect(await read('a,label\n"1\n",0\nx,1\n')).toBe("data/cell: d.csv: line 4, column 'a': expected a number, got x");
    expect(await read('1,2\n1,\n')).toBe('data/cell: d.csv: line 2, column 2: expected a number, got ');
    expect(await read('1,2\n1,\n', { missing: 'nan' })).toBe('nothing thrown');
    expect(await read('a,label\n1,0\n1,1.5\n')).toMatch(/^data\/label: d.csv: line 3, column 'label'/);
    expect(await read('a,label\n1,\n')).toMatch(/^data\/label/);
    expect(await read('a,label\n1,bird\n', { classes: ['cat'] })).toMatch(/^data\/label.*\["cat"\], got bird/);
    expect(await read('a,b\n1,2\n', { label: 'c' })).toMatch(/^data\/columns/);
    expect(await read('')).toMatch(/^data\/empty/);
    expect(await read('a,label\n')).toMatch(/^data\/empty/);
    expect(await read('1,"2\n3,4\n')).toContain('data/csv: ');
  });
});

describe('json lines', () => {
  it('reads numbers and nested arrays', async () => {
    const items = await all(fromJsonLines('{"x":[[1,2],[3,4]],"label":1}\n\n{"x":[[5,6],[7,8]],"label":0}', { dtypes: { x: 'float64' } }));
    expect(items[1]).toEqual({
      x: { type: 'float64', dims: [1, 2, 2], data: new Float64Array([5, 6, 7, 8]) },
      label: { type: 'int64', dims: [1], data: new BigInt64Array([0n]) },
    });
  });
  it('names the line', async () => {
    const read = (text: string) => message(all(fromJsonLines(text, { file: 'd.jsonl' })));
    expect(await read('{"x":1}\n{"x":')).toMatch(/^data\/cell: d.jsonl: line 2: expected JSON/);
    expect(await read('{"x":[[1],[2,3]]}')).toMatch(/line 1, 'x'/);
    expect(await read('{"x":"a"}')).toMatch(/expected numbers, got "a"/);
    expect(await read('[1]')).toMatch(/expected an object/);
    expect(await read('\n')).toMatch(/^data\/empty/);
  });
});
